import { createHash } from 'node:crypto'
import {
  type Fields,
  fieldsAt,
  flagAt,
  integerAt,
  isFields,
  textAt,
  textsAt,
} from '../../../src/domain/fields.ts'

export const controlAnnotation = 'flinkclusters.flinkoperator.k8s.io/user-control'

export type CleanupAction = 'KeepCluster' | 'DeleteCluster' | 'DeleteTaskManager'

/** spec.job with the defaults that the operators' webhooks (GCP) or CRDs (Spotify) fill in. */
export interface JobSpec {
  readonly body: Fields
  readonly args: readonly string[]
  readonly parallelism: number
  readonly fromSavepoint: string
  readonly allowNonRestoredState: boolean
  /** undefined: the field is absent; '' is a value of its own to both operators. */
  readonly savepointsDir: string | undefined
  readonly savepointGeneration: number
  readonly autoSavepointSeconds: number | undefined
  readonly savepointFormatType: string | undefined
  readonly restartPolicy: string
  readonly cancelRequested: boolean
  readonly cleanupPolicy: {
    readonly afterJobSucceeds: CleanupAction
    readonly afterJobFails: CleanupAction
    readonly afterJobCancelled: CleanupAction
  }
  /** Spotify; absent means true. */
  readonly takeSavepointOnUpdate: boolean
  /** Spotify. */
  readonly maxStateAgeToRestoreSeconds: number | undefined
}

/** A FlinkCluster as a reconcile pass reads it. */
export interface FlinkCluster {
  readonly apiVersion: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** Value of the user-control annotation, '' where there is none. */
  readonly userControl: string
  /** undefined: a session cluster. */
  readonly job: JobSpec | undefined
  readonly uiPort: number
  readonly flinkProperties: Readonly<Record<string, string>>
  readonly spec: Fields
  readonly status: Fields
  readonly body: Fields
}

export function readCluster(body: Fields): FlinkCluster {
  const spec = fieldsAt(body, 'spec')
  return {
    apiVersion: textAt(body, 'apiVersion') ?? '',
    namespace: textAt(body, 'metadata', 'namespace') ?? '',
    name: textAt(body, 'metadata', 'name') ?? '',
    uid: textAt(body, 'metadata', 'uid') ?? '',
    userControl: textsAt(body, 'metadata', 'annotations')[controlAnnotation] ?? '',
    job: isFields(spec['job']) ? readJob(spec['job']) : undefined,
    uiPort: integerAt(spec, 'jobManager', 'ports', 'ui') ?? 8081,
    flinkProperties: textsAt(spec, 'flinkProperties'),
    spec,
    status: fieldsAt(body, 'status'),
    body,
  }
}

export function readJob(job: Fields): JobSpec {
  const args = job['args']
  const directory = job['savepointsDir']
  return {
    body: job,
    args: Array.isArray(args) ? args.filter(arg => typeof arg === 'string') : [],
    parallelism: integerAt(job, 'parallelism') ?? 1,
    fromSavepoint: textAt(job, 'fromSavepoint') ?? '',
    allowNonRestoredState: flagAt(job, 'allowNonRestoredState') ?? false,
    savepointsDir: typeof directory === 'string' ? directory : undefined,
    savepointGeneration: integerAt(job, 'savepointGeneration') ?? 0,
    autoSavepointSeconds: integerAt(job, 'autoSavepointSeconds'),
    savepointFormatType: textAt(job, 'savepointFormatType'),
    restartPolicy: textAt(job, 'restartPolicy') ?? 'Never',
    cancelRequested: flagAt(job, 'cancelRequested') ?? false,
    cleanupPolicy: readCleanup(fieldsAt(job, 'cleanupPolicy')),
    takeSavepointOnUpdate: flagAt(job, 'takeSavepointOnUpdate') ?? true,
    maxStateAgeToRestoreSeconds: integerAt(job, 'maxStateAgeToRestoreSeconds'),
  }
}

/** DeleteCluster, KeepCluster, DeleteCluster (GoogleCloudPlatform/flink-on-k8s-operator api/v1beta1/flinkcluster_default.go; the same in Spotify's). */
function readCleanup(policy: Fields): JobSpec['cleanupPolicy'] {
  const action = (field: string, otherwise: CleanupAction) =>
    (textAt(policy, field) as CleanupAction | undefined) ?? otherwise
  return {
    afterJobSucceeds: action('afterJobSucceeds', 'DeleteCluster'),
    afterJobFails: action('afterJobFails', 'KeepCluster'),
    afterJobCancelled: action('afterJobCancelled', 'DeleteCluster'),
  }
}

/** A hash that does not depend on the order of keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(sortedJson(value)).digest('hex').slice(0, 10)
}

/** Equal as JSON: absent and undefined fields are the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  return sortedJson(a) === sortedJson(b)
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isFields(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}

/** RFC 3339 in whole seconds: both operators write no other times. */
export function timestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
