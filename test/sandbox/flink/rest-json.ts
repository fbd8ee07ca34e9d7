import type { StubJob } from './job.ts'

/** The JSON of Flink 1.18's REST API, field for field (flink-runtime-web rest_api_v1.snapshot; seen on Flink 1.18.1). */
const never = -1

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

/** /jobs/:jobid/config */
export function jobConfigJson(job: StubJob) {
  return {
    jid: job.id,
    name: job.name,
    'execution-config': {
      'execution-mode': 'PIPELINED',
      'restart-strategy': 'Cluster level default restart strategy',
      'job-parallelism': job.parallelism,
      'object-reuse-mode': false,
      'user-config': {},
    },
  }
}
