import type { Call } from './api.ts'
import { type Format, formatOf } from './format.ts'
import { apiVersionOf, storageOf } from './kind.ts'
import type { Json, KubeObject } from './object.ts'
import { matching, selection } from './read.ts'
import { isTrue } from './request-info.ts'
import { expired } from './status.ts'
import type { Change } from './store.ts'
import { asVersion, partialMetadata, tableOf } from './table.ts'

type Send = (type: string, object: Json) => void

/** GET with `watch=true`: answers for as long as both sides live. */
export function watch(call: Call): void {
  const { api, query, response } = call
  const shown = shownAs(call)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' })
  response.flushHeaders()
  const send: Send = (type, object) => response.write(`${JSON.stringify({ type, object })}\n`)
  const start = firstVersion(call, send, shown)
  if (start === undefined) return void response.end()
  const matches = selection(call)
  let told = start
  const storage = storageOf(call.kind)
  const pass = (change: Change) => {
    told = change.version
    const event = change.storage === storage && eventOf(call, change, matches)
    if (event) send(event.type, shown(event.object))
  }
  for (const change of api.store.since(start) ?? []) pass(change)
  const unsubscribe = api.store.subscribe(pass)
  const stopBookmarks = isTrue(query.get('allowWatchBookmarks'))
    ? bookmarks(call, () => told, send)
    : () => {}
  const stopTimer = endAfter(call, Number(query.get('timeoutSeconds') ?? 0))
  const drop = () => response.destroy()
  api.watches.add(drop)
  response.on('close', () => {
    unsubscribe()
    stopBookmarks()
    stopTimer()
    api.watches.delete(drop)
  })
}

/** Sends what is there where the watch begins with it. Gives the version to go on from, or undefined after an ERROR. */
function firstVersion(call: Call, send: Send, shown: (object: KubeObject) => Json): number | undefined {
  const { api, query } = call
  const asked = query.get('resourceVersion') ?? ''
  const initial = isTrue(query.get('sendInitialEvents'))
  const version = api.store.version()
  if (asked === '' || asked === '0' || initial) {
    for (const object of matching(call)) send('ADDED', shown(object))
    // KEP-3157: a streamed list ends with this bookmark.
    if (initial) send('BOOKMARK', bookmark(call, version, { 'k8s.io/initial-events-end': 'true' }))
    return version
  }
  if (api.store.since(Number(asked)) !== undefined) return Number(asked)
  // As the watch cache does it: HTTP 200, and the refusal is an event.
  send('ERROR', expired(`too old resource version: ${asked} (${api.store.oldest() + 1})`).status)
  return undefined
}

/** What a watcher with a selector hears: an object that comes to match was ADDED, one that stops was DELETED. */
function eventOf(call: Call, change: Change, matches: (object: KubeObject) => boolean) {
  const { namespace } = call.target
  if (namespace && change.object.metadata.namespace !== namespace) return undefined
  const { before, type } = change
  const is = type !== 'DELETED' && matches(change.object)
  const was = before !== undefined && matches(before)
  if (!is && !was) return undefined
  return { type: is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', object: change.object }
}

function shownAs(call: Call): (object: KubeObject) => Json {
  const format: Format = formatOf(call.request, call.query)
  const { kind } = call
  let first = true
  return stored => {
    const object = asVersion(kind, stored)
    if (format.as === 'partial') return partialMetadata(object)
    if (format.as !== 'table') return object
    const { resourceVersion } = object.metadata
    const table = tableOf(kind, [object], format.include, { resourceVersion }, first)
    first = false
    return table
  }
}

function bookmark(
  { kind, request, query }: Call,
  version: number,
  annotations?: Record<string, string>,
): Json {
  const metadata = { resourceVersion: String(version), ...(annotations && { annotations }) }
  if (formatOf(request, query).as === 'table') return tableOf(kind, [], 'None', metadata, false)
  return {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: { ...metadata, creationTimestamp: null },
  }
}

function bookmarks(call: Call, told: () => number, send: Send): () => void {
  let last = 0
  const timer = setInterval(() => {
    if (told() === last) return
    last = told()
    send('BOOKMARK', bookmark(call, last))
  }, call.api.bookmarkMillis)
  return () => clearInterval(timer)
}

function endAfter({ response }: Call, seconds: number): () => void {
  if (!(seconds > 0)) return () => {}
  const timer = setTimeout(() => response.end(), seconds * 1000)
  return () => clearTimeout(timer)
}
