import { Failure, failure } from '../../domain/failure.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Printable } from '../../domain/printable.ts'
import type { Protocol } from '../../domain/protocol.ts'
import { type Resource, shortName } from '../../domain/resource.ts'
import type { DryRun } from './flags.ts'
import { factsOf, type Subject } from './which-operator.ts'

// What comes between a plan and its execution.

/**
 * What stops a job or starts it again and is then waited for needs the right to watch, which the server would refuse only after
 * the change: by then nobody would see how it ends. `what` is planned: `stop`. Throws where the right is missing; nothing was
 * changed then.
 */
export async function checkWatch(
  cluster: Cluster,
  subject: Subject,
  what: string,
  ...hints: string[]
): Promise<void> {
  if (await mayWatch(cluster, subject)) return
  const { group, words } = subject.operator.kind
  const { shown, job } = factsOf(subject)
  throw failure(
    'not-asked',
    `cannot ${what} ${shown}: the right to watch ${words[0]}.${group} in namespace ${job.namespace} is missing, without which nobody would see how it ends; nothing was changed`,
    ...hints,
  )
}

/** A server that refuses to say leaves it to be found out. */
async function mayWatch(cluster: Cluster, { operator, resource }: Subject): Promise<boolean> {
  const { namespace, name } = resource.metadata
  const { group, words } = operator.kind
  const [plural = ''] = words
  try {
    return await cluster.may('watch', { group, plural, namespace, name }, { recheckNo: true })
  } catch (error) {
    if (error instanceof Failure && error.status) return true
    throw error
  }
}

/** What can be done without the right to watch. */
export const unseen = 'to ask for it without waiting for its end: --wait=false'

/** Shows the plan and asks: `Stop it?`. `what` is planned: `stop`. Throws where the answer is not yes; nothing was changed then. */
export async function confirmPlan(
  { person, interrupted }: World,
  plan: Extract<Printable, { kind: 'RestorePlan' | 'StopPlan' | 'AutomaticPlan' }>,
  question: string,
  what: string,
): Promise<void> {
  await person.show(plan)
  const yes = await person.confirm(question)
  if (interrupted.aborted) throw failure('interrupted', 'interrupted; nothing was changed')
  if (yes) return
  throw failure(
    'not-asked',
    `the ${what} of ${shortName(plan.value.job)} was not confirmed; nothing was changed`,
  )
}

/** `--dry-run`: as far as it can be known without being done. Throws what would be refused. */
export async function rehearse(
  cluster: Cluster,
  protocol: Protocol<unknown, unknown>,
  resource: Resource,
  dryRun: DryRun,
): Promise<void> {
  const first = protocol.ask(resource)
  if ('refuse' in first) throw first.refuse
  if (dryRun === 'server' && 'write' in first) await cluster.write(first.write, { dryRun: true })
}
