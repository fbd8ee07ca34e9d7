import type { Inspection } from '../../src/domain/inspection.ts'
import type { Automatic, JobStatus } from '../../src/domain/job-status.ts'
import type { ChangePlan, Restore, RestorePlan, TakePlan } from '../../src/domain/plan.ts'
import type { Bundle } from '../../src/domain/printable.ts'
import type { JobRef, RestoreTarget, Savepoint } from '../../src/domain/savepoint.ts'
import type { Context } from '../../src/view/context.ts'

export const now = Date.parse('2026-08-24T12:00:00Z')
export const context: Context = { now, colour: false, noHeaders: false, allNamespaces: false }

export const orders: JobRef = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'prod',
  name: 'orders',
  uid: '0b7c',
}
export const clicks: JobRef = { ...orders, name: 'clicks', uid: '1c8d' }

export const completed: Savepoint = {
  job: orders,
  state: 'Completed',
  type: 'savepoint',
  location: 'gs://b/sp/savepoint-c0c55c-63ed75ba89c1',
  name: 'before-v2',
  trigger: 'manual',
  generation: 12,
  triggerId: 'a'.repeat(32),
  checkpointId: 41,
  format: 'CANONICAL',
  completedAt: '2026-08-24T11:48:00Z',
  durationMillis: 12_345,
  sizeBytes: 1_610_612_736,
  restartPoint: true,
  origin: false,
  sources: ['record', 'status', 'rest'],
}
export const failed: Savepoint = {
  job: orders,
  state: 'Failed',
  type: 'savepoint',
  trigger: 'scheduled',
  requestedAt: '2026-08-24T08:00:00Z',
  failure: {
    message: 'java.util.concurrent.CompletionException: it failed\n\tat java.base/x',
    rootCause: 'Disk quota exceeded',
  },
  restartPoint: false,
  origin: false,
  sources: ['status'],
}
export const origin: Savepoint = {
  job: orders,
  state: 'Completed',
  type: 'savepoint',
  location: 'gs://b/sp/savepoint-000000-000000000000',
  restartPoint: false,
  origin: true,
  sources: ['status'],
}
export const checkpoint: Savepoint = {
  ...origin,
  type: 'checkpoint',
  location: 'gs://b/cp/chk-40',
  checkpointId: 40,
  completedAt: '2026-08-24T11:59:59Z',
  durationMillis: 350,
  sizeBytes: 812,
  origin: false,
  sources: ['rest'],
}

export const takePlan: TakePlan = {
  job: orders,
  via: 'generation',
  changes: [
    { path: 'spec.job.savepointGeneration', from: 3, to: 4 },
    { path: 'metadata.annotations.x', to: 'savepoint' },
  ],
}
export const restorePlan: RestorePlan = {
  job: orders,
  savepoint: completed as Savepoint & { location: string },
  changes: [{ path: 'spec.job.fromSavepoint', to: completed.location }],
  steps: ['take a safety savepoint by annotation', 'patch flinkcluster/orders'],
  risks: ['fromSavepoint stays in the spec:\nan update starts from it again'],
}
export const restored: Restore = {
  ...restorePlan,
  job: orders,
  state: 'Restored',
  proof: { operator: true, rest: true },
}

export const stopPlan: ChangePlan = {
  job: orders,
  changes: [{ path: 'metadata.annotations.x', to: 'job-cancel' }],
  steps: ['annotate flinkcluster/orders'],
  risks: [],
}
export const automatic: Automatic = {
  job: orders,
  everySeconds: 300,
  directory: 'gs://b/sp',
  onFailure: 'restore',
  maxStateAgeSeconds: 21_600,
  lastAt: '2026-08-24T11:48:00Z',
  nextAt: '2026-08-24T11:53:00Z',
  problems: ['the last automatic savepoint is late'],
}

export const healthy: JobStatus = {
  job: orders,
  state: 'Running',
  lastSavepoint: completed,
  lastCheckpoint: checkpoint,
  restartPoint: completed as RestoreTarget,
  automatic: { everySeconds: 300, directory: 'gs://b/sp', nextAt: '2026-08-24T12:03:00Z' },
  onFailure: 'restore',
  atRiskMillis: 720_000,
  problems: [],
  unknown: [],
}
export const ailing: JobStatus = {
  job: clicks,
  state: 'Failed',
  restartPoint: { location: 'gs://b/sp/savepoint-000000-000000000000' },
  onFailure: 'stop',
  maxStateAgeSeconds: 21_600,
  origin: { location: 'gs://b/sp/savepoint-000000-000000000000', declared: 'gs://b/sp/other' },
  cannotTake: 'its job is not running (Failed)',
  problems: [
    'the job is not running (Failed), and its operator does not restart it by itself: restore it',
    'the last savepoint failed: Disk quota exceeded',
  ],
  unknown: [
    { field: 'lastSavepoint', reason: 'Forbidden', message: 'the record may not be read' },
    { field: 'lastCheckpoint', reason: 'Unreachable', message: 'Flink does not answer' },
  ],
}

export const inspection: Inspection = {
  location: 'file:/sp/savepoint-c0c55c-63ed75ba89c1',
  sizeBytes: 4757,
  modifiedAt: '2026-03-01T11:00:00Z',
  ...{ formatVersion: 4, flinkVersions: '1.16 to 1.20', checkpointId: 3 },
  ...{ type: 'savepoint', format: 'CANONICAL', toldFrom: 'properties' },
  ...{ masterStates: [], trailingBytes: 745, handleTypes: { s6: 1, o4: 1 } },
  ...{ relativeFiles: 1, absoluteFiles: 0, fileCount: 1, fileBytes: 202, inlineBytes: 0 },
  ...{ relocatable: true, stateBytes: 202 },
  operators: [
    {
      ...{ id: '5900d2cb0a81c830ac5f9c198a565783', name: null, uid: null },
      ...{ parallelism: 1, maxParallelism: 128, subtaskEntries: 1, finished: 0, fullyFinished: false },
      ...{ stateBytes: 202, coordinatorBytes: 0, hasState: true },
      bytesByKind: {
        ...{ managedOperator: 202, rawOperator: 0, managedKeyed: 0, rawKeyed: 0 },
        ...{ inputChannel: 0, resultSubpartition: 0 },
      },
      states: [{ name: 'next-number', scope: 'operator', type: 'SPLIT_DISTRIBUTE', serializers: [] }],
    },
  ],
  files: [
    { path: 'a', location: 'file:/sp/a', sizeBytes: 202, references: 1, state: 'wrong size', foundBytes: 2 },
  ],
}

export const bundle: Bundle = {
  job: completed.job,
  file: 'flinksp-bundle-orders-20260301T120000Z.tar.gz',
  sizeBytes: 12_345,
  contents: [{ path: 'objects/job.json', what: 'the object of the job', sizeBytes: 812 }],
  missing: [{ what: 'the pods of the operator', reason: 'Error from server (Forbidden): no' }],
  redactions: 3,
}
