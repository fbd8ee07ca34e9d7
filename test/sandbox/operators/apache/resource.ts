import {
  type Fields,
  fieldsAt,
  integerAt,
  isFields,
  listAt,
  textAt,
  textList,
} from '../../../../src/domain/fields.ts'
import { type ApacheKind, finalizerOf, type JobKind } from './kinds.ts'
import type { Status } from './status.ts'

/** What every object of the operator has. */
export interface Owned<Kind extends ApacheKind = ApacheKind> {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly generation: number
  readonly deleting: boolean
  /** The operator has put its own one there; they may be those of others, too. */
  readonly finalized: boolean
  readonly finalizers: readonly string[]
  readonly spec: Fields
  readonly body: Fields
}

/** A FlinkDeployment or FlinkSessionJob as a pass reads it. */
export interface ApacheJob extends Owned<JobKind> {
  /** spec.job; undefined: a session cluster. */
  readonly job: Fields | undefined
  /** spec.flinkConfiguration, flat. */
  readonly configuration: Readonly<Record<string, string>>
  /** The Flink cluster that it runs in: its own, or the one of spec.deploymentName. */
  readonly cluster: string
  readonly status: Status | undefined
  readonly createdAt: number
}

export function readOwned<Kind extends ApacheKind>(kind: Kind, body: Fields): Owned<Kind> {
  const finalizers = textList(fieldsAt(body, 'metadata')['finalizers'])
  return {
    kind,
    namespace: textAt(body, 'metadata', 'namespace') ?? '',
    name: textAt(body, 'metadata', 'name') ?? '',
    uid: textAt(body, 'metadata', 'uid') ?? '',
    generation: integerAt(body, 'metadata', 'generation') ?? 0,
    deleting: textAt(body, 'metadata', 'deletionTimestamp') !== undefined,
    finalized: finalizers.includes(finalizerOf(kind)),
    finalizers,
    spec: fieldsAt(body, 'spec'),
    body,
  }
}

/** The patch by which the operator puts its finalizer there, or takes it away: those of others stay. */
export function finalizing({ kind, finalizers, finalized }: Owned): Fields {
  const own = finalizerOf(kind)
  const others = finalizers.filter(name => name !== own)
  return { metadata: { finalizers: finalized ? others : [...others, own] } }
}

export function readApacheJob(kind: JobKind, body: Fields): ApacheJob {
  const owned = readOwned(kind, body)
  const { spec, name } = owned
  const { status } = body
  return {
    ...owned,
    job: isFields(spec['job']) ? spec['job'] : undefined,
    configuration: flat(fieldsAt(spec, 'flinkConfiguration')),
    cluster: kind === 'FlinkSessionJob' ? (textAt(spec, 'deploymentName') ?? '') : name,
    status:
      isFields(status) && 'jobStatus' in status ? (structuredClone(status) as unknown as Status) : undefined,
    createdAt: Date.parse(textAt(body, 'metadata', 'creationTimestamp') ?? ''),
  }
}

/** Keys may be nested since 1.13. */
function flat(fields: Fields, prefix = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(fields).map(([key, value]) =>
      isFields(value) ? flat(value, `${prefix}${key}.`) : { [`${prefix}${key}`]: String(value) },
    ),
  )
}

/** Where savepoints of it go, if that is said (since Flink 1.20 under another key). */
export function savepointDirectory({ configuration }: Pick<ApacheJob, 'configuration'>): string | undefined {
  return configuration['execution.checkpointing.savepoint-dir'] ?? configuration['state.savepoints.dir']
}

export function ownerOf({ kind, name, uid }: Owned): Fields {
  return {
    apiVersion: 'flink.apache.org/v1beta1',
    kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}

export function isOwned(object: Fields, { uid }: Owned): boolean {
  return listAt(object, 'metadata', 'ownerReferences').some(owner => owner['uid'] === uid)
}
