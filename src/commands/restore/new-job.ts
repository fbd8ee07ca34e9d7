import { Failure, failure } from '../../domain/failure.ts'
import type { Restore } from '../../domain/plan.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import { type Resource, refOf, shortName } from '../../domain/resource.ts'
import { utcOf } from '../../domain/time.ts'
import { defined, entryOfRestore } from '../../history/entry.ts'
import type { CommandResult } from '../command.ts'
import { nothingChanged } from '../job/nothing-changed.ts'
import { factsOf } from '../job/which-operator.ts'
import { keepRecord } from '../take/safety-savepoint.ts'
import { type Creation, create, existing, mayHaveArrived, proveCreated, wanted } from './creation.ts'
import { type NewWay, type PlannedNewJob, plannedNewJob } from './new-job-plan.ts'
import type { RestoreOptions } from './options.ts'
import { confirmRestore, lookBefore, tellFinding } from './verified.ts'

/** Creates a job that starts from a savepoint, and leaves all others as they are. */
export async function restoreToNew(
  options: RestoreOptions,
  way: NewWay,
  world: World,
): Promise<CommandResult> {
  const cluster = await world.cluster()
  const planned = await plannedNewJob(world, cluster, options, way)
  const { manifest } = planned
  if (options.manifest) {
    await tellFinding(world, planned.toVerify, options)
    return { value: { kind: 'Manifest', value: manifest } }
  }
  const object = wanted(manifest)
  const there = await existing(cluster, manifest)
  if (there) throw isThere(there, planned.plan.savepoint.location)
  const finding = await lookBefore(world, planned.toVerify, options)
  const plan = { ...planned.plan, risks: [...planned.plan.risks, ...finding.risks] }
  if (options.dryRun === 'server')
    await cluster.write({ verb: 'create', ref: refOf(object), body: manifest }, { dryRun: true })
  if (options.dryRun !== 'none') return { value: { kind: 'RestorePlan', value: plan, manifest } }
  if (!options.yes) await confirmRestore(world, plan, { question: 'Restore it?', what: 'restore' }, finding)
  return carryOut(world, cluster, options, { ...planned, plan })
}

function isThere(resource: Resource, location: string): Failure {
  const shown = shortName(refOf(resource))
  return failure(
    'not-asked',
    `${shown} already exists`,
    `to start it from there: kubectl flinksp restore ${shown} ${location} -n ${resource.metadata.namespace}`,
  )
}

async function carryOut(
  world: World,
  cluster: Cluster,
  options: RestoreOptions,
  planned: PlannedNewJob,
): Promise<CommandResult> {
  const creation: Creation = { world, cluster, options, ...planned }
  const start: Restore = {
    ...planned.plan,
    // Until it is created, it has none.
    job: { ...planned.plan.job, uid: '' },
    state: 'Unchanged',
    proof: { operator: false, rest: false },
  }
  const requestedAt = utcOf(world.clock.now())
  const keep = async (restore: Restore) => {
    const completedAt = restore.state === 'InProgress' ? undefined : utcOf(world.clock.now())
    const entry = entryOfRestore(restore, { requestedAt, ...defined({ completedAt }) })
    if (options.record) await keepRecord(world, cluster, restore.job, [entry])
  }
  const created = await create(creation).catch((error: unknown) => refused(error))
  if (created instanceof Failure) return ended(start, created)
  const { job } = factsOf({ ...planned.subject, resource: created })
  const begun: Restore = { ...start, job, state: 'InProgress' }
  await keep(begun)
  const { result, failure: reason } = await proveCreated(creation, created, begun)
  return { ...ended(result, reason), after: () => keep(result) }
}

function refused(error: unknown): Failure {
  if (!(error instanceof Failure)) throw error
  if (!mayHaveArrived(error)) return nothingChanged(error)
  const { code, message, hints, cause } = error
  return new Failure(code, message, { hints: [...hints, 'it may have been created all the same'], cause })
}

function ended(value: Restore, reason?: Failure): CommandResult {
  return { value: { kind: 'Restore', value }, ...(reason && { failure: reason }) }
}
