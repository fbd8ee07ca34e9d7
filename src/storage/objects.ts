import { failure } from '../domain/failure.ts'
import type { FileStatus, Place } from '../domain/places.ts'
import { inTime, type Patience } from './patience.ts'
import { below } from './places.ts'
import { openRanged, type Piece } from './ranged.ts'
import { type Reason, refusal, type Verb } from './reasons.ts'

/** Where an object lies. The key of a directory has no slash at its end; that of all there is, is empty. */
export interface Address {
  /** With what else tells where it is: an account, say. */
  readonly bucket: string
  readonly key: string
}

export interface ObjectFacts {
  readonly size: number
  /** Epoch ms. */
  readonly modifiedAt: number
  /** It only says that there is a directory of this name. */
  readonly isFolder?: true
}

export interface ObjectPage {
  readonly objects: readonly (ObjectFacts & { readonly key: string })[]
  /** What keys begin with, up to and with the next `/`. */
  readonly prefixes: readonly string[]
}

/** A kind of object store, through its vendor's library. What a method throws, `explain` understands. */
export interface ObjectStore {
  /** Throws a Failure for what is no location of it. */
  addressOf(location: string): Address
  head(at: Address, signal: AbortSignal): Promise<ObjectFacts | undefined>
  range(at: Address, offset: number, length: number, signal: AbortSignal): Promise<Piece | undefined>
  /** Pages of what begins with `prefix`; with a delimiter, of what lies directly there. Each page is a question of its own. */
  pages(at: Address, prefix: string, options: { most: number; direct: boolean }): Pages
  remove(at: Address, signal: AbortSignal): Promise<void>
  /** Directories are objects of their own (Azure): an empty one can be deleted. */
  readonly foldersAreObjects?: true
  /** Why, in words; undefined: not known, or a matter of the connection. */
  explain(error: unknown, verb: Verb, at: Address): Reason | undefined
}

/** Asked again and again; `undefined` after the last page. */
export type Pages = (signal: AbortSignal) => Promise<ObjectPage | undefined>

/** Pages from a store that gives with each of them a token for the next. */
export function pagesBy(
  ask: (token: string | undefined, signal: AbortSignal) => Promise<ObjectPage & { next: string | undefined }>,
): Pages {
  let token: string | undefined
  let ended = false
  return async signal => {
    if (ended) return undefined
    const { next, ...page } = await ask(token, signal)
    if (next && next === token) throw new Error('the list begins again and again')
    token = next
    ended = !next
    return page
  }
}

/** No store gives more at once. */
const pageSize = 1_000

/** A file system over an object store. */
export function objectPlace(store: ObjectStore, patience: Patience): Place {
  const asking =
    (verb: Verb, location: string, at: Address) =>
    async <Answer>(work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> => {
      try {
        return await inTime(patience, work)
      } catch (error) {
        throw refusal(verb, location, error, patience.limitMs, (each, tried) =>
          store.explain(each, tried, at),
        )
      }
    }
  const questions = (verb: Verb, location: string) => {
    const at = store.addressOf(location)
    return { at, ask: asking(verb, location, at) }
  }

  async function status(location: string): Promise<FileStatus | undefined> {
    const { at, ask } = questions('read', location)
    const facts = at.key === '' ? undefined : await ask(signal => store.head(at, signal))
    if (facts && !facts.isFolder) return fileStatus(location, facts)
    if (facts) return { location, kind: 'directory' }
    const page = await questions('list', location).ask(
      store.pages(at, inside(at), { most: 1, direct: false }),
    )
    return isEmpty(page) ? undefined : { location, kind: 'directory' }
  }

  async function* list(directory: string): AsyncIterable<readonly FileStatus[]> {
    const { at, ask } = questions('list', directory)
    const next = store.pages(at, inside(at), { most: pageSize, direct: true })
    for (let page = await ask(next); page; page = await ask(next)) {
      const found = statusesIn(page, inside(at), directory)
      if (found.length > 0) yield found
    }
  }

  async function removeDirectory(directory: string): Promise<void> {
    const { at, ask } = questions('delete', directory)
    const marker = { ...at, key: inside(at) }
    const page = await ask(store.pages(at, marker.key, { most: 2, direct: false }))
    const left = page?.objects.map(({ key }) => key) ?? []
    if (left.some(key => key !== marker.key))
      throw failure('not-asked', `cannot delete ${directory}: directory not empty`)
    // What Hadoop's file systems leave in place of a directory.
    if (left.length > 0) await ask(signal => store.remove(marker, signal))
    if (!store.foldersAreObjects || at.key === '') return
    const folder = await ask(signal => store.head(at, signal))
    if (folder?.isFolder) await ask(signal => store.remove(at, signal))
  }

  return {
    status,
    list,
    removeDirectory,
    open: location => {
      const { at, ask } = questions('read', location)
      return openRanged(location, async (offset, length) => {
        const piece = await ask(signal => store.range(at, offset, length, signal))
        if (!piece) throw failure('not-asked', `cannot read ${location}: no such file`)
        return piece
      })
    },
    remove: async location => {
      const { at, ask } = questions('delete', location)
      await ask(signal => store.remove(at, signal))
    },
  }
}

function inside({ key }: Address): string {
  return key === '' ? '' : `${key}/`
}

function isEmpty(page: Awaited<ReturnType<Pages>>): boolean {
  return !page || page.objects.length + page.prefixes.length === 0
}

function fileStatus(location: string, { size, modifiedAt }: ObjectFacts): FileStatus {
  return { location, kind: 'file', sizeBytes: size, modifiedAt }
}

/** Each name once: a folder may be there as an object and as a prefix. What does not lie in the directory is no answer to the question. */
function statusesIn(page: ObjectPage, prefix: string, directory: string): FileStatus[] {
  const found = new Map<string, FileStatus>()
  for (const { key, ...facts } of page.objects) {
    const name = nameIn(key, prefix)
    if (name === undefined) continue
    const location = below(directory, name)
    found.set(name, facts.isFolder ? { location, kind: 'directory' } : fileStatus(location, facts))
  }
  for (const each of page.prefixes) {
    const name = nameIn(each.replace(/\/$/, ''), prefix)
    if (name !== undefined) found.set(name, { location: below(directory, name), kind: 'directory' })
  }
  return [...found.values()]
}

function nameIn(key: string, prefix: string): string | undefined {
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : ''
  return name === '' || name === '.' || name === '..' || name.includes('/') ? undefined : name
}
