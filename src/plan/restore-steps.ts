import { humanDuration } from '../domain/duration.ts'
import type { RestoreTarget } from '../domain/printable.ts'
import type { RestoreWish, Restoring, Taking } from '../operators/job-operator.ts'

/** What will happen, in order. `safe`: how a safety savepoint is asked for. */
export function restoreSteps(wish: RestoreWish, restoring: Restoring, safe: Taking['safe']): string[] {
  return [
    now(wish),
    ...(wish.safety ? [`take a safety savepoint of the running job by ${safe}, and wait for it`] : []),
    ...restoring.preparations(wish),
    `patch the object: start from ${describeTarget(wish.target, wish.now)}`,
    ...restoring.steps(wish),
    "wait until the job runs, new, from this location, and Flink's latest.restored says so",
  ]
}

function now({ facts, safety }: RestoreWish): string {
  const from = facts.restartPoint ?? 'no savepoint'
  if (!facts.running) return `the job is ${facts.state || 'not started'}; its restart point is ${from}`
  const lost = safety ? 'kept in the safety savepoint' : `given up, as far as it is newer than ${from}`
  return `the job is Running; what it has done until then is ${lost}`
}

/** The savepoint in words: where its location is known from, and how old it is. */
function describeTarget({ location, completedAt, sources }: RestoreTarget, now: number): string {
  const age =
    completedAt === undefined ? 'of unknown age' : `${humanDuration(now - Date.parse(completedAt))} old`
  const from = sources && sources.length > 0 ? `known from ${sources.join(', ')}` : 'known to no source'
  return `${location}, ${age}, ${from}`
}
