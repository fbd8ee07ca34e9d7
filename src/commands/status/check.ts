import { humanDuration } from '../../domain/duration.ts'
import { Failure } from '../../domain/failure.ts'
import type { JobStatus } from '../../domain/job-status.ts'
import { shortName } from '../../domain/resource.ts'
import type { JobRef } from '../../domain/savepoint.ts'

/** What `--max-age` says of the restart points of jobs. */
export interface AgeCheck {
  /** One line for each job that does not hold. */
  readonly failure?: Failure
  /** Jobs that have stopped: nothing is done there that could be lost. */
  readonly skipped: readonly JobRef[]
}

/** None or too old: the answer is no. Where the age of one is not known, there is no answer. */
export function checkAges(jobs: readonly JobStatus[], maxAgeMs: number, now: number): AgeCheck {
  const checked = jobs.filter(({ stopped, session }) => !stopped && !session)
  const verdicts = checked.map(job => verdict(job, maxAgeMs, now)).filter(found => found !== undefined)
  const skipped = jobs.filter(({ stopped }) => stopped).map(({ job }) => job)
  if (verdicts.length === 0) return { skipped }
  const code = verdicts.some(({ code }) => code === 'not-asked') ? 'not-asked' : 'no'
  const message = verdicts.map(({ text }) => `error: ${text}`).join('\n')
  return { skipped, failure: new Failure(code, message) }
}

interface Verdict {
  readonly code: 'no' | 'not-asked'
  readonly text: string
}

function verdict({ job, restartPoint }: JobStatus, maxAgeMs: number, now: number): Verdict | undefined {
  const name = shortName(job)
  if (restartPoint === undefined) return { code: 'no', text: `${name} has no restart point` }
  const age = now - Date.parse(restartPoint.completedAt ?? '')
  if (Number.isNaN(age))
    return { code: 'not-asked', text: `${name}: the age of its restart point is not known` }
  if (age <= maxAgeMs) return undefined
  const old = `${humanDuration(age)} old, which is more than ${humanDuration(maxAgeMs)}`
  return { code: 'no', text: `${name}: its restart point is ${old}` }
}
