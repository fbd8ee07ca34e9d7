import type { Build } from '../job-operator.ts'

/**
 * The builds that serve the kind FlinkCluster and differ in savepoints: image tags v1beta1-1 … -9 of
 * GoogleCloudPlatform/flink-on-k8s-operator, its v1alpha1 and its unreleased master, and spotify/flink-on-k8s-operator >= 0.2.
 */
export const operatorNames = [
  'gcp-v1alpha1',
  'gcp-1',
  'gcp-2',
  'gcp-3',
  'gcp-4',
  'gcp-5',
  'gcp-6',
  'gcp-7',
  'gcp-8',
  'gcp-9',
  'gcp-master',
  'spotify',
] as const

export type OperatorName = (typeof operatorNames)[number]

/** The build by its name; asked only with names out of `operatorNames`. */
export function operatorName(build: Build | undefined): OperatorName | undefined {
  const found = operatorNames.find(name => name === build)
  if (build !== undefined && !found) throw new Error(`${build} serves no FlinkCluster`)
  return found
}

/** What a build can do about savepoints. */
export interface Abilities {
  /** It listens to the annotation `user-control: savepoint` (tag -3 and later). */
  readonly annotation: boolean
  /**
   * `blocking`: the savepoint is taken inside the reconcile loop, the object shows nothing but its success, and any
   * change of the object meanwhile loses the result (<= -3). `status`: it is followed in status.savepoint (>= -4).
   */
  readonly follows: 'blocking' | 'status'
  /** A savepointGeneration that failed is tried again by the operator: on every loop, or never. */
  readonly generationRetries: boolean
  /** It starts from a changed spec.job.fromSavepoint (>= -6); below, every spec change is refused. */
  readonly restoresInPlace: boolean
}

/** From the sources at each tag (controllers/flinkcluster_reconciler.go, flinkcluster_validate.go) and runs of v1alpha1, -2, -3, -9 and Spotify v0.6. */
export function abilitiesOf(operator: OperatorName): Abilities {
  if (operator === 'spotify')
    return { annotation: true, follows: 'status', generationRetries: true, restoresInPlace: true }
  const tag = gcpTag(operator)
  return {
    annotation: tag >= 3,
    follows: tag <= 3 ? 'blocking' : 'status',
    generationRetries: tag <= 3,
    restoresInPlace: tag >= 6,
  }
}

/** v1alpha1 counts as 0, master as 10. */
function gcpTag(operator: Exclude<OperatorName, 'spotify'>): number {
  if (operator === 'gcp-v1alpha1') return 0
  if (operator === 'gcp-master') return 10
  return Number(operator.slice('gcp-'.length))
}
