import { failure } from '../domain/failure.ts'
import type { World } from '../domain/ports.ts'
import type { Printable } from '../domain/printable.ts'
import { shortName } from '../domain/resource.ts'

/** Shows the plan and asks. Throws where the answer is not yes; nothing was changed then. */
export async function confirmRestore(
  { person, interrupted }: World,
  plan: Extract<Printable, { kind: 'RestorePlan' }>,
): Promise<void> {
  await person.show(plan)
  const yes = await person.confirm('Restore it?')
  if (interrupted.aborted) throw failure('interrupted', 'interrupted; nothing was changed')
  if (yes) return
  throw failure(
    'not-asked',
    `the restore of ${shortName(plan.value.job)} was not confirmed; nothing was changed`,
  )
}
