import { randomBytes } from 'node:crypto'
import { jobMasterFailure, stackTrace } from './exceptions.ts'
import { operatorIdOf, readSavepoint } from './savepoint-files.ts'

export type JobState = 'RUNNING' | 'FAILED' | 'CANCELED' | 'FINISHED'

/** What a submitter hands over: spec.job's values, and what `flink run -s PATH -n` would. */
export interface Submission {
  /** Random unless it is given. */
  readonly id?: string
  readonly name: string
  readonly parallelism: number
  /** `--uid NAME` names the one stateful operator (else `counter`): another uid is another operator. */
  readonly args: readonly string[]
  readonly fromSavepoint?: string
  readonly allowNonRestoredState?: boolean
}

/** One entry of /jobs/:jobid/checkpoints: checkpoints and savepoints share their numbers. */
export interface CheckpointRecord {
  readonly id: number
  readonly triggeredAt: number
  readonly type: 'CHECKPOINT' | 'SAVEPOINT' | 'SYNC_SAVEPOINT'
  /** Checkpoints have none. */
  readonly format?: 'CANONICAL' | 'NATIVE'
  end?: CheckpointEnd
}

export type CheckpointEnd =
  | {
      readonly status: 'COMPLETED'
      readonly at: number
      readonly location: string
      readonly bytes: number
      readonly counter: number
      /** Flink has deleted it, because a newer checkpoint took its place. */
      discarded?: boolean
    }
  | { readonly status: 'FAILED'; readonly at: number; readonly message: string }

export interface RestoredFrom {
  readonly checkpointId: number
  readonly location: string
  readonly at: number
  readonly isSavepoint: boolean
}

/** A streaming job that counts, one every ten milliseconds, and keeps its count in savepoints. */
export interface StubJob {
  readonly id: string
  readonly name: string
  readonly parallelism: number
  readonly operatorId: string
  readonly startedAt: number
  /** When it had `startCount`: at its start, or at its last recovery. */
  countsSince: number
  /** Until then its tasks are deploying: the job is RUNNING all the same (seen on Flink 1.18). */
  readonly deployedAt: number
  startCount: number
  restored?: RestoredFrom
  restoredCount: number
  readonly checkpoints: CheckpointRecord[]
  state: JobState
  endedAt?: number
  /** It was stopped with `drain`: its sources ended for good. */
  drained?: boolean
  rootException?: string
}

const countEveryMs = 10

/** How far a job has counted. */
export function countOf(job: StubJob, now: number): number {
  return job.startCount + Math.max(0, Math.floor(((job.endedAt ?? now) - job.countsSince) / countEveryMs))
}

/**
 * Starts a job, or a FAILED one where its savepoint cannot be used: Flink lists it, and the client that submitted
 * it gets an error (seen on Flink 1.18: `flink run` exits 1, /jobs/overview holds the FAILED job).
 */
export function startJob(submission: Submission, now: number, deployingMs: number): StubJob {
  const job = {
    id: submission.id ?? randomBytes(16).toString('hex'),
    name: submission.name,
    parallelism: submission.parallelism,
    operatorId: operatorIdOf(uidOf(submission.args)),
    startedAt: now,
    countsSince: now,
    deployedAt: now + deployingMs,
    startCount: 0,
    restoredCount: 0,
    checkpoints: [],
    state: 'RUNNING' as const,
  }
  if (submission.fromSavepoint === undefined) return job
  try {
    return {
      ...job,
      ...restore(job.operatorId, submission.fromSavepoint, submission.allowNonRestoredState ?? false, now),
    }
  } catch (error) {
    const rootException = jobMasterFailure((error as Error).message)
    return { ...job, state: 'FAILED', endedAt: now, rootException }
  }
}

function restore(operatorId: string, location: string, allowNonRestoredState: boolean, now: number) {
  const savepoint = readSavepoint(location)
  if (savepoint.operatorId !== operatorId && !allowNonRestoredState) {
    throw new Error(
      `java.lang.IllegalStateException: Failed to rollback to checkpoint/savepoint ${location}. Cannot map checkpoint/savepoint state for operator ${savepoint.operatorId} to the new program, because the operator is not available in the new program. If you want to allow to skip this, you can set the --allowNonRestoredState option on the CLI.`,
    )
  }
  const external = location.replace(/^(file:)?\/+/, 'file:/')
  return {
    startCount: savepoint.operatorId === operatorId ? savepoint.counter : 0,
    restored: { checkpointId: savepoint.checkpointId, location: external, at: now, isSavepoint: true },
    restoredCount: 1,
  }
}

/** Ends a running job; a job that has ended stays as it is. */
export function endJob(
  job: StubJob,
  state: Exclude<JobState, 'RUNNING'>,
  now: number,
  reason?: string,
): void {
  if (job.state !== 'RUNNING') return
  job.state = state
  job.endedAt = now
  if (reason !== undefined) {
    job.rootException = stackTrace(
      'org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy',
      reason,
    )
  }
}

/** The number of a job's next checkpoint or savepoint. */
export function nextCheckpointId(job: StubJob): number {
  return (job.checkpoints[0]?.id ?? job.restored?.checkpointId ?? 0) + 1
}

function uidOf(args: readonly string[]): string {
  const at = args.indexOf('--uid')
  return (at >= 0 && args[at + 1]) || 'counter'
}
