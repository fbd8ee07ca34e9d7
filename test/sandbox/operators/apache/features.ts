export type ApacheDialectName = 'apache-1.7' | 'apache-1.15' | 'apache-1.15-session'

/** What a release of apache/flink-kubernetes-operator can do and how it keeps its books (seen on 1.7.0 and 1.15.0). */
export interface Features {
  /** FlinkStateSnapshots, and jobStatus.upgradeSavepointPath as the restart point. */
  readonly snapshots: boolean
  /** savepointRedeployNonce restores. */
  readonly redeploys: boolean
  /** status.observedGeneration; before, the generation stands in lastReconciledSpec. */
  readonly observedGeneration: boolean
  /** A job keeps its id over suspends and upgrades. */
  readonly keepsJobId: boolean
  /** The keys of spec.job that it knows, each written into lastReconciledSpec. */
  readonly jobKeys: readonly string[]
}

const oldKeys = [
  'jarURI',
  'parallelism',
  'entryClass',
  'args',
  'state',
  'savepointTriggerNonce',
  'initialSavepointPath',
  'checkpointTriggerNonce',
  'upgradeMode',
  'allowNonRestoredState',
]

const today: Features = {
  snapshots: true,
  redeploys: true,
  observedGeneration: true,
  keepsJobId: false,
  jobKeys: [...oldKeys, 'savepointRedeployNonce', 'autoscalerResetNonce'],
}

export const apacheFeatures: Readonly<Record<ApacheDialectName, Features>> = {
  'apache-1.7': {
    snapshots: false,
    redeploys: false,
    observedGeneration: false,
    keepsJobId: true,
    jobKeys: oldKeys,
  },
  'apache-1.15': today,
  'apache-1.15-session': today,
}
