import { failure } from '../../../domain/failure.ts'
import type { FileStatus, Places } from '../../../domain/places.ts'
import type { Found } from '../../../history/from-scan.ts'
import { lastPart, savepointDirectory } from '../../../history/owners.ts'
import { inTurn } from '../../job/in-turn.ts'

/** How far one scan goes: directories that are listed, and entries that are looked at in them. */
export interface ScanBudget {
  lists: number
  entries: number
  /** Something was left out. */
  exhausted: boolean
}

export function scanBudget(): ScanBudget {
  return { lists: 1_000, entries: 50_000, exhausted: false }
}

/** A directory for each job, and another for each day, say. */
const deepest = 2
const atOnce = 16
/** Magic number, version, checkpoint id. */
const headBytes = 16
const magic = 0x4960672d

/** Where Flink keeps the files that checkpoints share: no savepoint is there. */
const ofCheckpoints = new Set(['shared', 'taskowned'])

/** Every savepoint and checkpoint in a directory and in those below it. Symbolic links are not followed. */
export async function scanDirectory(
  places: Places,
  directory: string,
  budget: ScanBudget,
  interrupted: AbortSignal,
): Promise<Found[]> {
  const candidates: string[] = []
  let level = [directory]
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const below = await inTurn(level, atOnce, each => childrenOf(places, each, budget, interrupted))
    candidates.push(...below.flatMap(({ savepoints }) => savepoints))
    level = below.flatMap(({ others }) => others)
  }
  const found = await inTurn(candidates, atOnce, each => lookInto(places, each, interrupted))
  return found.filter(each => each !== undefined)
}

interface Children {
  readonly savepoints: readonly string[]
  /** Directories that may have some below them. */
  readonly others: readonly string[]
}

async function childrenOf(
  places: Places,
  directory: string,
  budget: ScanBudget,
  interrupted: AbortSignal,
): Promise<Children> {
  const savepoints: string[] = []
  const others: string[] = []
  if (budget.lists-- <= 0) {
    budget.exhausted = true
    return { savepoints, others }
  }
  for await (const page of places.list(directory)) {
    if (interrupted.aborted) throw failure('interrupted', 'interrupted')
    for (const entry of page) sort(entry, { directory, savepoints, others })
    budget.entries -= page.length
    if (budget.entries > 0) continue
    budget.exhausted = true
    break
  }
  return { savepoints, others }
}

function sort(
  { kind, location }: FileStatus,
  { directory, savepoints, others }: { directory: string; savepoints: string[]; others: string[] },
): void {
  const name = lastName(location)
  if (kind === 'file' && name === '_metadata') savepoints.push(directory)
  if (kind !== 'directory' || ofCheckpoints.has(name)) return
  if (savepointDirectory.test(name) || isCheckpoint(name)) savepoints.push(location)
  else others.push(location)
}

function isCheckpoint(name: string): boolean {
  return /^chk-\d+$/.test(name)
}

function lastName(location: string): string {
  return location.replace(/\/+$/, '').split('/').at(-1) ?? ''
}

/** undefined: it went meanwhile, or is something else. */
async function lookInto(
  places: Places,
  location: string,
  interrupted: AbortSignal,
): Promise<Found | undefined> {
  if (interrupted.aborted) throw failure('interrupted', 'interrupted')
  const type = isCheckpoint(lastPart(location)) ? 'checkpoint' : 'savepoint'
  const metadata = await places.status(`${location}/_metadata`)
  if (metadata?.kind !== 'file') return await incomplete(places, location, type)
  const { modifiedAt } = metadata
  const time = modifiedAt === undefined ? {} : { modifiedAt }
  const head = await places.headOf(`${location}/_metadata`, headBytes)
  if (head === undefined) return { location, type, state: 'complete', ...time }
  if (!isMetadata(head)) return { location, type, state: 'damaged', ...time }
  const checkpointId = Number(viewOf(head).getBigInt64(8))
  const id = Number.isSafeInteger(checkpointId) && checkpointId >= 0 ? { checkpointId } : {}
  return { location, type, state: 'complete', ...id, ...time }
}

function isMetadata(head: Uint8Array): boolean {
  return head.length === headBytes && viewOf(head).getInt32(0) === magic
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

async function incomplete(places: Places, location: string, type: Found['type']): Promise<Found | undefined> {
  let newest: number | undefined
  for await (const page of places.list(location)) {
    newest = Math.max(...page.map(({ modifiedAt }) => modifiedAt ?? 0)) || undefined
    break
  }
  return { location, type, state: 'incomplete', ...(newest !== undefined && { modifiedAt: newest }) }
}
