import { Failure, withHints } from '../../domain/failure.ts'
import type { ChangePlan } from '../../domain/plan.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { utcOf } from '../../domain/time.ts'
import { entryOfSavepoint, entryOfStop, type RecordEntry } from '../../history/entry.ts'
import { record } from '../../history/write-record.ts'
import type { Stopping, StopWish } from '../../operators/job-operator.ts'
import { drive } from '../../wait.ts'
import type { CommandResult } from '../command.ts'
import { nothingChanged } from '../job/nothing-changed.ts'
import { onceIdle, waiting } from '../job/waiting.ts'
import type { Subject } from '../job/which-operator.ts'
import type { StopOptions } from './options.ts'

/** A stop that was planned and agreed to. */
export interface AgreedStop {
  readonly world: World
  readonly cluster: Cluster
  readonly options: StopOptions
  readonly subject: Subject
  readonly stopping: Stopping
  readonly wish: StopWish
  readonly plan: ChangePlan
}

/** The savepoint and the end of the job, then the record, and only then what removes all traces of it. */
export async function stopNow(stop: AgreedStop): Promise<CommandResult> {
  const { world, options } = stop
  const requestedAt = utcOf(world.clock.now())
  const { result, failure, newest } = await stopped(stop)
  const { name, note } = options
  const left = { ...result, ...(name !== undefined && { name }), ...(note !== undefined && { note }) }
  // In Application mode the JobManager goes once it has been asked: then this line, and the record, are all there is.
  if (left.state === 'Completed' && stop.stopping.asksFlink?.(stop.wish))
    world.person.warn(`savepoint: ${left.location}`)
  await keep(stop, left, requestedAt, failure)
  return ended(left, failure ?? (options.wait ? await settled(stop, left, newest) : undefined))
}

async function stopped(stop: AgreedStop) {
  const { world, cluster, options, subject, stopping, wish } = stop
  try {
    return await onceIdle(world, cluster, subject, options, ({ resource }) =>
      drive(stopping.protocol(wish), resource, waitingOf(stop)),
    )
  } catch (error) {
    throw error instanceof Failure ? nothingChanged(error) : error
  }
}

/** What was set for the stop is put back; whatever goes wrong with that, the job is stopped and its savepoint known. */
async function settled(
  stop: AgreedStop,
  { location }: Savepoint,
  newest: Resource,
): Promise<Failure | undefined> {
  const protocol = stop.stopping.settle?.(stop.wish)
  if (!protocol) return undefined
  const { failure } = await drive(protocol, newest, waitingOf(stop))
  if (!failure) return undefined
  return withHints(failure, [...failure.hints, `the job was stopped with savepoint: ${location}`])
}

function waitingOf({ world, cluster, options, subject, stopping, wish }: AgreedStop) {
  const least = stopping.leastTimeoutMs?.(subject.build) ?? 0
  return waiting(world, cluster, wish.facts, Math.max(options.timeoutMs, least))
}

/**
 * A savepoint of a job that goes on, as far as anybody knows, is no stop to resume from. What nobody has seen beginning is not
 * worth a line. What is complete is written down also after Ctrl-C, since the cluster that knows it may go; and a stop that Flink
 * itself was asked for, since the object tells nothing of it.
 */
async function keep(
  { world, cluster, options, stopping, wish, plan }: AgreedStop,
  savepoint: Savepoint,
  requestedAt: string,
  failure: Failure | undefined,
): Promise<void> {
  const { state, job } = savepoint
  if (!options.record || state === 'Requested') return
  const urgent = state === 'Completed' || stopping.asksFlink?.(wish) === true
  if (world.interrupted.aborted && !urgent) return
  const entry: RecordEntry =
    state === 'Completed' && failure
      ? entryOfSavepoint(savepoint)
      : entryOfStop(savepoint, { requestedAt, drain: wish.drain, changes: plan.changes })
  const { person, clock } = world
  await record(cluster, job, [entry], { warn: text => person.warn(text), now: clock.now(), late: urgent })
}

function ended(value: Savepoint, failure?: Failure): CommandResult {
  return { value: { kind: 'Savepoint', value, done: 'stopped' }, ...(failure && { failure }) }
}
