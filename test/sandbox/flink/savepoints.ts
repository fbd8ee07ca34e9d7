import type { Behaviour } from './behaviour.ts'
import { type FlinkThrowable, savepointFailure, tasksNotRunning, uncreatableDirectory } from './exceptions.ts'
import { type CheckpointRecord, countOf, endJob, nextCheckpointId, type StubJob } from './job.ts'
import { writeSavepoint } from './savepoint-files.ts'
import type { Timers } from './timers.ts'

/** A savepoint (or stop) that somebody asked for by REST; `result` is there once it has ended. */
export interface Operation {
  result?: { readonly location: string } | { readonly 'failure-cause': FlinkThrowable }
}

export interface SavepointRequest {
  readonly directory: string
  readonly format: 'CANONICAL' | 'NATIVE'
  /** What becomes of the job once the savepoint is complete. */
  readonly afterwards: 'run on' | 'CANCELED' | 'FINISHED'
  readonly drain: boolean
}

/** Begins a savepoint of `job`; it ends, one way or the other, once `behaviour.savepointMs` are over. */
export function beginSavepoint(
  job: StubJob | undefined,
  request: SavepointRequest,
  { behaviour, timers }: { readonly behaviour: Behaviour; readonly timers: Timers },
): Operation {
  const operation: Operation = {}
  const early = earlyFailure(job, behaviour)
  if (job === undefined || early !== undefined) {
    operation.result = { 'failure-cause': early ?? savepointFailure('The Flink job is not known.') }
    return operation
  }
  const record: CheckpointRecord = {
    id: nextCheckpointId(job),
    triggeredAt: Date.now(),
    type: request.afterwards === 'FINISHED' ? 'SYNC_SAVEPOINT' : 'SAVEPOINT',
    format: request.format,
  }
  job.checkpoints.unshift(record)
  // Flink finds a directory that cannot be made before it asks any task.
  const failure = directoryFailure(request.directory, behaviour)
  if (failure !== undefined) fail(record, operation, failure)
  else finishInTime(behaviour, timers, record.triggeredAt, () => finish(job, record, operation, request))
  return operation
}

/** A change of `savepointMs` counts for those under way, too. */
function finishInTime(behaviour: Behaviour, timers: Timers, began: number, end: () => void): void {
  const left = began + behaviour.savepointMs - Date.now()
  const again = () => {
    if (Date.now() - began >= behaviour.savepointMs) end()
    else finishInTime(behaviour, timers, began, end)
  }
  timers.after(Math.max(0, Math.min(left, 50)), again)
}

/** Failures that leave no entry in the checkpoint history. */
function earlyFailure(job: StubJob | undefined, behaviour: Behaviour): FlinkThrowable | undefined {
  if (job === undefined) return undefined
  if (job.state !== 'RUNNING') return savepointFailure('CheckpointCoordinator shutdown.')
  if (Date.now() < job.deployedAt) return tasksNotRunning(job.id)
  if (behaviour.notAllTasksRunning > 0) {
    behaviour.notAllTasksRunning -= 1
    return tasksNotRunning(job.id)
  }
  return undefined
}

function directoryFailure(directory: string, behaviour: Behaviour): FlinkThrowable | undefined {
  if (behaviour.failSavepoints === 'uncreatable directory') return uncreatableDirectory(directory)
  if (behaviour.failSavepoints !== '')
    return savepointFailure(behaviour.failSavepoints, `java.io.IOException: ${behaviour.failSavepoints}`)
  if (directory === '') {
    // Seen with savepointsDir "" on Spotify v0.6.
    return savepointFailure(
      'Trigger checkpoint failure.',
      'java.lang.IllegalArgumentException: Can not create a Path from an empty string',
    )
  }
  return undefined
}

function finish(
  job: StubJob,
  record: CheckpointRecord,
  operation: Operation,
  request: SavepointRequest,
): void {
  if (job.state !== 'RUNNING') {
    fail(record, operation, savepointFailure('Checkpoint Coordinator is suspending.'))
    return
  }
  try {
    const counter = countOf(job, Date.now())
    const { location, bytes } = writeSavepoint(request.directory, {
      jobId: job.id,
      checkpointId: record.id,
      operatorId: job.operatorId,
      counter,
    })
    record.end = { status: 'COMPLETED', at: Date.now(), location, bytes, counter }
    operation.result = { location }
  } catch {
    fail(record, operation, uncreatableDirectory(request.directory))
    return
  }
  if (request.drain) job.drained = true
  if (request.afterwards !== 'run on') endJob(job, request.afterwards, Date.now())
}

function fail(record: CheckpointRecord, operation: Operation, cause: FlinkThrowable): void {
  const [first = ''] = cause['stack-trace'].split('\n')
  const message = first.replace(/^.*CheckpointException: /, '')
  record.end = { status: 'FAILED', at: Date.now(), message }
  operation.result = { 'failure-cause': cause }
}
