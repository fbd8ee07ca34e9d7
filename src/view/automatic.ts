import { humanDuration } from '../domain/duration.ts'
import type { Automatic } from '../domain/job-status.ts'
import { age, due } from './age.ts'
import type { Context } from './context.ts'
import { fields, list } from './lines.ts'
import { cell } from './plain.ts'

/** What `auto` shows: how often, where, when next, and what happens after a failure. */
export function automaticPage(automatic: Automatic, { now }: Pick<Context, 'now'>): string {
  const { job, everySeconds, schedule, checkpoints, directory, onFailure } = automatic
  const { maxStateAgeSeconds, lastAt } = automatic
  const taken = everySeconds !== undefined || schedule !== undefined
  const page = fields([
    ['Name', cell(job.name)],
    ['Namespace', cell(job.namespace)],
    ['Every', schedule === undefined ? every(everySeconds) : undefined],
    ['Schedule', scheduled(schedule)],
    ['Checkpoints', checkpoints && (scheduled(checkpoints.schedule) ?? every(checkpoints.everySeconds))],
    ['Directory', cell(directory ?? '<none>')],
    ['Last', lastAt === undefined ? undefined : `${age(lastAt, now)} ago`],
    ['Next', taken ? nextBy(automatic, now) : undefined],
    ['On Failure', afterFailure(onFailure)],
    ['Max State Age', maxStateAgeSeconds === undefined ? undefined : every(maxStateAgeSeconds)],
  ])
  return `${page}${list('Problems', automatic.problems, '<none>')}`
}

/** In the words of the spec. */
function scheduled(schedule: string | undefined): string | undefined {
  return schedule === undefined ? undefined : cell(`${schedule} (in its operator's time zone)`)
}

/** The interval; `off` where none are taken. */
export function every(seconds: number | undefined): string {
  return seconds === undefined ? 'off' : humanDuration(seconds * 1_000)
}

export function next(at: string | undefined, now: number): string {
  return at === undefined ? '<unknown>' : due(at, now)
}

/** A schedule is read in the zone of the operator's JVM (CronExpression of log4j-core, in 1.7.0), which no API tells: images have UTC. */
export function nextBy({ nextAt, schedule }: Pick<Automatic, 'nextAt' | 'schedule'>, now: number): string {
  const told = next(nextAt, now)
  return schedule === undefined || nextAt === undefined ? told : `${told}, if that zone is UTC`
}

export function afterFailure(onFailure: 'restore' | 'stop'): string {
  return onFailure === 'restore' ? 'restarted from its restart point' : 'not restarted'
}
