import { type CheckpointRecord, countOf, nextCheckpointId, type StubJob } from './job.ts'
import { removeState, type Written, writeCheckpoint } from './savepoint-files.ts'

/** What Flink calls a checkpoint that only the JobManager's memory holds (flink-runtime NonPersistentMetadataCheckpointStorageLocation). */
const notAddressable = '<checkpoint-not-externally-addressable>'

/**
 * Completes one checkpoint of a running job, at once. With `state.checkpoints.dir` it is a file, and the one before is
 * deleted (state.checkpoints.num-retained is 1 unless it is set).
 */
export function takeCheckpoint(job: StubJob, directory: string | undefined): void {
  if (job.state !== 'RUNNING') return
  const at = Date.now()
  const id = nextCheckpointId(job)
  const counter = countOf(job, at)
  const state = { jobId: job.id, checkpointId: id, operatorId: job.operatorId, counter }
  const written: Written = directory
    ? writeCheckpoint(directory, state)
    : { location: notAddressable, bytes: 0 }
  for (const old of job.checkpoints) discard(old)
  job.checkpoints.unshift({
    id,
    triggeredAt: at,
    type: 'CHECKPOINT',
    end: { status: 'COMPLETED', at, ...written, counter },
  })
}

function discard({ type, end }: CheckpointRecord): void {
  if (type !== 'CHECKPOINT' || end?.status !== 'COMPLETED' || end.discarded) return
  end.discarded = true
  if (end.location !== notAddressable) removeState(end.location)
}

/** A failure that the job survives: it goes on from its newest checkpoint, under the same id. */
export function recoverJob(job: StubJob): void {
  const newest = job.checkpoints.find(
    ({ type, end }) => type === 'CHECKPOINT' && end?.status === 'COMPLETED' && !end.discarded,
  )
  if (job.state !== 'RUNNING' || newest?.end?.status !== 'COMPLETED') return
  const at = Date.now()
  job.countsSince = at
  job.startCount = newest.end.counter
  job.restoredCount += 1
  job.restored = { checkpointId: newest.id, location: newest.end.location, at, isSavepoint: false }
}
