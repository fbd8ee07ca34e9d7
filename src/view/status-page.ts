import { humanDuration } from '../domain/duration.ts'
import type { JobStatus } from '../domain/job-status.ts'
import type { RestoreTarget, Savepoint } from '../domain/savepoint.ts'
import { age } from './age.ts'
import { afterFailure, every, nextBy } from './automatic.ts'
import type { Context } from './context.ts'
import { fields, list } from './lines.ts'
import { missing } from './missing.ts'
import { cell } from './plain.ts'

/** One job in full, as `kubectl describe` would have it. */
export function statusPage(status: JobStatus, { now }: Pick<Context, 'now'>): string {
  const { job, automatic, maxStateAgeSeconds } = status
  const page = fields([
    ['Name', cell(job.name)],
    ['Namespace', cell(job.namespace)],
    ['Kind', cell(`${job.kind} (${job.apiVersion})`)],
    ['State', status.session ? 'a session cluster' : cell(status.state || '<none>')],
    ...(status.session ? [] : points(status, now)),
    ['Automatic', automatic ? automaticLine(automatic, now) : 'off'],
    ['On Failure', afterFailure(status.onFailure)],
    ['Max State Age', maxStateAgeSeconds === undefined ? undefined : every(maxStateAgeSeconds)],
    ['Started From', startedFrom(status)],
    ['Take Now', status.cannotTake === undefined ? 'possible' : cell(`no: ${status.cannotTake}`)],
  ])
  const unknown = status.unknown.map(({ message }) => message)
  return `${page}${list('Problems', status.problems, '<none>')}${list('Unknown', unknown, undefined)}`
}

type Line = [name: string, value: string | undefined]

function points(status: JobStatus, now: number): Line[] {
  const { lastSavepoint, lastCheckpoint, restartPoint, undo } = status
  return [
    ['Savepoint', pointLine(lastSavepoint, now) ?? missing(status, 'lastSavepoint')],
    ['Checkpoint', pointLine(lastCheckpoint, now) ?? missing(status, 'lastCheckpoint')],
    ['Restart Point', pointLine(restartPoint, now) ?? missing(status, 'restartPoint')],
    ['Undo', pointLine(undo, now)],
    ['At Risk', atRisk(status, now)],
  ]
}

/** After a failure that the operator has to mend; Flink itself goes back to its newest checkpoint. */
function atRisk({ atRiskMillis, lastCheckpoint }: JobStatus, now: number): string | undefined {
  if (atRiskMillis === undefined) return undefined
  const work = `${humanDuration(atRiskMillis)} of work`
  const at = lastCheckpoint?.completedAt
  return at === undefined ? work : `${work} (${age(at, now)} where Flink recovers by itself)`
}

/** Its age and what else tells it from others, after where it lies, if that is known. */
function pointLine(point: Partial<Savepoint> | RestoreTarget | undefined, now: number): string | undefined {
  if (point === undefined) return undefined
  const { completedAt, location, name, trigger } = point
  const known = [completedAt === undefined ? 'age unknown' : `${age(completedAt, now)} ago`, trigger, name]
  const text = known.filter(part => part !== undefined).join(', ')
  return cell(location === undefined ? text : `${location} (${text})`)
}

function automaticLine(automatic: NonNullable<JobStatus['automatic']>, now: number): string {
  const { everySeconds, schedule } = automatic
  const often =
    schedule === undefined
      ? `every ${every(everySeconds)}`
      : `by the schedule ${schedule} in its operator's time zone`
  return cell(`${often}, next ${nextBy(automatic, now)}`)
}

function startedFrom({ origin }: JobStatus): string | undefined {
  if (!origin) return undefined
  const declared = origin.declared === undefined ? '' : ` (the spec says ${origin.declared})`
  return cell(`${origin.location}${declared}`)
}
