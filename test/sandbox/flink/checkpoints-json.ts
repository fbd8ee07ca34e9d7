import type { CheckpointRecord, StubJob } from './job.ts'

const never = -1
const noNumbers = { min: 0, max: 0, avg: 0, p50: 'NaN', p90: 'NaN', p95: 'NaN', p99: 'NaN', p999: 'NaN' }

/** /jobs/:jobid/checkpoints; the history holds ten entries (web.checkpoints.history). */
export function checkpointsJson(job: StubJob, now: number) {
  const savepoint = (record: CheckpointRecord) => record.type !== 'CHECKPOINT'
  const completed = job.checkpoints.filter(({ end }) => end?.status === 'COMPLETED')
  const failed = job.checkpoints.find(({ end }) => end?.status === 'FAILED')
  const count = (status: string | undefined) =>
    job.checkpoints.filter(record => record.end?.status === status).length
  const json = (record: CheckpointRecord | undefined) => (record ? checkpointJson(record, now) : null)
  return {
    counts: {
      restored: job.restoredCount,
      total: job.checkpoints.length,
      in_progress: count(undefined),
      completed: count('COMPLETED'),
      failed: count('FAILED'),
    },
    summary: {
      checkpointed_size: noNumbers,
      state_size: noNumbers,
      end_to_end_duration: noNumbers,
      alignment_buffered: noNumbers,
      processed_data: noNumbers,
      persisted_data: noNumbers,
    },
    latest: {
      completed: json(completed.find(record => !savepoint(record))),
      savepoint: json(completed.find(savepoint)),
      failed: json(failed),
      restored: job.restored
        ? {
            id: job.restored.checkpointId,
            restore_timestamp: job.restored.at,
            is_savepoint: job.restored.isSavepoint,
            external_path: job.restored.location,
          }
        : null,
    },
    history: job.checkpoints.slice(0, 10).map(record => checkpointJson(record, now)),
  }
}

function checkpointJson(record: CheckpointRecord, now: number) {
  const { end } = record
  const size = end?.status === 'COMPLETED' ? end.bytes : 0
  const common = {
    className: end ? end.status.toLowerCase() : 'in_progress',
    id: record.id,
    status: end?.status ?? 'IN_PROGRESS',
    is_savepoint: record.type !== 'CHECKPOINT',
    savepointFormat: record.format ?? null,
    trigger_timestamp: record.triggeredAt,
    latest_ack_timestamp: end?.status === 'COMPLETED' ? end.at : never,
    checkpointed_size: size,
    state_size: size,
    end_to_end_duration: (end?.at ?? now) - record.triggeredAt,
    alignment_buffered: 0,
    processed_data: 0,
    persisted_data: 0,
    num_subtasks: 1,
    num_acknowledged_subtasks: end?.status === 'COMPLETED' ? 1 : 0,
    checkpoint_type: record.type,
    tasks: {},
  }
  if (end?.status === 'COMPLETED')
    return { ...common, external_path: end.location, discarded: end.discarded ?? false }
  if (end?.status === 'FAILED') return { ...common, failure_timestamp: end.at, failure_message: end.message }
  return common
}

/** /jobs/:jobid/checkpoints/config */
export function checkpointsConfigJson(intervalMs: number) {
  return {
    mode: 'exactly_once',
    // Flink says Long.MAX_VALUE where there are no periodic checkpoints.
    interval: intervalMs || Number.MAX_SAFE_INTEGER,
    timeout: 600_000,
    min_pause: 0,
    max_concurrent: 1,
    externalization: { enabled: false, delete_on_cancellation: true },
    state_backend: 'HashMapStateBackend',
    checkpoint_storage: 'FileSystemCheckpointStorage',
    unaligned_checkpoints: false,
    tolerable_failed_checkpoints: 0,
    aligned_checkpoint_timeout: 0,
    checkpoints_after_tasks_finish: true,
    state_changelog_enabled: false,
    changelog_periodic_materialization_interval: 600_000,
    changelog_storage: 'memory',
  }
}
