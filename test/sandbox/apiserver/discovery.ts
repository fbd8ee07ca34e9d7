import type { IncomingMessage } from 'node:http'
import { apiVersionOf, type Kind, storedVerbs } from './kind.ts'
import type { Json } from './object.ts'

export const version: Json = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3',
  gitCommit: 'sandbox',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.26.0',
  compiler: 'gc',
  platform: 'linux/amd64',
}

/** The answer at a discovery path, with its media type; undefined where there is none. */
export function discovery(
  kinds: readonly Kind[],
  request: IncomingMessage,
  path: string,
): { body: Json; type: string } | undefined {
  const parts = path.replace(/\/$/, '').split('/').slice(1)
  const aggregated = parts.length === 1 ? aggregatedType(request.headers.accept ?? '') : undefined
  if (aggregated && (parts[0] === 'api' || parts[0] === 'apis')) {
    return { body: groupDiscoveries(kinds, aggregated, parts[0] === 'api'), type: mediaType(aggregated) }
  }
  const body = plainDiscovery(kinds, parts)
  return body && { body, type: 'application/json' }
}

function plainDiscovery(kinds: readonly Kind[], parts: string[]): Json | undefined {
  const [root, first, second] = parts
  if (root === 'version') return version
  if (root === 'api') return first === undefined ? coreVersions : resourceList(kinds, '', first)
  if (root !== 'apis' || parts.length > 3) return undefined
  if (first === undefined) return groupList(kinds)
  if (second !== undefined) return resourceList(kinds, first, second)
  return groupsOf(kinds).includes(first) ? withKind(apiGroup(kinds, first)) : undefined
}

const coreVersions: Json = { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }

function groupList(kinds: readonly Kind[]): Json {
  const groups = groupsOf(kinds).filter(group => group !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(group => apiGroup(kinds, group)) }
}

/** `v2` or `v2beta1` where the client accepts the whole discovery in one document (kubectl does). */
function aggregatedType(accept: string): string | undefined {
  return /g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/.exec(accept)?.[1]
}

const mediaType = (version: string) =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`

const groupsOf = (kinds: readonly Kind[]) => [...new Set(kinds.map(({ group }) => group))]

const versionsOf = (kinds: readonly Kind[], group: string) => [
  ...new Set(kinds.filter(kind => kind.group === group).map(kind => kind.version)),
]

const withKind = (group: Json): Json => ({ kind: 'APIGroup', apiVersion: 'v1', ...group })

function apiGroup(kinds: readonly Kind[], group: string): Json {
  const versions = versionsOf(kinds, group).map(version => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions, preferredVersion: versions[0] }
}

function resourceList(kinds: readonly Kind[], group: string, version: string): Json | undefined {
  const served = kinds.filter(kind => kind.group === group && kind.version === version)
  const [first] = served
  if (!first) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(first),
    resources: served.flatMap(kind => [
      resource(kind),
      ...subresourcesOf(kind).map(one => subresource(kind, one)),
    ]),
  }
}

const verbsOf = ({ virtual }: Kind): readonly string[] => (virtual ? ['create'] : storedVerbs)

function subresourcesOf(kind: Kind) {
  const status = { name: 'status', kind: kind.kind, verbs: ['get', 'patch', 'update'] }
  return [...(kind.statusSubresource ? [status] : []), ...kind.subresources]
}

function resource(kind: Kind): Json {
  const { plural, singular, namespaced, shortNames, categories } = kind
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs: verbsOf(kind),
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  }
}

function subresource(
  kind: Kind,
  { name, kind: own, verbs }: ReturnType<typeof subresourcesOf>[number],
): Json {
  return { name: `${kind.plural}/${name}`, singularName: '', namespaced: kind.namespaced, kind: own, verbs }
}

/** apidiscovery.k8s.io: everything in one answer. */
function groupDiscoveries(kinds: readonly Kind[], version: string, core: boolean): Json {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groupsOf(kinds)
      .filter(group => (group === '') === core)
      .map(group => ({
        metadata: { name: group, creationTimestamp: null },
        versions: versionsOf(kinds, group).map(version => ({
          version,
          freshness: 'Current',
          resources: kinds
            .filter(kind => kind.group === group && kind.version === version)
            .map(discoveredResource),
        })),
      })),
  }
}

function discoveredResource(kind: Kind): Json {
  const responseKind = (name: string) => ({ group: kind.group, version: kind.version, kind: name })
  const subresources = subresourcesOf(kind).map(({ name, kind: own, verbs }) => ({
    subresource: name,
    responseKind: responseKind(own),
    verbs,
  }))
  return {
    resource: kind.plural,
    responseKind: responseKind(kind.kind),
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    ...(subresources.length > 0 && { subresources }),
  }
}
