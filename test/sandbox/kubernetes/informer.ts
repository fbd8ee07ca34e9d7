import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, listAt, textAt } from '../../../src/domain/fields.ts'
import { type KubeApi, versionOf } from './api.ts'

/** A local copy of a list, kept up to date by a watch, as controllers have it. */
export interface Informer {
  /** By `namespace/name`. */
  readonly objects: ReadonlyMap<string, Fields>
  stop(): Promise<void>
}

export interface InformerOptions {
  /** `/api/v1/pods` */
  readonly path: string
  readonly labelSelector?: string
  /** Called for each change, and with `deleted` set for the last sight of an object. */
  readonly onChange: (object: Fields, deleted: boolean) => void
}

const retryMs = 200

/** Lists, then watches, and starts over whenever the watch is lost. Resolves after the first list. */
export async function startInformer(api: KubeApi, options: InformerOptions): Promise<Informer> {
  const objects = new Map<string, Fields>()
  const stopped = new AbortController()
  const version = await refresh(api, options, objects)
  const running = follow(api, options, objects, version, stopped.signal)
  return {
    objects,
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}

async function follow(
  api: KubeApi,
  options: InformerOptions,
  objects: Map<string, Fields>,
  first: string,
  signal: AbortSignal,
): Promise<void> {
  let version = first
  while (!signal.aborted) {
    try {
      version = await watchOnce(api, options, objects, version, signal)
    } catch {
      await sleep(retryMs, undefined, { signal }).catch(() => undefined)
      if (!signal.aborted) version = await refresh(api, options, objects).catch(() => version)
    }
  }
}

async function watchOnce(
  api: KubeApi,
  options: InformerOptions,
  objects: Map<string, Fields>,
  first: string,
  signal: AbortSignal,
): Promise<string> {
  let version = first
  for await (const { type, object } of api.watch(
    `${query(options)}&watch=true&resourceVersion=${version}`,
    signal,
  )) {
    if (type === 'ERROR') throw new Error(textAt(object, 'message') ?? 'watch error')
    version = versionOf(object)
    if (type === 'BOOKMARK') continue
    if (type === 'DELETED') objects.delete(keyOf(object))
    else objects.set(keyOf(object), object)
    options.onChange(object, type === 'DELETED')
  }
  return version
}

async function refresh(
  api: KubeApi,
  options: InformerOptions,
  objects: Map<string, Fields>,
): Promise<string> {
  const list = await api.get(query(options))
  const items = listAt(list, 'items')
  const present = new Set(items.map(keyOf))
  for (const [key, object] of objects) {
    if (present.has(key)) continue
    objects.delete(key)
    options.onChange(object, true)
  }
  for (const object of items) {
    objects.set(keyOf(object), object)
    options.onChange(object, false)
  }
  return versionOf(list)
}

function query({ path, labelSelector }: InformerOptions): string {
  return `${path}?allowWatchBookmarks=true${labelSelector ? `&labelSelector=${encodeURIComponent(labelSelector)}` : ''}`
}

/** `namespace/name`. */
export function keyOf(object: Fields): string {
  return `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`
}
