import { type Fields, isFields, listAt, textAt } from '../domain/fields.ts'
import type { ServedKind } from '../domain/ports.ts'
import type { Cache } from './cache.ts'
import { type GroupDocuments, groupDocuments } from './group-documents.ts'
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

/** Of a kind that the server lacks, its answer to this very run is not asked for a second time. */
const justNowMs = 5_000

interface Question {
  /** Epoch ms: what the server has said since will do. */
  readonly since: number
  /** There was none: the group is asked for first, which one request answers where it is still missing. */
  readonly doubtful?: boolean
}

export function discoveryOf(server: Server, cache: Cache, now: () => number): Discovery {
  const known = new Map<string, ServedKind>()
  const keyOf = (group: string, kind: string) => `served/${group}/${kind}`
  const learn = (group: string, kind: string, served: ServedKind | undefined) => {
    if (served !== undefined) known.set(keyOf(group, kind), served)
    return served
  }
  const documents = groupDocuments(server, now)
  const ask = async (group: string, kind: string, question: Question) => {
    const served = await fromServer(documents, group, kind, question)
    await cache.remember(keyOf(group, kind), JSON.stringify({ ...(served ?? { absent: true }), at: now() }))
    return learn(group, kind, served)
  }
  return {
    async servedNow(group, kind) {
      known.delete(keyOf(group, kind))
      return ask(group, kind, { since: now() })
    },
    async served(group, kind, absence) {
      const inMemory = known.get(keyOf(group, kind))
      if (inMemory) return inMemory
      const text = await cache.recall(keyOf(group, kind))
      const doubtful = absentRemembered(text, now())
      if (absence === 'remembered' && doubtful) return undefined
      const remembered = kindRemembered(text, group, kind, now()) ?? (await fromKubectl(cache, group, kind))
      return (
        learn(group, kind, remembered) ?? (await ask(group, kind, { since: now() - justNowMs, doubtful }))
      )
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

async function fromServer(
  documents: GroupDocuments,
  group: string,
  kind: string,
  { since, doubtful = false }: Question,
): Promise<ServedKind | undefined> {
  const servedAs = async (version: string) => {
    const resources = await documents.version(group, version, since)
    return resources && kindIn(resources, `${group}/${version}`, kind)
  }
  const served = doubtful ? undefined : await servedAs(likelyVersion)
  if (served) return served
  const found = await documents.group(group, since)
  for (const version of found ? versionsOf(found) : []) {
    const other = await servedAs(version)
    if (other) return other
  }
  return undefined
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

function parsed(text: string | undefined): Fields {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return isFields(value) ? value : {}
  } catch {
    return {}
  }
}
