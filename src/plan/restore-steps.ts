import { humanDuration } from '../domain/duration.ts'
import type { RestoreTarget } from '../domain/printable.ts'
import { mustClearControl } from '../operators/flink-cluster/restore-writes.ts'
import type { RestoreWish } from './restore-wish.ts'

/** What will happen, in order. What the operators do was seen on GCP tag -9 and Spotify v0.6. */
export function restoreSteps(wish: RestoreWish): string[] {
  return [
    now(wish),
    ...(wish.safety ? ['take a safety savepoint of the running job by annotation, and wait for it'] : []),
    ...(mustClearControl(wish.inPlace, wish.facts)
      ? ['clear status.control, whose job-cancel would cancel the restored job again']
      : []),
    `patch the object: start from ${describeTarget(wish.target, wish.now)}`,
    operatorStep(wish),
    "wait until the job runs, new, from this location, and Flink's latest.restored says so",
  ]
}

function now({ facts, safety }: RestoreWish): string {
  const from = facts.restartPoint ?? 'no savepoint'
  if (!facts.running) return `the job is ${facts.state || 'not started'}; its restart point is ${from}`
  const lost = safety ? 'kept in the safety savepoint' : `given up, as far as it is newer than ${from}`
  return `the job is Running; what it has done until then is ${lost}`
}

function operatorStep({ operator, facts }: RestoreWish): string {
  if (operator === 'spotify')
    return 'the operator deletes the JobManager without a savepoint of its own, creates the cluster again and submits the job'
  if (operator === undefined) return 'the operator stops the job, replaces the cluster and submits the job'
  if (!facts.running) return 'the operator creates the cluster again and submits the job'
  return 'the operator takes a savepoint of its own unless one is younger than 300 s, cancels the job, replaces the cluster and submits the job'
}

/** The savepoint in words: where its location is known from, and how old it is. */
function describeTarget({ location, completedAt, sources }: RestoreTarget, now: number): string {
  const age =
    completedAt === undefined ? 'of unknown age' : `${humanDuration(now - Date.parse(completedAt))} old`
  const from = sources && sources.length > 0 ? `known from ${sources.join(', ')}` : 'known to no source'
  return `${location}, ${age}, ${from}`
}
