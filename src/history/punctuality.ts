import { humanDuration } from '../domain/duration.ts'
import type { RestCheckpoint } from '../domain/rest.ts'

/** An operator looks at a job every 5 to 10 s, and Flink may have a checkpoint to finish first: this much later is in time. */
const slackMs = 60_000

/**
 * Whether the savepoints of the running job came as often as they should, a sentence where they did not. `history`:
 * what its JobManager remembers. It runs since the interval was last changed, for that restarts the job.
 */
export function unpunctual(history: readonly RestCheckpoint[], everySeconds: number, now: number): string[] {
  const savepoints = withoutGaps(history).filter(({ isSavepoint }) => isSavepoint)
  return [tooLate(savepoints, everySeconds), failing(savepoints, now)].filter(text => text !== undefined)
}

/** The newest ones between which none is missing: Flink forgets all but ten, savepoints and checkpoints together, which share their numbers. */
function withoutGaps(history: readonly RestCheckpoint[]): RestCheckpoint[] {
  const newestFirst = [...history].sort((a, b) => b.id - a.id)
  const gap = newestFirst.findIndex(({ id }, at) => at > 0 && id !== (newestFirst[at - 1]?.id ?? 0) - 1)
  return gap < 0 ? newestFirst : newestFirst.slice(0, gap)
}

function tooLate(savepoints: readonly RestCheckpoint[], everySeconds: number): string | undefined {
  const done = savepoints.filter(({ status }) => status === 'COMPLETED')
  const late = done
    .slice(0, -1)
    .map((one, at) => (one.triggeredAt ?? 0) - (done[at + 1]?.endedAt ?? Number.POSITIVE_INFINITY))
    .map(pauseMs => pauseMs - everySeconds * 1_000)
    .filter(lateMs => lateMs > slackMs)
  if (late.length === 0) return undefined
  return `${late.length} of the last ${done.length} savepoints came late, by up to ${humanDuration(Math.max(...late))}`
}

function failing(savepoints: readonly RestCheckpoint[], now: number): string | undefined {
  const ended = savepoints.filter(({ status }) => status !== 'IN_PROGRESS')
  const failed = ended.filter(({ status }) => status === 'FAILED')
  const [last] = failed
  if (!last) return undefined
  const at = last.endedAt ?? last.triggeredAt
  const when = at === undefined ? '' : `, the last ${humanDuration(now - at)} ago`
  return `${failed.length} of the last ${ended.length} savepoints failed${when}`
}
