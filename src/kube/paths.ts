import { failure } from '../domain/failure.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Subject } from './failures.ts'
import { quoted } from './go-wording.ts'

type Query = Readonly<Record<string, string | undefined>>

/** `/apis/GROUP/VERSION/namespaces/NS/PLURAL`, and below it one object where a name is given. */
export function resourcePath(
  at: {
    apiVersion: string
    plural: string
    namespace?: string | undefined
    name?: string
    subresource?: string
  },
  query: Query = {},
): string {
  const root = at.apiVersion.includes('/') ? '/apis' : '/api'
  const segments = [
    ...at.apiVersion.split('/'),
    ...(at.namespace ? ['namespaces', at.namespace] : []),
    at.plural,
    ...(at.name === undefined ? [] : [at.name]),
    ...(at.subresource === undefined ? [] : [at.subresource]),
  ]
  return `${root}/${segments.map(segment).join('/')}${queryText(query)}`
}

export function queryText(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

/** apimachinery pkg/api/validation/path: a name may not change the path it stands in. */
export function segment(name: string): string {
  if (name === '.' || name === '..')
    throw failure('not-asked', `invalid resource name ${quoted(name)}: [may not be '${name}']`)
  const bad = ['/', '%'].find(character => name.includes(character))
  if (bad !== undefined) {
    throw failure('not-asked', `invalid resource name ${quoted(name)}: [may not contain '${bad}']`)
  }
  return encodeURIComponent(name)
}

/** How an API server calls a resource in its own texts. */
export function subjectOf(
  verb: string,
  ref: Pick<ResourceRef, 'apiVersion'> & { name?: string },
  plural: string,
): Subject {
  const group = groupOf(ref.apiVersion)
  return {
    verb,
    resource: group === '' ? plural : `${plural}.${group}`,
    ...(ref.name !== undefined && { name: ref.name }),
  }
}

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
}
