import type { Automatic } from '../../domain/printable.ts'
import { utc, utcOf } from '../../domain/time.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'

/** The settings of a job as `auto` prints them. */
export async function automaticOf(subject: Subject, now: number): Promise<Automatic> {
  const { resource, operator, build } = subject
  const facts = factsOf(subject)
  const { automatic, directory, maxStateAgeSeconds } = facts
  const lastAt = utc(facts.savepointTime)
  const nextAt = automatic?.nextAt ?? (automatic?.atOnce ? utcOf(now) : undefined)
  const automating = await operator.automating()
  return {
    job: facts.job,
    ...(automatic && { everySeconds: automatic.everySeconds }),
    ...(directory !== undefined && { directory }),
    onFailure: facts.restartsAfterFailure ? 'restore' : 'stop',
    ...(maxStateAgeSeconds !== undefined && { maxStateAgeSeconds }),
    ...(lastAt !== undefined && { lastAt }),
    ...(nextAt !== undefined && { nextAt }),
    problems: automating.problems(resource, facts, build, now),
  }
}
