import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { version } from './discovery.ts'
import { formatOf } from './format.ts'
import { apiVersionOf, type Kind } from './kind.ts'
import { isJson, type Json } from './object.ts'

const info = { title: 'Kubernetes', version: version['gitVersion'] }

/** The answer under /openapi; undefined where there is none. */
export function openapi(kinds: readonly Kind[], request: IncomingMessage, path: string) {
  const body = path === '/openapi/v2' ? version2(kinds) : version3(kinds, path)
  // kubectl likes the protobuf form of v2 and is told that there is none.
  if (body) formatOf(request, new URLSearchParams())
  return body && { body, type: 'application/json' }
}

/** `/openapi/v3`: the list of documents, or one of them. */
function version3(kinds: readonly Kind[], path: string): Json | undefined {
  const [, place] = /^\/openapi\/v3\/?(.*)$/.exec(path) ?? []
  if (place === undefined || place === '') return place === '' ? index(kinds) : undefined
  const served = kinds.filter(kind => placeOf(kind) === place)
  return served.length > 0 ? document(served) : undefined
}

const placeOf = (kind: Kind) => `${kind.group ? 'apis' : 'api'}/${apiVersionOf(kind)}`

function index(kinds: readonly Kind[]): Json {
  const places = [...new Set(kinds.map(placeOf))]
  const entries = places.map(place => {
    const schemas = kinds.filter(kind => placeOf(kind) === place).map(kind => kind.schema ?? kind.kind)
    const hash = createHash('sha512').update(JSON.stringify(schemas)).digest('hex').toUpperCase()
    return [place, { serverRelativeURL: `/openapi/v3/${place}?hash=${hash}` }]
  })
  return { paths: Object.fromEntries(entries) }
}

function document(kinds: readonly Kind[]): Json {
  return {
    openapi: '3.0.0',
    info,
    paths: Object.assign({}, ...kinds.map(paths)),
    components: { schemas: { ...definitions(kinds), ...metadataSchema } },
  }
}

/** `/openapi/v2`, as JSON: only kinds out of CustomResourceDefinitions have a schema worth reading. */
function version2(kinds: readonly Kind[]): Json {
  const own = definitions(kinds.filter(({ custom }) => custom))
  return { swagger: '2.0', info, paths: {}, definitions: own }
}

function definitions(kinds: readonly Kind[]): Json {
  return Object.fromEntries(kinds.map(kind => [definitionName(kind), definition(kind)]))
}

/** `io.k8s.flinkoperator.v1beta1.FlinkCluster`: the group backwards, as kube-apiserver names what a CRD defines. */
function definitionName({ group, version, kind, custom }: Kind): string {
  if (custom) return `${group.split('.').reverse().join('.')}.${version}.${kind}`
  return `io.k8s.api.${group.split('.')[0] || 'core'}.${version}.${kind}`
}

function definition(kind: Kind): Json {
  const schema = kind.schema ?? { type: 'object' }
  const own = isJson(schema['properties']) ? schema['properties'] : {}
  const { group, version } = kind
  return {
    ...schema,
    properties: {
      apiVersion: {
        type: 'string',
        description: 'The versioned schema of this representation of an object.',
      },
      kind: { type: 'string', description: 'The REST resource this object represents.' },
      ...own,
      metadata: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: kind.kind }],
  }
}

const metadataSchema: Json = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
    type: 'object',
    description: 'ObjectMeta is metadata that all persisted resources must have.',
    properties: {
      annotations: { type: 'object', additionalProperties: { type: 'string' } },
      generation: { type: 'integer', format: 'int64' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      name: { type: 'string' },
      namespace: { type: 'string' },
      resourceVersion: { type: 'string' },
      uid: { type: 'string' },
    },
  },
}

/** The operations whose parameters kubectl looks up: may it ask for a dry run, for field validation? */
function paths(kind: Kind): Json {
  const root = kind.group ? `/apis/${apiVersionOf(kind)}` : `/api/${kind.version}`
  const collection = `${root}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`
  const { group, version } = kind
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind: kind.kind },
    parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map(name => ({
      name,
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    })),
    responses: { 200: { description: 'OK' } },
  })
  return {
    [collection]: { post: operation('post') },
    [`${collection}/{name}`]: { put: operation('put'), patch: operation('patch') },
  }
}
