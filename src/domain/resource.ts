import { type Fields, fieldsAt, integerAt, textAt, textsAt } from './fields.ts'

/** Which object, as Kubernetes addresses it. */
export interface ResourceRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface Metadata {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  /** Moves with every change of the spec; 0 where the server keeps none. */
  readonly generation: number
  readonly creationTimestamp?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** An object of the cluster: its identity parsed, the rest still `Fields` for the reader that owns its kind. */
export interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly spec: Fields
  readonly status: Fields
  /** The whole object as the server gave it. */
  readonly body: Fields
}

/** A Kubernetes object out of its JSON, or undefined where it has no kind, name or uid. */
export function resourceOf(body: Fields, kind?: { apiVersion: string; kind: string }): Resource | undefined {
  const apiVersion = textAt(body, 'apiVersion') ?? kind?.apiVersion
  const name = textAt(body, 'metadata', 'name')
  const kindName = textAt(body, 'kind') ?? kind?.kind
  if (!apiVersion || !kindName || !name) return undefined
  const creationTimestamp = textAt(body, 'metadata', 'creationTimestamp')
  return {
    apiVersion,
    kind: kindName,
    metadata: {
      name,
      namespace: textAt(body, 'metadata', 'namespace') ?? '',
      uid: textAt(body, 'metadata', 'uid') ?? '',
      resourceVersion: textAt(body, 'metadata', 'resourceVersion') ?? '',
      generation: integerAt(body, 'metadata', 'generation') ?? 0,
      ...(creationTimestamp && { creationTimestamp }),
      labels: textsAt(body, 'metadata', 'labels'),
      annotations: textsAt(body, 'metadata', 'annotations'),
    },
    spec: fieldsAt(body, 'spec'),
    status: fieldsAt(body, 'status'),
    body,
  }
}

export function refOf(resource: Resource): ResourceRef {
  const { apiVersion, kind, metadata } = resource
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name }
}

/** How kubectl prints an object: `flinkcluster.flinkoperator.k8s.io/orders`. */
export function printedName(ref: Pick<ResourceRef, 'apiVersion' | 'kind' | 'name'>): string {
  const group = ref.apiVersion.includes('/') ? `.${ref.apiVersion.split('/')[0]}` : ''
  return `${ref.kind.toLowerCase()}${group}/${ref.name}`
}

/** What a person types to name an object: `flinkcluster/orders`. */
export function shortName(ref: Pick<ResourceRef, 'kind' | 'name'>): string {
  return `${ref.kind.toLowerCase()}/${ref.name}`
}

/**
 * Of one server, versions are whole numbers that grow (Kubernetes KEP-5504; before it, etcd's revisions); where they are
 * none, another version is taken for a newer one.
 */
export function isNewer(version: string, than: string): boolean {
  const whole = /^\d+$/
  if (!whole.test(version) || !whole.test(than)) return version !== than
  return BigInt(version) > BigInt(than)
}
