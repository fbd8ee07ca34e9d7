import type { Json } from './object.ts'

export interface PrinterColumn {
  name: string
  type: string
  jsonPath: string
  priority?: number
  description?: string
  format?: string
}

/** One resource as one group and version serve it. */
export interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  /** `/status` exists, and the main resource ignores `status`. */
  readonly statusSubresource: boolean
  /** Further subresources, only to be told in discovery. */
  readonly subresources: readonly { name: string; kind: string; verbs: readonly string[] }[]
  /** Only create (access reviews): nothing is stored. */
  readonly virtual: boolean
  /** From a CustomResourceDefinition. */
  readonly custom: boolean
  readonly schema?: Json
  readonly columns?: readonly PrinterColumn[]
  readonly deprecationWarning?: string
}

export const apiVersionOf = (kind: Pick<Kind, 'group' | 'version'>) =>
  kind.group ? `${kind.group}/${kind.version}` : kind.version

/** Where objects of this resource are stored, whatever version they are asked for in. */
export const storageOf = (kind: Pick<Kind, 'group' | 'plural'>) => `${kind.group}/${kind.plural}`

export const storedVerbs = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const
