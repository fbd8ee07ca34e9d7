import type { CheckpointRecord, StubJob } from './job.ts'

/** The JSON of Flink 1.18's REST API, field for field (flink-runtime-web rest_api_v1.snapshot; seen on Flink 1.18.1). */
const never = -1
const noNumbers = { min: 0, max: 0, avg: 0, p50: 'NaN', p90: 'NaN', p95: 'NaN', p99: 'NaN', p999: 'NaN' }

export function configJson() {
  return {
    'refresh-interval': 3000,
    'timezone-name': 'Coordinated Universal Time',
    'timezone-offset': 0,
    'flink-version': '1.18.1',
    'flink-revision': 'a8c8b1c @ 2023-12-19T22:17:36+01:00',
    features: { 'web-submit': true, 'web-cancel': true, 'web-rescale': false, 'web-history': false },
  }
}

export function overviewJson(jobs: readonly StubJob[]) {
  const count = (state: string) => jobs.filter(job => job.state === state).length
  return {
    taskmanagers: 1,
    'slots-total': 2,
    'slots-available': Math.max(0, 2 - count('RUNNING')),
    'jobs-running': count('RUNNING'),
    'jobs-finished': count('FINISHED'),
    'jobs-cancelled': count('CANCELED'),
    'jobs-failed': count('FAILED'),
    'flink-version': '1.18.1',
    'flink-commit': 'a8c8b1c',
  }
}

export function jobsOverviewJson(jobs: readonly StubJob[], now: number) {
  return {
    jobs: jobs.map(job => ({
      jid: job.id,
      name: job.name,
      'start-time': job.startedAt,
      'end-time': job.endedAt ?? never,
      duration: (job.endedAt ?? now) - job.startedAt,
      state: job.state,
      'last-modification': job.endedAt ?? job.deployedAt,
      tasks: { ...taskCounts(job, now, name => name.toLowerCase()), total: 1 },
    })),
  }
}

export function jobJson(job: StubJob, now: number) {
  const status = taskStatus(job, now)
  const counts = taskCounts(job, now, name => name)
  return {
    jid: job.id,
    name: job.name,
    isStoppable: false,
    state: job.state,
    'start-time': job.startedAt,
    'end-time': job.endedAt ?? never,
    duration: (job.endedAt ?? now) - job.startedAt,
    maxParallelism: -1,
    now,
    timestamps: { INITIALIZING: job.startedAt, CREATED: job.startedAt, RUNNING: job.startedAt },
    vertices: [
      {
        id: job.operatorId,
        name: 'Source: Numbers',
        maxParallelism: 128,
        parallelism: job.parallelism,
        status,
        'start-time': job.startedAt,
        'end-time': job.endedAt ?? never,
        duration: (job.endedAt ?? now) - job.startedAt,
        tasks: counts,
        metrics: {},
      },
    ],
    'status-counts': counts,
    plan: { jid: job.id, name: job.name, type: 'STREAMING', nodes: [] },
  }
}

function taskStatus(job: StubJob, now: number): string {
  if (job.state !== 'RUNNING') return job.state
  return now < job.deployedAt ? 'DEPLOYING' : 'RUNNING'
}

function taskCounts(job: StubJob, now: number, spelling: (name: string) => string) {
  const names = [
    'CREATED',
    'SCHEDULED',
    'DEPLOYING',
    'INITIALIZING',
    'RUNNING',
    'FINISHED',
    'CANCELING',
    'CANCELED',
    'FAILED',
    'RECONCILING',
  ]
  const status = taskStatus(job, now)
  return Object.fromEntries(names.map(name => [spelling(name), name === status ? 1 : 0]))
}

/** /jobs/:jobid/checkpoints; the history holds ten entries (web.checkpoints.history). */
export function checkpointsJson(job: StubJob, now: number) {
  const ended = (status: string) => job.checkpoints.find(record => record.end?.status === status)
  const count = (status: string | undefined) =>
    job.checkpoints.filter(record => record.end?.status === status).length
  const json = (record: CheckpointRecord | undefined) => (record ? checkpointJson(record, now) : null)
  return {
    counts: {
      restored: job.restored ? 1 : 0,
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
      completed: null,
      savepoint: json(ended('COMPLETED')),
      failed: json(ended('FAILED')),
      restored: job.restored
        ? {
            id: job.restored.checkpointId,
            restore_timestamp: job.restored.at,
            is_savepoint: true,
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
    is_savepoint: true,
    savepointFormat: record.format,
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
  if (end?.status === 'COMPLETED') return { ...common, external_path: end.location, discarded: false }
  if (end?.status === 'FAILED') return { ...common, failure_timestamp: end.at, failure_message: end.message }
  return common
}

export function checkpointsConfigJson() {
  return {
    mode: 'exactly_once',
    interval: Number.MAX_SAFE_INTEGER,
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

export function exceptionsJson(job: StubJob) {
  const exceptions = job.rootException
    ? [
        {
          exceptionName: job.rootException.split(':')[0],
          stacktrace: job.rootException,
          timestamp: job.endedAt,
          taskName: null,
        },
      ]
    : []
  return {
    'root-exception': job.rootException ?? null,
    timestamp: job.rootException ? job.endedAt : null,
    'all-exceptions': [],
    truncated: false,
    exceptionHistory: { entries: exceptions, truncated: false },
  }
}
