import { type Fields, fieldsAt, flagAt, textAt } from '../../domain/fields.ts'
import { sameLocation } from '../../domain/location.ts'
import type { ServedKind, Write } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { JobRef, Savepoint } from '../../domain/savepoint.ts'
import { utc } from '../../domain/time.ts'
import { formatOf, triggerOf } from './savepoint-info.ts'
import { type StatusError, statusError } from './status-error.ts'
import { snapshotKind } from './take/choose-take.ts'

/** What a take says of the FlinkStateSnapshot that it creates. */
export interface SnapshotOrder {
  readonly nonce: string
  readonly name?: string
  readonly directory?: string
  readonly format?: 'CANONICAL' | 'NATIVE'
}

/** The label with the name that a savepoint was given (`--name`). */
export const nameLabel = 'flinksp/name'

/** Where the kind is in URLs; a job and its snapshots are of one API version. */
export function snapshotsOf({ apiVersion }: Pick<JobRef, 'apiVersion'>): ServedKind {
  return { apiVersion, kind: snapshotKind, plural: 'flinkstatesnapshots' }
}

/** Room for what is put behind it in the name of an object (253). */
const longestStem = 200

/**
 * A snapshot that fails once and for all, and whose deletion leaves the data alone: both are otherwise by default
 * (disposeOnDelete true, invisibly: seen on 1.15.0; backoffLimit -1).
 */
export function createSnapshot(job: JobRef, order: SnapshotOrder, attempt: number): Write {
  const { apiVersion, namespace } = job
  const again = attempt > 1 ? `-${attempt}` : ''
  const name = `${job.name.slice(0, longestStem)}-flinksp-${order.nonce.slice(-10)}${again}`
  return {
    verb: 'create',
    ref: { apiVersion, kind: snapshotKind, namespace, name },
    body: {
      apiVersion,
      kind: snapshotKind,
      metadata: {
        name,
        namespace,
        labels: {
          'app.kubernetes.io/managed-by': 'kubectl-flinksp',
          ...(order.name !== undefined && { [nameLabel]: order.name }),
        },
      },
      spec: {
        backoffLimit: 0,
        jobReference: { kind: job.kind, name: job.name },
        savepoint: {
          disposeOnDelete: false,
          ...(order.format && { formatType: order.format }),
          ...(order.directory !== undefined && { path: order.directory }),
        },
      },
    },
  }
}

/** How far a snapshot is, by status.state alone: error and resultTimestamp are set while it is retried (seen on 1.15.0), and labels lag. */
export interface SnapshotSight {
  readonly state: 'untouched' | 'awaited' | 'running' | 'completed' | 'failed'
  readonly triggerId?: string
  readonly location?: string
  readonly error?: StatusError
  readonly requestedAt?: string
  readonly completedAt?: string
}

const states: Readonly<Record<string, SnapshotSight['state']>> = {
  IN_PROGRESS: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  ABANDONED: 'failed',
}

export function snapshotSight({ status, body, metadata }: Resource): SnapshotSight {
  const state = textAt(status, 'state')
  // The operator puts a finalizer there at once, and its labels (seen on 1.15.0).
  const touched =
    Object.keys(status).length > 0 ||
    fieldsAt(body, 'metadata')['finalizers'] !== undefined ||
    'snapshot.state' in metadata.labels
  const error = statusError(textAt(status, 'error'))
  return {
    state: (state && states[state]) || (touched ? 'awaited' : 'untouched'),
    ...texts(status),
    ...(error && { error }),
  }
}

function texts(
  status: Fields,
): Pick<SnapshotSight, 'triggerId' | 'location' | 'requestedAt' | 'completedAt'> {
  const triggerId = textAt(status, 'triggerId')
  const location = textAt(status, 'path')
  const requestedAt = utc(textAt(status, 'triggerTimestamp'))
  const completedAt = utc(textAt(status, 'resultTimestamp'))
  return {
    ...(triggerId && { triggerId }),
    ...(location && { location }),
    ...(requestedAt && { requestedAt }),
    ...(completedAt && { completedAt }),
  }
}

/** The savepoint that the snapshot stands for, as far as it is; `known`: what is known of it from elsewhere. */
export function savepointOf(
  { failure: _, ...known }: Savepoint,
  sight: SnapshotSight,
  restartPoint?: string,
): Savepoint {
  const { triggerId, location, requestedAt } = sight
  const state =
    sight.state === 'completed' && location !== undefined ? 'Completed' : savepointStates[sight.state]
  return {
    ...known,
    state,
    ...(triggerId && { triggerId }),
    ...(requestedAt && { requestedAt }),
    ...(state === 'Completed' && completion(sight)),
    restartPoint: state === 'Completed' && sameLocation(location, restartPoint),
    sources: ['snapshots'],
  }
}

const savepointStates = {
  untouched: 'Requested',
  awaited: 'Requested',
  running: 'InProgress',
  completed: 'InProgress',
  failed: 'Failed',
} as const

function completion({ location, requestedAt, completedAt }: SnapshotSight): Partial<Savepoint> {
  const ms = requestedAt && completedAt ? Date.parse(completedAt) - Date.parse(requestedAt) : -1
  return {
    ...(location && { location }),
    ...(completedAt && { completedAt }),
    ...(ms >= 0 && { durationMillis: ms }),
  }
}

/** Labels come with the first look of the operator, if at all: spec.jobReference tells whose it is (seen on 1.15.0). */
export function jobOfSnapshot({ spec }: Resource): Pick<JobRef, 'kind' | 'name'> | undefined {
  const kind = textAt(spec, 'jobReference', 'kind')
  const name = textAt(spec, 'jobReference', 'name')
  return kind === undefined || name === undefined ? undefined : { kind, name }
}

export function isOfJob(snapshot: Resource, job: JobRef): boolean {
  const of = jobOfSnapshot(snapshot)
  return snapshot.metadata.namespace === job.namespace && of?.kind === job.kind && of.name === job.name
}

/** For history: of a savepoint or of a checkpoint. Where it does not say so, its deletion deletes the data too (seen on 1.15.0). */
export function savepointOfSnapshot(snapshot: Resource, job: JobRef): Savepoint {
  const { spec, metadata } = snapshot
  const sight = snapshotSight(snapshot)
  const checkpoint = 'checkpoint' in spec
  const trigger = triggerOf(metadata.labels['snapshot.trigger-type'])
  const format = formatOf(textAt(spec, 'savepoint', 'formatType'))
  const name = metadata.labels[nameLabel]
  const registered = flagAt(spec, 'savepoint', 'alreadyExists') === true
  const known: Savepoint = {
    job,
    state: 'Requested',
    type: checkpoint ? 'checkpoint' : 'savepoint',
    ...(name && { name }),
    ...(trigger && !registered && { trigger }),
    ...(format && { format }),
    ...(!checkpoint && { disposeOnDelete: flagAt(spec, 'savepoint', 'disposeOnDelete') ?? true }),
    restartPoint: false,
    origin: false,
    sources: ['snapshots'],
  }
  const savepoint = savepointOf(known, sight)
  return sight.state === 'failed' ? { ...savepoint, failure: failureOf(sight) } : savepoint
}

export function failureOf({ error }: SnapshotSight): NonNullable<Savepoint['failure']> {
  if (!error) return { message: 'the operator gives no reason' }
  const { message, rootCause } = error
  return { message, ...(rootCause !== undefined && { rootCause }) }
}
