import { failure } from '../domain/failure.ts'
import type { Cluster, World } from '../domain/ports.ts'
import type { Printable } from '../domain/printable.ts'
import type { Protocol } from '../domain/protocol.ts'
import { type Resource, shortName } from '../domain/resource.ts'
import type { DryRun } from './job-flags.ts'

// What comes between a plan and its execution.

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
