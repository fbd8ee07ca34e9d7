/** Objects as operators leave them, for the rehearsals of the build. */

const jobId = 'c0c55c5f5b3f4d0e9a4f3a2b1c0d9e8f'
const triggerId = '3b1f9a5c7d2e4f60819a2b3c4d5e6f70'
const location = 'file:/savepoints/savepoint-c0c55c-63ed75ba89c1'
const uid = '1'

function metadata(name: string) {
  const creationTimestamp = '2024-05-01T09:58:00Z'
  return { name, namespace: 'default', uid, resourceVersion: '1', generation: 1, creationTimestamp }
}

export function flinkCluster(name: string): object {
  return {
    apiVersion: 'flinkoperator.k8s.io/v1beta1',
    kind: 'FlinkCluster',
    metadata: metadata(name),
    spec: { job: { savepointsDir: 'file:///savepoints' } },
    status: {
      state: 'Running',
      components: {
        job: {
          id: jobId,
          state: 'Running',
          savepointGeneration: 1,
          savepointLocation: location,
          savepointTime: '2024-05-01T09:59:00Z',
        },
      },
      savepoint: { triggerID: triggerId, triggerTime: '2024-05-01T09:58:50Z', state: 'Succeeded' },
    },
  }
}

export function flinkDeployment(name: string): object {
  return {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    metadata: metadata(name),
    spec: {
      flinkVersion: 'v1_20',
      flinkConfiguration: { 'state.savepoints.dir': 'file:///savepoints' },
      job: { jarURI: 'local:///job.jar', state: 'running', upgradeMode: 'savepoint' },
    },
    status: {
      lifecycleState: 'STABLE',
      jobManagerDeploymentStatus: 'READY',
      jobStatus: {
        jobId,
        jobName: name,
        state: 'RUNNING',
        upgradeSavepointPath: location,
        savepointInfo: { lastPeriodicSavepointTimestamp: 0, savepointHistory: [] },
      },
      observedGeneration: 1,
    },
  }
}

/** One that was taken, and one that failed. */
export const snapshots: readonly object[] = [
  snapshot('taken', { state: 'COMPLETED', path: location, resultTimestamp: '2024-05-01T09:59:00Z' }),
  snapshot('failed', { state: 'FAILED', error: 'no', failures: 1 }),
]

function snapshot(name: string, status: object): object {
  return {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkStateSnapshot',
    metadata: { ...metadata(name), uid: name },
    spec: {
      jobReference: { kind: 'FlinkDeployment', name: 'model' },
      savepoint: { disposeOnDelete: true, formatType: 'CANONICAL' },
      backoffLimit: -1,
    },
    status: { ...status, triggerId, triggerTimestamp: '2024-05-01T09:58:50Z' },
  }
}

export const revisions: readonly object[] = [
  {
    metadata: { ...metadata('model-1'), ownerReferences: [{ uid }] },
    data: { spec: { job: { fromSavepoint: 'file:/savepoints/savepoint-c0c55c-0123456789ab' } } },
    revision: 1,
  },
]

export const events: readonly object[] = [
  event('SavepointTriggered', `Triggered savepoint for user requested: triggerID ${triggerId}.`),
  event('SavepointFailed', 'Savepoint creation failed: no.'),
]

function event(reason: string, message: string): object {
  const at = '2024-05-01T09:58:50Z'
  const about = { involvedObject: { kind: 'FlinkCluster', name: 'model', uid } }
  return {
    metadata: { ...metadata(`model.${reason}`), uid: reason },
    ...about,
    reason,
    message,
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
  }
}

/** As Flink's CheckpointingStatistics has them. */
export const checkpoints: object = {
  counts: { restored: 0, total: 1, in_progress: 0, completed: 1, failed: 0 },
  history: [
    {
      id: 1,
      status: 'COMPLETED',
      is_savepoint: true,
      trigger_timestamp: 1_714_557_530_000,
      latest_ack_timestamp: 1_714_557_540_000,
      end_to_end_duration: 10_000,
      state_size: 1_024,
      external_path: location,
      discarded: false,
      checkpoint_type: 'SAVEPOINT',
    },
  ],
  latest: { completed: null, savepoint: null, failed: null, restored: null },
}
