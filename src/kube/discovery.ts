import { type Fields, isFields, listAt, textAt } from '../domain/fields.ts'
import { refusedWith, type ServedKind } from '../domain/ports.ts'
import type { Cache } from './cache.ts'
import type { Server } from './server.ts'

/** Which kinds the server has, and where. */
export interface Discovery {
  /** From memory, our cache, kubectl's cache, or the server. `remembered`: that the server has none, too. */
  served(group: string, kind: string, absence?: 'remembered'): Promise<ServedKind | undefined>
  /** From the server, after its answer has shown that what we knew is no longer true. */
  servedNow(group: string, kind: string): Promise<ServedKind | undefined>
  /** The kind's place in URLs: as discovered, else as every kind this program meets is named. */
  plural(group: string, kind: string): string
}

/** Asked for first, to need one request: all kinds of all Flink operators are served as it, except by GCP's oldest. */
const likelyVersion = 'v1beta1'

export function discoveryOf(server: Server, cache: Cache, now: () => number): Discovery {
  const known = new Map<string, ServedKind>()
  const keyOf = (group: string, kind: string) => `served/${group}/${kind}`
  const learn = (group: string, kind: string, served: ServedKind | undefined) => {
    if (served !== undefined) known.set(keyOf(group, kind), served)
    return served
  }
  const servedNow = async (group: string, kind: string) => {
    known.delete(keyOf(group, kind))
    const served = await fromServer(server, group, kind)
    await cache.remember(keyOf(group, kind), JSON.stringify({ ...(served ?? { absent: true }), at: now() }))
    return learn(group, kind, served)
  }
  return {
    servedNow,
    async served(group, kind, absence) {
      const inMemory = known.get(keyOf(group, kind))
      if (inMemory) return inMemory
      const text = await cache.recall(keyOf(group, kind))
      if (absence === 'remembered' && absentRemembered(text, now())) return undefined
      const remembered = kindRemembered(text, group, kind, now()) ?? (await fromKubectl(cache, group, kind))
      return learn(group, kind, remembered) ?? (await servedNow(group, kind))
    },
    plural: (group, kind) => known.get(keyOf(group, kind))?.plural ?? pluralOf(kind),
  }
}

/** The guess of kubectl's own RESTMapper (apimachinery UnsafeGuessKindToResource). */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase()
  if (singular.endsWith('s')) return `${singular}es`
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`
}

const keptMs = 6 * 60 * 60 * 1000

function kindRemembered(
  text: string | undefined,
  group: string,
  kind: string,
  now: number,
): ServedKind | undefined {
  const value = parsed(text)
  const apiVersion = textAt(value, 'apiVersion')
  const plural = textAt(value, 'plural')
  const at = value['at']
  const fresh = typeof at === 'number' && at <= now && now - at < keptMs
  if (!fresh || !apiVersion?.startsWith(`${group}/`) || !plural || textAt(value, 'kind') !== kind)
    return undefined
  return isPlainName(plural) ? { apiVersion, kind, plural } : undefined
}

/** A CRD may be installed at any time: whoever believes that there is none has to ask again where they find nothing. */
const absentMs = 10 * 60 * 1000

function absentRemembered(text: string | undefined, now: number): boolean {
  const { absent, at } = parsed(text)
  return absent === true && typeof at === 'number' && at <= now && now - at < absentMs
}

async function fromKubectl(cache: Cache, group: string, kind: string): Promise<ServedKind | undefined> {
  const groups = listAt(parsed(await cache.discovered('servergroups.json')), 'groups')
  const found = groups.find(each => textAt(each, 'name') === group)
  for (const version of found ? versionsOf(found) : []) {
    const resources = parsed(await cache.discovered(`${group}/${version}/serverresources.json`))
    const served = kindIn(resources, `${group}/${version}`, kind)
    if (served) return served
  }
  return undefined
}

async function fromServer(server: Server, group: string, kind: string): Promise<ServedKind | undefined> {
  const likely = await resourcesOf(server, group, likelyVersion)
  const served = likely && kindIn(likely, `${group}/${likelyVersion}`, kind)
  if (served) return served
  const path = `/apis/${encodeURIComponent(group)}`
  const found = await unless404(server.json({ method: 'GET', path, subject: { verb: 'get' } }))
  for (const version of found ? versionsOf(found.fields) : []) {
    const resources = version === likelyVersion ? undefined : await resourcesOf(server, group, version)
    const other = resources && kindIn(resources, `${group}/${version}`, kind)
    if (other) return other
  }
  return undefined
}

async function resourcesOf(server: Server, group: string, version: string): Promise<Fields | undefined> {
  const path = `/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`
  const answer = await unless404(server.json({ method: 'GET', path, subject: { verb: 'get' } }))
  return answer?.fields
}

/** The preferred version first, then in the server's order. */
function versionsOf(group: Fields): string[] {
  const all = listAt(group, 'versions').map(each => textAt(each, 'version'))
  const preferred = textAt(group, 'preferredVersion', 'version')
  return [...new Set([preferred, ...all])].filter(each => each !== undefined)
}

function kindIn(resources: Fields, apiVersion: string, kind: string): ServedKind | undefined {
  for (const each of listAt(resources, 'resources')) {
    const plural = textAt(each, 'name') ?? ''
    if (textAt(each, 'kind') === kind && isPlainName(plural)) return { apiVersion, kind, plural }
  }
  return undefined
}

/** Not a subresource (`flinkclusters/status`), and nothing that could change a URL. */
function isPlainName(plural: string): boolean {
  return /^[a-z0-9][a-z0-9-]*$/.test(plural)
}

async function unless404<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (refusedWith(error, 404)) return undefined
    throw error
  }
}

function parsed(text: string | undefined): Fields {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return isFields(value) ? value : {}
  } catch {
    return {}
  }
}
