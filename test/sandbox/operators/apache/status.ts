import type { Fields } from '../../../../src/domain/fields.ts'
import type { Features } from './features.ts'
import { type Recorded, recordedOf } from './recorded.ts'
import type { ApacheJob } from './resource.ts'

export interface SavepointRecord {
  timeStamp: number
  location: string
  triggerType: 'MANUAL' | 'PERIODIC' | 'UPGRADE' | 'UNKNOWN'
  formatType: 'CANONICAL' | 'UNKNOWN'
  triggerNonce?: number
}

export interface SavepointInfo {
  lastSavepoint?: SavepointRecord
  triggerId?: string
  triggerTimestamp?: number
  triggerType?: 'MANUAL' | 'PERIODIC'
  formatType?: 'CANONICAL'
  savepointHistory: SavepointRecord[]
  lastPeriodicSavepointTimestamp: number
}

/** status of a FlinkDeployment or FlinkSessionJob: what a pass works on, and writes. */
export interface Status {
  jobStatus: {
    jobName?: string
    jobId?: string
    /** Flink's, with RECONCILING for what is deployed and was not seen yet. */
    state?: string
    /** Milliseconds, as texts. */
    startTime?: string
    updateTime?: string
    upgradeSavepointPath?: string
    savepointInfo: SavepointInfo
    checkpointInfo: { lastPeriodicCheckpointTimestamp: number }
  }
  error?: string
  observedGeneration?: number
  lifecycleState?: string
  clusterInfo?: Fields
  /** Session jobs have none. */
  jobManagerDeploymentStatus?: 'MISSING' | 'DEPLOYING' | 'DEPLOYED_NOT_READY' | 'READY' | 'ERROR'
  reconciliationStatus: {
    reconciliationTimestamp: number
    lastReconciledSpec: string
    lastStableSpec?: string
    state: 'UPGRADING' | 'DEPLOYED'
  }
  taskManager?: { labelSelector: string; replicas: number }
  conditions?: Fields[]
}

/** The first status that is written: nothing is deployed yet. */
export function firstStatus(job: ApacheJob, recorded: string, features: Features): Status {
  const from = job.job?.['initialSavepointPath']
  const path = typeof from === 'string' && from !== '' ? from : undefined
  const deployment = job.kind === 'FlinkDeployment'
  return {
    jobStatus: {
      savepointInfo: {
        // A savepoint that nobody has taken, with the time of now (seen on 1.7.0).
        ...(path !== undefined && !features.snapshots && { lastSavepoint: givenSavepoint(path) }),
        savepointHistory: [],
        lastPeriodicSavepointTimestamp: 0,
      },
      checkpointInfo: { lastPeriodicCheckpointTimestamp: 0 },
      ...(path !== undefined && features.snapshots && { upgradeSavepointPath: path }),
    },
    ...(features.observedGeneration && { observedGeneration: job.generation }),
    ...(deployment && {
      jobManagerDeploymentStatus: 'MISSING',
      taskManager: { labelSelector: '', replicas: 0 },
    }),
    reconciliationStatus: {
      reconciliationTimestamp: Date.now(),
      lastReconciledSpec: recorded,
      state: 'UPGRADING',
    },
  }
}

function givenSavepoint(location: string): SavepointRecord {
  return { timeStamp: Date.now(), location, triggerType: 'UNKNOWN', formatType: 'UNKNOWN' }
}

/** lifecycleState as it follows from the rest (flink-kubernetes-operator-api AbstractFlinkResource lifecycle). */
export function lifecycleOf({ jobStatus, reconciliationStatus }: Status): string {
  const { state, lastReconciledSpec, lastStableSpec } = reconciliationStatus
  if (state === 'UPGRADING') return 'UPGRADING'
  if (wantedOf(recordedOf(lastReconciledSpec)) === 'suspended') return 'SUSPENDED'
  if (jobStatus.state === 'FAILED') return 'FAILED'
  return lastReconciledSpec === lastStableSpec ? 'STABLE' : 'DEPLOYED'
}

function wantedOf({ job }: Recorded): unknown {
  return job?.['state']
}

/** What 1.15 says of the job beside (type Running). */
export function conditionsOf({ jobStatus: { state }, conditions }: Status): Fields[] {
  if (state === undefined) return []
  const status = state === 'RUNNING' ? 'True' : 'False'
  const reason = `${state.charAt(0)}${state.slice(1).toLowerCase()}`
  const [before] = conditions ?? []
  const same = before?.['status'] === status
  const lastTransitionTime = same ? before['lastTransitionTime'] : new Date().toISOString()
  return [{ type: 'Running', status, reason, message: `Job status ${state}`, lastTransitionTime }]
}
