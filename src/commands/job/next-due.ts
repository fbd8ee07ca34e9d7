import type { JobFacts } from '../../domain/job.ts'
import { isQuartz } from '../../domain/quartz.ts'
import { utcOf } from '../../domain/time.ts'

/** Facts in which it stands when a schedule is due next, and what of that could not be told. */
export interface Dated {
  readonly facts: JobFacts
  readonly problems: readonly string[]
}

/** Whoever has no schedule pays nothing for those who have. */
export async function withNextDue(facts: JobFacts, now: number): Promise<Dated> {
  const { automatic, running } = facts
  if (automatic?.schedule === undefined) return { facts, problems: [] }
  const { since, ...known } = automatic
  const { schedule } = automatic
  if (!running || !isQuartz(schedule)) return { facts: { ...facts, automatic: known }, problems: [] }
  const { nextByQuartz } = await import('../../schedule/quartz.ts')
  const next = nextByQuartz(schedule, since === undefined ? now : Date.parse(since))
  if (next !== undefined)
    return { facts: { ...facts, automatic: { ...known, nextAt: utcOf(next) } }, problems: [] }
  const problem = `when savepoints by the schedule ${JSON.stringify(schedule)} are due next is not told: it is never due again, or says it in a way that is not read here`
  return { facts: { ...facts, automatic: known }, problems: [problem] }
}
