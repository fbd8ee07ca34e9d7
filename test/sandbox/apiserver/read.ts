import { randomUUID } from 'node:crypto'
import type { Api, Call } from './api.ts'
import { apiVersionOf, storageOf } from './kind.ts'
import type { Json, KubeObject } from './object.ts'
import { fieldSelector, labelSelector } from './selectors.ts'
import { badRequest, expired, notFound } from './status.ts'
import { keyOf } from './store.ts'
import { asVersion } from './table.ts'

/** GET of one object, or of its status. */
export function get({ kind, target, api }: Call): KubeObject {
  const object = api.store.get(storageOf(kind), target.namespace, target.name)
  if (!object) throw notFound(kind, target.name)
  return asVersion(kind, object)
}

/** The selectors of a list or watch as one test. */
export function selection({ query, kind }: Call): (object: KubeObject) => boolean {
  const byLabel = labelSelector(query.get('labelSelector'))
  const byField = fieldSelector(query.get('fieldSelector'), kind.kind, kind.custom)
  return object => byLabel(object) && byField(object)
}

/** Everything that a collection request means, in the version asked for. */
export function matching(call: Call): KubeObject[] {
  const { api, kind, target } = call
  const all = api.store.list(storageOf(kind), target.namespace || undefined)
  return all.filter(selection(call)).map(object => asVersion(kind, object))
}

export interface Page {
  readonly items: readonly KubeObject[]
  readonly metadata: Json
}

interface Continue {
  v: string
  rv: number
  start: string
  snapshot: string
}

/** One page of a list: all pages of a list show the state at its first. */
export function list(call: Call): Page {
  const { api, query } = call
  const limit = Number(query.get('limit') ?? 0)
  const token = query.get('continue')
  const { objects, version, snapshot } = token ? resumed(call, token) : begun(call)
  if (limit <= 0 || objects.length <= limit) {
    // Lists of custom resources say in so many words that there is no more.
    const end = call.kind.custom ? { continue: '' } : {}
    return { items: objects, metadata: { ...end, resourceVersion: String(version) } }
  }
  const items = objects.slice(0, limit)
  const id = keep(api, objects, snapshot)
  const last = items.at(-1)
  const next = { v: 'meta.k8s.io/v1', rv: version, start: last ? key(last) : '', snapshot: id }
  const selected = query.get('labelSelector') || query.get('fieldSelector')
  const metadata = {
    resourceVersion: String(version),
    continue: encode(next),
    ...(!selected && { remainingItemCount: objects.length - limit }),
  }
  return { items, metadata }
}

function begun(call: Call): { objects: readonly KubeObject[]; version: number; snapshot?: string } {
  return { objects: matching(call), version: call.api.store.version() }
}

function resumed(call: Call, token: string): ReturnType<typeof begun> {
  const { api } = call
  const { rv, start, snapshot } = decode(token)
  const after = (objects: readonly KubeObject[]) => objects.filter(object => key(object) > start)
  // -1: the caller was told that the list would be inconsistent, and went on.
  if (rv === -1) return { objects: after(matching(call)), version: api.store.version() }
  const kept = api.snapshots.get(snapshot)
  if (kept && rv >= api.store.oldest()) return { objects: after(kept), version: rv, snapshot }
  const inconsistent = encode({ v: 'meta.k8s.io/v1', rv: -1, start, snapshot: '' })
  throw expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    { continue: inconsistent },
  )
}

const snapshotsKept = 64

/** Objects are never changed in place, so a snapshot is an array of references. */
function keep(api: Api, objects: readonly KubeObject[], existing?: string): string {
  if (existing) return existing
  const id = randomUUID()
  api.snapshots.set(id, objects)
  for (const old of [...api.snapshots.keys()].slice(0, -snapshotsKept)) api.snapshots.delete(old)
  return id
}

const key = ({ metadata }: KubeObject) => keyOf(metadata.namespace ?? '', metadata.name ?? '')

const encode = (token: Continue) => Buffer.from(JSON.stringify(token)).toString('base64url')

function decode(token: string): Continue {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch {
    throw badRequest(`continue key is not valid: ${token}`)
  }
}

/** A list as its kind's List object. */
export function listObject(call: Call, { items, metadata }: Page): Json {
  const { kind } = call
  const itemsAsGiven = kind.custom ? items : items.map(({ apiVersion: _, kind: __, ...rest }) => rest)
  return { kind: kind.listKind, apiVersion: apiVersionOf(kind), metadata, items: itemsAsGiven }
}
