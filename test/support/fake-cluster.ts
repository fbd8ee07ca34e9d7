import { Failure } from '../../src/domain/failure.ts'
import { type Fields, fieldsAt, isFields, textAt } from '../../src/domain/fields.ts'
import type {
  Cluster,
  CollectionChange,
  CollectionSighting,
  Selector,
  ServedKind,
  Sighting,
  Write,
} from '../../src/domain/ports.ts'
import { type Resource, type ResourceRef, refOf, resourceOf } from '../../src/domain/resource.ts'

/** A Cluster in memory, with the preconditions of a real one. `requests` lists what was asked of it, in order: `get ConfigMap/default/x`. */
export interface FakeCluster extends Cluster {
  readonly requests: string[]
  /** Somebody else creates or changes an object; watches see it. */
  put(body: Fields): Resource
  /** Somebody else deletes it. */
  vanish(ref: ResourceRef): void
  object(ref: ResourceRef): Resource | undefined
  /** Of all namespaces. */
  all(kind: string): readonly Resource[]
  /** The next requests that begin like this fail so, `times` (for ever, if not given). */
  fail(request: string, error: Failure, times?: number): void
  /** The user may not do this: `watch`. Only who asks beforehand is told so. */
  deny(verb: string): void
  /** Somebody gets in between: runs once, before the next request that begins like this. */
  before(request: string, run: () => void): void
}

export interface FakeClusterOptions {
  readonly objects?: readonly Fields[]
  readonly kinds?: readonly ServedKind[]
  readonly namespace?: string
  readonly pageSize?: number
  /** Lines by `namespace/pod/container`, `…/previous` before it was started again. */
  readonly logs?: Readonly<Record<string, readonly string[]>>
  /** What `read` gives, by path. */
  readonly documents?: Readonly<Record<string, Fields>>
}

const flinkCluster: ServedKind = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  plural: 'flinkclusters',
}

const flinkDeployment: ServedKind = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  plural: 'flinkdeployments',
}

/** Of two kinds; whoever watches one of them is told at first that the stream was lost. */
export function clusterOfLostWatches(objects: readonly Fields[]): FakeCluster {
  const cluster = fakeCluster({ objects, kinds: [flinkCluster, flinkDeployment] })
  return {
    ...cluster,
    async *watchAll(...watched) {
      yield { type: 'resumed', reason: 'unexpected EOF' }
      yield* cluster.watchAll(...watched)
    },
  }
}

export function fakeCluster(options: FakeClusterOptions = {}): FakeCluster {
  const kinds = [
    ...(options.kinds ?? [flinkCluster]),
    { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  ]
  const store = new Map<string, Resource>()
  const requests: string[] = []
  const faults: { request: string; error: Failure; times: number }[] = []
  const interludes: { request: string; run: () => void }[] = []
  const denied = new Set<string>()
  const remembered = new Map<string, string>()
  const history: CollectionChange[] = []
  let version = 100
  let changed = Promise.withResolvers<void>()

  const request = async (text: string): Promise<void> => {
    requests.push(text)
    // An answer takes a turn of the event loop, as it would over a network.
    await new Promise(setImmediate)
    const interlude = interludes.findIndex(one => text.startsWith(one.request))
    if (interlude >= 0) interludes.splice(interlude, 1)[0]?.run()
    const fault = faults.find(one => text.startsWith(one.request) && one.times-- > 0)
    if (fault) throw fault.error
  }
  const tell = () => {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }
  const save = (body: Fields, before?: Resource): Resource => {
    const moved = JSON.stringify(body['spec']) !== JSON.stringify(before?.body['spec'])
    const resource = resourceOf({
      ...body,
      metadata: {
        uid: `uid-${version}`,
        ...fieldsAt(body, 'metadata'),
        resourceVersion: String(++version),
        generation: (before?.metadata.generation ?? 0) + (moved ? 1 : 0),
      },
    })
    if (!resource) throw new Error(`not an object: ${JSON.stringify(body)}`)
    store.set(keyOf(refOf(resource)), resource)
    history.push({ type: 'object', object: resource })
    tell()
    return resource
  }
  const found = (ref: ResourceRef): Resource => {
    const resource = store.get(keyOf(ref))
    if (!resource) throw refusal(404, 'NotFound', `${pluralOf(kinds, ref)} "${ref.name}" not found`)
    return resource
  }
  const vanish = (ref: ResourceRef) => {
    const key = keyOf(ref)
    const object = store.get(key)
    if (!object) return
    store.delete(key)
    const body = {
      ...object.body,
      metadata: { ...fieldsAt(object.body, 'metadata'), resourceVersion: String(++version) },
    }
    history.push({ type: 'deleted', object: mustBe(body) })
    tell()
  }
  for (const body of options.objects ?? []) save(body)

  return {
    requests,
    namespace: options.namespace ?? 'default',
    server: 'https://127.0.0.1:6443',
    put: body => save(body, store.get(keyOf(refOf(mustBe(body))))),
    object: ref => store.get(keyOf(ref)),
    all: kind => [...store.values()].filter(each => each.kind === kind),
    vanish,
    fail: (text, error, times = Number.POSITIVE_INFINITY) =>
      void faults.push({ request: text, error, times }),
    before: (text, run) => void interludes.push({ request: text, run }),
    served: async (group, kind) =>
      kinds.find(one => one.kind === kind && one.apiVersion.startsWith(`${group}/`)),
    async get(ref) {
      await request(`get ${keyOf(ref)}`)
      return found(ref)
    },
    async *list(kind, namespace, selector) {
      const matching = [...store.values()].filter(each => isOf(each, kind, namespace, selector))
      const size = options.pageSize ?? 500
      for (let from = 0; from === 0 || from < matching.length; from += size) {
        await request(`list ${kind.kind}/${namespace ?? '*'}`)
        yield { items: matching.slice(from, from + size), resourceVersion: String(version) }
      }
    },
    async write(write, { dryRun = false } = {}) {
      await request(`${write.verb} ${keyOf(write.ref)}${dryRun ? ' (dry run)' : ''}`)
      const before = store.get(keyOf(write.ref))
      if (write.verb === 'create' && before) {
        throw refusal(
          409,
          'AlreadyExists',
          `${pluralOf(kinds, write.ref)} "${write.ref.name}" already exists`,
        )
      }
      const body = write.verb === 'create' ? write.body : written(write, found(write.ref))
      if (dryRun) return { object: mustBe(body) }
      return { object: save(body, before) }
    },
    async *watch(ref, resourceVersion, signal): AsyncIterable<Sighting> {
      await request(`watch ${keyOf(ref)}`)
      let seen = resourceVersion
      const ended = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
      while (!signal.aborted) {
        const next = changed.promise
        const object = store.get(keyOf(ref))
        if (!object) {
          yield { type: 'deleted' }
          return
        }
        if (object.metadata.resourceVersion !== seen) {
          seen = object.metadata.resourceVersion
          yield { type: 'object', object }
        } else await Promise.race([next, ended])
      }
    },
    async *watchAll(kind, namespace, resourceVersion, signal, selector): AsyncIterable<CollectionSighting> {
      await request(`watch ${kind.kind}/${namespace ?? '*'}`)
      const ended = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
      const isNewer = ({ object }: CollectionChange) =>
        Number(object.metadata.resourceVersion) > Number(resourceVersion)
      for (let at = 0; !signal.aborted; ) {
        const next = changed.promise
        const change = history[at++]
        if (change && isNewer(change) && isOf(change.object, kind, namespace, selector)) yield change
        if (change) continue
        at--
        await Promise.race([next, ended])
      }
    },
    async remove(object, { dryRun = false } = {}) {
      const ref = refOf(object)
      await request(`delete ${keyOf(ref)}${dryRun ? ' (dry run)' : ''}`)
      const { uid, resourceVersion } = found(ref).metadata
      if (uid !== object.metadata.uid || resourceVersion !== object.metadata.resourceVersion)
        throw refusal(409, 'Conflict', `"${ref.name}": the object has been modified`)
      if (!dryRun) vanish(ref)
    },
    deny: verb => void denied.add(verb),
    async may(verb) {
      await request(`may ${verb}`)
      return !denied.has(verb)
    },
    async *logs({ namespace, pod, container, previous }) {
      const key = `${namespace}/${pod}/${container}${previous ? '/previous' : ''}`
      await request(`log ${key}`)
      yield* options.logs?.[key] ?? []
    },
    async read(path) {
      await request(`read ${path}`)
      const document = options.documents?.[path]
      if (document) return document
      throw refusal(404, 'NotFound', 'the server could not find the requested resource')
    },
    recall: async key => remembered.get(key),
    remember: async (key, value) => void remembered.set(key, value),
  }
}

/** An API server's refusal, worded as kubectl words it. */
export function refusal(code: number, reason: string, message: string): Failure {
  return new Failure('not-asked', `Error from server (${reason}): ${message}`, {
    status: { code, reason, message },
  })
}

function written(write: Exclude<Write, { verb: 'create' }>, before: Resource): Fields {
  const body = write.verb === 'update' ? write.body : patched(write, before.body)
  const expected = fieldsAt(Array.isArray(write.body) ? body : (write.body as Fields), 'metadata')[
    'resourceVersion'
  ]
  if (expected !== undefined && expected !== before.metadata.resourceVersion) {
    throw refusal(409, 'Conflict', `"${write.ref.name}": the object has been modified`)
  }
  return body
}

function patched(write: Extract<Write, { verb: 'patch' }>, body: Fields): Fields {
  if (!Array.isArray(write.body)) return mergePatch(body, write.body as Fields)
  const changed = structuredClone(body)
  for (const operation of write.body as readonly Fields[]) applyOperation(changed, operation, write.ref)
  return changed
}

/** RFC 7386. */
function mergePatch(target: Fields, patch: Fields): Fields {
  const merged: Record<string, unknown> = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = isFields(value) ? mergePatch(fieldsAt(merged, key), value) : value
  }
  return merged
}

/** RFC 6902: test, add, replace and remove of object members. */
function applyOperation(body: Fields, operation: Fields, ref: ResourceRef): void {
  const path = String(operation['path']).slice(1).split('/')
  const key = String(path.at(-1)).replaceAll('~1', '/').replaceAll('~0', '~')
  const parent = fieldsAt(body, ...path.slice(0, -1)) as Record<string, unknown>
  switch (operation['op']) {
    case 'test':
      if (JSON.stringify(parent[key]) === JSON.stringify(operation['value'])) return
      throw refusal(422, 'Invalid', `${ref.name}: testing value ${operation['path']} failed: test failed`)
    case 'remove':
      delete parent[key]
      return
    default:
      parent[key] = operation['value']
  }
}

function isOf(
  { kind, metadata, body }: Resource,
  wanted: ServedKind,
  namespace: string | undefined,
  selector: Selector | undefined,
): boolean {
  return (
    kind === wanted.kind &&
    (namespace === undefined || metadata.namespace === namespace) &&
    hasLabel(metadata.labels, selector?.labels) &&
    hasFields(body, selector?.fields)
  )
}

/** `involvedObject.name=orders,reason=x` */
function hasFields(body: Fields, selector: string | undefined): boolean {
  const terms = selector?.split(',') ?? []
  return terms.every(term => {
    const [path = '', value] = term.split('=')
    return textAt(body, ...path.split('.')) === value
  })
}

function hasLabel(labels: Readonly<Record<string, string>>, selector: string | undefined): boolean {
  const wanted = selector?.split(',').map(each => each.split('=')) ?? []
  return wanted.every(([key = '', value]) => labels[key] === value)
}

function keyOf({ kind, namespace, name }: Pick<ResourceRef, 'kind' | 'namespace' | 'name'>): string {
  return `${kind}/${namespace}/${name}`
}

function pluralOf(kinds: readonly ServedKind[], ref: ResourceRef): string {
  const plural = kinds.find(({ kind }) => kind === ref.kind)?.plural ?? ref.kind
  return ref.apiVersion.includes('/') ? `${plural}.${ref.apiVersion.split('/')[0]}` : plural
}

function mustBe(body: Fields): Resource {
  const resource = resourceOf(body)
  if (!resource) throw new Error(`not an object: ${JSON.stringify(body)}`)
  return resource
}
