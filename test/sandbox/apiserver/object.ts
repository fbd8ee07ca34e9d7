/** Any JSON object. */
export type Json = Record<string, unknown>

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface ObjectMeta extends Json {
  name?: string
  generateName?: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
}

/** A Kubernetes object. What is in the store is never changed in place: a write puts a new value there. */
export interface KubeObject extends Json {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  spec?: Json
  status?: Json
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of keys, or undefined. */
export function valueAt(from: unknown, path: readonly string[]): unknown {
  let here: unknown = from
  for (const key of path) {
    if (Array.isArray(here)) here = here[Number(key)]
    else if (isJson(here) && Object.hasOwn(here, key)) here = here[key]
    else return undefined
  }
  return here
}

/** Now, as Kubernetes writes a metav1.Time: whole seconds, UTC. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}
