import type { Automatic } from '../../domain/job-status.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { utc, utcOf } from '../../domain/time.ts'
import { defined } from '../../history/entry.ts'
import { dueAfterSnapshots } from '../../history/next-due.ts'
import { withNextDue } from '../job/next-due.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'

/** The settings of a job as `auto` prints them. `snapshots`: its savepoints that are objects of their own. */
export async function automaticOf(
  subject: Subject,
  now: number,
  snapshots: readonly Savepoint[] = [],
): Promise<Automatic> {
  const { resource, operator, build } = subject
  const { facts, problems } = await withNextDue(factsOf(subject), now)
  const { automatic, automaticCheckpoints: checkpoints, directory, maxStateAgeSeconds } = facts
  const lastAt = utc(facts.savepointTime)
  const due = automatic && dueAfterSnapshots(automatic, snapshots)
  const nextAt = due?.nextAt ?? (automatic?.atOnce ? utcOf(now) : undefined)
  const automating = await operator.automating()
  return {
    job: facts.job,
    ...defined({ everySeconds: automatic?.everySeconds, schedule: automatic?.schedule, checkpoints }),
    ...(directory !== undefined && { directory }),
    onFailure: facts.restartsAfterFailure ? 'restore' : 'stop',
    ...(maxStateAgeSeconds !== undefined && { maxStateAgeSeconds }),
    ...(lastAt !== undefined && { lastAt }),
    ...(nextAt !== undefined && { nextAt }),
    problems: [...automating.problems(resource, facts, build, now), ...problems],
  }
}
