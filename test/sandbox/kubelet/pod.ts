import {
  type Fields,
  fieldsAt,
  integerAt,
  isFields,
  listAt,
  textAt,
  textsAt,
} from '../../../src/domain/fields.ts'

/** A pod of the convention in README.md, as its kubelet and its operator read it. */
export interface Pod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly cluster: string
  readonly component: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly properties: Readonly<Record<string, string>>
  readonly createdAt: string
  readonly deleting: boolean
  readonly ready: boolean
  /** Succeeded or Failed. */
  readonly ended: boolean
  readonly phase: string
  readonly exitCode?: number
  readonly message?: string
}

export function readPod(object: Fields): Pod {
  const labels = textsAt(object, 'metadata', 'labels')
  const annotations = textsAt(object, 'metadata', 'annotations')
  const phase = textAt(object, 'status', 'phase') ?? 'Pending'
  const terminated = fieldsAt(listAt(object, 'status', 'containerStatuses')[0] ?? {}, 'state', 'terminated')
  const exitCode = integerAt(terminated, 'exitCode')
  const message = textAt(terminated, 'message')
  return {
    namespace: textAt(object, 'metadata', 'namespace') ?? '',
    name: textAt(object, 'metadata', 'name') ?? '',
    uid: textAt(object, 'metadata', 'uid') ?? '',
    cluster: labels['cluster'] ?? '',
    component: labels['component'] ?? '',
    labels,
    annotations,
    properties: propertiesOf(annotations['flinksp.test/flink-properties']),
    createdAt: textAt(object, 'metadata', 'creationTimestamp') ?? '',
    deleting: textAt(object, 'metadata', 'deletionTimestamp') !== undefined,
    ready: listAt(object, 'status', 'conditions').some(
      condition => condition['type'] === 'Ready' && condition['status'] === 'True',
    ),
    ended: phase === 'Succeeded' || phase === 'Failed',
    phase,
    ...(exitCode !== undefined && { exitCode }),
    ...(message !== undefined && { message }),
  }
}

function propertiesOf(json: string | undefined): Readonly<Record<string, string>> {
  const properties: unknown = JSON.parse(json ?? '{}')
  return isFields(properties) ? textsAt({ properties }, 'properties') : {}
}

/** `namespace/cluster`. */
export function clusterOf(pod: Pod): string {
  return `${pod.namespace}/${pod.cluster}`
}
