import { Failure, failure } from '../../domain/failure.ts'
import { normalisedLocation } from '../../domain/location.ts'
import type { FileStatus, Places } from '../../domain/places.ts'
import { lastPart, savepointDirectory } from '../../history/owners.ts'
import type { Bystander, HeldFile, Holding } from '../../prune/holding.ts'
import { type Metadata, readMetadata } from '../../savepoint/read.ts'
import { inTurn } from '../job/in-turn.ts'
import { parentOf } from '../sources/scan/directories.ts'
import { remainsIn } from './remains.ts'

const atOnce = 16
/** More than any savepoint has in one directory; what lies beyond is not looked at. */
const mostEntries = 1_000_000

/** Reads what lies at locations; what a directory holds is asked once. */
export interface Holder {
  hold(location: string): Promise<Holding>
  /** undefined: there is nothing. */
  bystander(location: string): Promise<Bystander | undefined>
}

export function holderOf(places: Places, interrupted: AbortSignal): Holder {
  const parents = new Map<string, Promise<ReadonlyMap<string, FileStatus>>>()
  const siblings = (directory: string) => {
    const asked = parents.get(directory) ?? entriesIn(places, directory, interrupted)
    parents.set(directory, asked)
    return asked
  }
  return {
    async hold(location) {
      const directory = directoryOf(location)
      const parent = parentOf(directory)
      const above = parent === undefined ? undefined : await orFailure(siblings(parent))
      const seen = above instanceof Map ? above.get(lastName(directory))?.kind : undefined
      return { ...(await held(places, directory, interrupted)), directory: seen === 'directory' }
    },
    bystander: location => bystanderAt(places, directoryOf(location), interrupted),
  }
}

export function directoryOf(location: string): string {
  return location.replace(/\/+_metadata\/*$/, '').replace(/(?<=[^/])\/+$/, '')
}

function lastName(location: string): string {
  return location.split('/').at(-1) ?? ''
}

async function orFailure<T>(asked: Promise<T>): Promise<T | Failure> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-asked') return error
    throw error
  }
}

async function entriesIn(
  places: Places,
  directory: string,
  interrupted: AbortSignal,
): Promise<Map<string, FileStatus>> {
  const entries = new Map<string, FileStatus>()
  for await (const page of places.list(directory)) {
    if (interrupted.aborted) throw failure('interrupted', 'interrupted')
    for (const entry of page) entries.set(lastName(entry.location), entry)
    if (entries.size >= mostEntries) break
  }
  return entries
}

type Held = Omit<Holding, 'directory'>

async function held(places: Places, location: string, interrupted: AbortSignal): Promise<Held> {
  const bare = { location, place: normalisedLocation(location), operators: [], files: [], references: [] }
  const entries = await orFailure(entriesIn(places, location, interrupted))
  if (entries instanceof Failure)
    return { ...bare, state: 'unreadable', elsewhere: false, reason: textOf(entries) }
  const file = entries.get('_metadata')
  if (file === undefined) {
    const left = remainsIn(location, entries).map(each => heldFile(each, location, lastName(each.location)))
    return { ...bare, state: left.length > 0 ? 'remains' : 'absent', files: left, elsewhere: false }
  }
  if (file.kind !== 'file') return { ...bare, state: 'absent', elsewhere: false }
  const metadata = await orFailure(read(places, location))
  if (metadata instanceof Failure)
    return { ...bare, state: 'unreadable', elsewhere: false, reason: textOf(metadata) }
  const own = heldFile(file, location)
  const found = await filesOf(places, location, metadata, entries, interrupted)
  return {
    ...bare,
    ...(metadata.type && { type: metadata.type }),
    ...(metadata.format && { format: metadata.format }),
    operators: metadata.operators.map(({ id }) => id),
    references: referencesOf(location, metadata),
    files: [own, ...found.own],
    elsewhere: found.elsewhere,
    ...(found.lost === 0
      ? { state: 'whole' as const }
      : { state: 'broken' as const, reason: `${found.lost} of the files that it needs are not there` }),
  }
}

function textOf({ message }: Failure): string {
  return message.replace(/^error: /, '')
}

async function read(places: Places, location: string): Promise<Metadata> {
  const file = await places.openMetadata(location)
  try {
    return await readMetadata(file, file.shown, { files: true })
  } finally {
    await file.close()
  }
}

function referencesOf(location: string, { files = [] }: Metadata): string[] {
  return files.map(({ path, relative }) => normalisedLocation(relative ? `${location}/${path}` : path))
}

interface Files {
  readonly own: readonly HeldFile[]
  readonly elsewhere: boolean
  readonly lost: number
}

async function filesOf(
  places: Places,
  location: string,
  { files = [] }: Metadata,
  entries: ReadonlyMap<string, FileStatus>,
  interrupted: AbortSignal,
): Promise<Files> {
  const seen = await inTurn(files, atOnce, async file => {
    if (interrupted.aborted) throw failure('interrupted', 'interrupted')
    return await fileAt(places, location, file, entries)
  })
  return {
    own: seen.filter(each => typeof each === 'object'),
    elsewhere: seen.includes('elsewhere'),
    lost: seen.filter(each => each === 'lost').length,
  }
}

/** What could not be looked for is not known to be lost, and not known to be its own. */
async function fileAt(
  places: Places,
  location: string,
  { path, relative, bytes }: NonNullable<Metadata['files']>[number],
  entries: ReadonlyMap<string, FileStatus>,
): Promise<HeldFile | 'elsewhere' | 'lost'> {
  if (relative && /[/\\]/.test(path)) return 'elsewhere'
  const inside = relative || isInside(path, location)
  const status = inside ? entries.get(lastName(path)) : await orFailure(places.status(path))
  if (status instanceof Failure) return 'elsewhere'
  if (status?.kind !== 'file') return 'lost'
  if (relative && bytes !== undefined && status.sizeBytes !== bytes) return 'lost'
  const own = inside || isMadeFor(path, location) || (await isLeftOver(places, path))
  return own ? heldFile(status, location, path, inside) : 'elsewhere'
}

/** Flink <= 1.17.0 names files beside `_metadata` by their whole path where a key for entropy is configured (FLINK-31984). */
function isInside(path: string, location: string): boolean {
  return normalisedLocation(path) === `${normalisedLocation(location)}/${lastName(path)}`
}

/** With entropy in their path, data files lie in a directory of the same name elsewhere, and random as the name is, nobody else's do. */
function isMadeFor(path: string, location: string): boolean {
  const name = lastPart(location)
  return savepointDirectory.test(name) && path.split('/').at(-2) === name
}

/** Left when its savepoint was deleted, because this one needed it. What is still being written is named by no savepoint that is complete. */
async function isLeftOver(places: Places, path: string): Promise<boolean> {
  const parent = parentOf(path)
  if (parent === undefined || !savepointDirectory.test(lastPart(parent))) return false
  return (await orFailure(places.status(`${parent}/_metadata`))) === undefined
}

function heldFile(status: FileStatus, directory: string, path = '_metadata', inside = true): HeldFile {
  const location = inside ? `${directory}/${lastName(path)}` : path
  const { sizeBytes = 0, modifiedAt } = status
  return {
    location,
    place: inside ? `${normalisedLocation(directory)}/${lastName(path)}` : normalisedLocation(location),
    bytes: sizeBytes,
    ...(modifiedAt !== undefined && { modifiedAt: Math.floor(modifiedAt) }),
  }
}

async function bystanderAt(
  places: Places,
  location: string,
  interrupted: AbortSignal,
): Promise<Bystander | undefined> {
  if (interrupted.aborted) throw failure('interrupted', 'interrupted')
  const metadata = await orFailure(
    (async () => {
      if ((await places.status(`${location}/_metadata`)) === undefined) return undefined
      return await read(places, location)
    })(),
  )
  if (metadata === undefined) return undefined
  if (metadata instanceof Failure) return { location, references: [], unreadable: textOf(metadata) }
  return { location, references: referencesOf(location, metadata) }
}
