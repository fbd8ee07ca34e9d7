import { type Failure, failure } from '../domain/failure.ts'
import type { JobFacts } from '../domain/job.ts'
import { sameLocation } from '../domain/location.ts'
import type { Change } from '../domain/plan.ts'
import type { StopEntry } from '../history/entry.ts'

/** Exactly what the last stop left: by the record, or by the object. */
export interface LeftByStop {
  readonly location: string
  readonly drained: boolean
  /** What was set for it, as the record has it. */
  readonly changes?: readonly Change[]
}

/**
 * Where a stopped job goes on from, or why nobody can say. `recorded`: the record's last stop of this object; `byOperator`:
 * the savepoint with which the operator itself stopped the job. Both are of the job that is stopped now, or count for nothing.
 */
export function whatStopLeft(
  facts: JobFacts,
  recorded: StopEntry | undefined,
  byOperator: string | undefined,
): LeftByStop | Failure {
  if (facts.running) return cannot(facts, 'its job is running')
  if (!facts.stopped) return cannot(facts, `its job is not stopped (${facts.state || 'no state yet'})`)
  const stop = recorded && isOfThisJob(recorded, facts) ? recorded : undefined
  const location = stop?.location
  if (location !== undefined && byOperator !== undefined && !sameLocation(location, byOperator))
    return unknown(facts, `the record says ${location}, and the object ${byOperator}`)
  const left = byOperator ?? location
  if (left !== undefined) {
    const { drain = false, changes } = stop ?? {}
    return { location: left, drained: drain, ...(changes && { changes }) }
  }
  return unknown(facts, whyNot(recorded, stop))
}

/** In Application mode ids are used again (spotify/flink-on-k8s-operator, flinkcluster_util.go GenJobId): then they say nothing. */
function isOfThisJob({ flinkJobId }: StopEntry, facts: JobFacts): boolean {
  return flinkJobId === undefined || facts.flinkJobId === undefined || flinkJobId === facts.flinkJobId
}

function whyNot(recorded: StopEntry | undefined, stop: StopEntry | undefined): string {
  if (!recorded) return 'no stop of it is known'
  if (!stop) return `another job has run since the stop of ${recorded.requestedAt}`
  if (stop.state === 'InProgress') return `how the stop of ${stop.requestedAt} ended was not seen`
  return `the savepoint of the stop of ${stop.requestedAt} failed`
}

function unknown(facts: JobFacts, why: string): Failure {
  const job = `${facts.shown} -n ${facts.job.namespace}`
  return failure(
    'not-asked',
    `cannot resume ${facts.shown}: what its stop left is not known: ${why}`,
    `see its savepoints: kubectl flinksp history ${job}`,
    `and name one: kubectl flinksp restore ${facts.shown} SAVEPOINT -n ${facts.job.namespace}`,
  )
}

function cannot(facts: JobFacts, why: string): Failure {
  return failure('not-asked', `cannot resume ${facts.shown}: ${why}`)
}
