import type { Failure } from '../../domain/failure.ts'
import type { TakePlan } from '../../domain/plan.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Printable } from '../../domain/printable.ts'
import type { Resource } from '../../domain/resource.ts'
import { entryOfSavepoint } from '../../history/entry.ts'
import { whichOperator } from '../job/which-operator.ts'
import { checkName } from './check-name.ts'
import type { TakeWishes } from './options.ts'
import { keepRecord } from './safety-savepoint.ts'
import { type ReadyTake, readyTake, take } from './savepoint.ts'

/** How the take of one job ended: with a savepoint, however far it came, or with a plan of one. */
export interface TakeEnd {
  readonly value: Extract<Printable, { kind: 'Savepoint' | 'TakePlan' }>
  readonly failure?: Failure
  /** Writes the record; nobody has to wait for it. */
  keep(): Promise<void>
}

/** From a job's object to its savepoint. Throws what was refused before anything was asked. */
export async function takeJob(
  world: World,
  cluster: Cluster,
  resource: Resource,
  options: TakeWishes,
): Promise<TakeEnd> {
  const { name, note } = options
  const subject = await whichOperator(cluster, resource, options.operator)
  const ready = await readyTake(world, cluster, subject, options)
  await checkName(world, cluster, ready.facts.job, name)
  if (options.dryRun !== 'none')
    return { value: { kind: 'TakePlan', value: await rehearsed(cluster, ready, options) }, keep: nothing }
  const { result, failure } = await take(world, cluster, subject, ready, options)
  const label = { ...(name !== undefined && { name }), ...(note !== undefined && { note }) }
  const savepoint = { ...result, ...label }
  // What nobody has seen beginning is not worth a line: it would never be told from another request.
  const known = options.record && savepoint.state !== 'Requested'
  return {
    value: { kind: 'Savepoint', value: savepoint },
    ...(failure && { failure }),
    keep: known ? () => keepRecord(world, cluster, savepoint.job, [entryOfSavepoint(savepoint)]) : nothing,
  }
}

async function nothing(): Promise<void> {
  // There is nothing to keep.
}

async function rehearsed(cluster: Cluster, ready: ReadyTake, options: TakeWishes): Promise<TakePlan> {
  const ask = ready.protocol.ask(ready.before)
  if ('refuse' in ask) throw ask.refuse
  if ('write' in ask && options.dryRun === 'server') await cluster.write(ask.write, { dryRun: true })
  return { job: ready.facts.job, via: ready.via, changes: 'write' in ask ? ready.changes : [] }
}
