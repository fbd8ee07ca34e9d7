import type { AutomaticSavepoints, JobFacts } from '../../domain/job.ts'
import type { JobStatus, Unknown } from '../../domain/job-status.ts'
import { sameLocation } from '../../domain/location.ts'
import type { RestoreTarget, Savepoint } from '../../domain/savepoint.ts'
import { defined } from '../../history/entry.ts'
import { dueAfterSnapshots } from '../../history/next-due.ts'
import { generalProblems } from './problems.ts'

/** What was found out about one job. */
export interface Examined {
  readonly facts: JobFacts
  /** Merged, newest first. */
  readonly savepoints: readonly Savepoint[]
  /** Where `restore --undo` would start it from. */
  readonly undo?: string
  /** By those who know its operator. */
  readonly problems: readonly string[]
  readonly cannotTake?: string
  /** Of the sources that could not be read. */
  readonly unknown: readonly Unknown[]
}

/** One job at a glance. */
export function jobStatus(examined: Examined, now: number): JobStatus {
  const { facts, problems, cannotTake } = examined
  const { session, stopped, automatic, directory } = facts
  // Savepoints of an earlier object of the same name belong to another job.
  const own = examined.savepoints.filter(({ job }) => job.uid === facts.job.uid)
  const restartPoint = pointAt(facts.restartPoint, examined.savepoints)
  return {
    job: facts.job,
    state: facts.state,
    ...(session && { session }),
    ...(stopped && { stopped }),
    ...defined({
      lastSavepoint: newest(own, 'savepoint'),
      lastCheckpoint: newest(own, 'checkpoint'),
      restartPoint,
      undo: pointAt(examined.undo, examined.savepoints),
      atRiskMillis: atRisk(facts, restartPoint, now),
      automatic: automatic && automaticOf(automatic, own, directory),
    }),
    onFailure: facts.restartsAfterFailure ? 'restore' : 'stop',
    ...defined({ maxStateAgeSeconds: facts.maxStateAgeSeconds, origin: originOf(facts), cannotTake }),
    problems: [...new Set([...generalProblems(facts, own, now), ...problems])],
    unknown: unknownOf(examined, restartPoint),
  }
}

function automaticOf(
  automatic: AutomaticSavepoints,
  own: readonly Savepoint[],
  directory: string | undefined,
): JobStatus['automatic'] {
  const { since: _, fromSnapshots: __, ...known } = dueAfterSnapshots(automatic, own)
  return { ...known, ...defined({ directory }) }
}

function newest(own: readonly Savepoint[], type: Savepoint['type']): Savepoint | undefined {
  return own.find(known => known.state === 'Completed' && known.type === type && !known.origin && !known.gone)
}

function pointAt(location: string | undefined, savepoints: readonly Savepoint[]): RestoreTarget | undefined {
  if (location === undefined) return undefined
  const known = savepoints.find(each => each.state === 'Completed' && sameLocation(each.location, location))
  return { ...known, location: known?.location ?? location }
}

/**
 * Since the restart point was taken. A job that was itself started from it has done nothing else since but what it did
 * after its start (of which GCP's operator keeps no time).
 */
function atRisk(facts: JobFacts, restartPoint: RestoreTarget | undefined, now: number): number | undefined {
  if (!facts.running) return undefined
  const { startTime, statusFromSavepoint } = facts
  const sinceStart = restartPoint === undefined || sameLocation(statusFromSavepoint, restartPoint.location)
  const since = Date.parse((sinceStart ? startTime : restartPoint.completedAt) ?? '')
  return Number.isNaN(since) ? undefined : Math.max(0, now - since)
}

function originOf({ statusFromSavepoint, specFromSavepoint }: JobFacts): JobStatus['origin'] {
  if (statusFromSavepoint === undefined) return undefined
  const same = specFromSavepoint === undefined || sameLocation(specFromSavepoint, statusFromSavepoint)
  return { location: statusFromSavepoint, ...(!same && { declared: specFromSavepoint }) }
}

/** The age of a restart point is told by whoever saw it taken. */
function unknownOf({ facts, unknown }: Examined, restartPoint: RestoreTarget | undefined): Unknown[] {
  if (facts.session) return []
  if (restartPoint === undefined || restartPoint.completedAt !== undefined) return [...unknown]
  const record = unknown.find(({ field }) => field === 'lastSavepoint')
  const message = 'when the restart point was taken is not known: its operator and the record do not say'
  return [...unknown, { field: 'restartPoint', reason: record?.reason ?? 'NotKept', message }]
}
