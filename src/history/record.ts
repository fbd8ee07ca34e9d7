import { textAt } from '../domain/fields.ts'
import { printedName, type Resource, type ResourceRef } from '../domain/resource.ts'
import type { JobRef } from '../domain/savepoint.ts'
import type { RecordEntry } from './entry.ts'
import { isForeignEntry, parseEntry } from './parse-entry.ts'

/*
 * One ConfigMap a job, in `entries` one line of JSON for each thing that was done, oldest first. Lines, not one YAML
 * document: a line that is torn or planted costs itself alone, JSON has no aliases to blow up and no tags to obey,
 * `kubectl get configmap -o yaml` shows them as they are, and no YAML parser is loaded to read them.
 */

export const managedByLabel = 'app.kubernetes.io/managed-by'
export const manager = 'kubectl-flinksp'
export const recordKind = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' } as const
export const mostEntries = 200
export const mostBytes = 512 * 1024
const formatVersion = '1'
const longestName = 253

/** Which job a record is about: what stays the same when the object is deleted and made again. */
export type RecordedJob = Pick<JobRef, 'apiVersion' | 'kind' | 'namespace' | 'name'>

/** A line, as it stands there, and what it says; without an entry, a newer version wrote it. */
export interface RecordLine {
  readonly text: string
  readonly entry?: RecordEntry
}

export interface JobRecord {
  /** Oldest first. */
  readonly lines: readonly RecordLine[]
  /** How many lines were not what they should be. */
  readonly dropped: number
}

export const emptyRecord: JobRecord = { lines: [], dropped: 0 }

/** Where a job's record is kept. A name that would be too long is cut and told apart by a hash. */
export function recordRef(job: RecordedJob): ResourceRef {
  const name = `flinksp-${job.kind.toLowerCase()}-${job.name}`
  const { apiVersion, kind } = recordKind
  return {
    apiVersion,
    kind,
    namespace: job.namespace,
    name: name.length <= longestName ? name : hashed(name),
  }
}

/** The record in a ConfigMap as anybody may have written it, or why it cannot be used at all. Never throws. */
export function parseRecord(
  configMap: Resource,
  job: RecordedJob,
  now: number,
): { readonly record: JobRecord } | { readonly unusable: string } {
  const foreign = foreignness(configMap, job)
  if (foreign) return { unusable: foreign }
  const text = textAt(configMap.body, 'data', 'entries') ?? ''
  const newest = text.length <= mostBytes ? text : text.slice(text.indexOf('\n', text.length - mostBytes) + 1)
  const written = newest.split('\n').filter(line => line.trim() !== '')
  const lines = written.slice(-mostEntries).flatMap(line => parsedLine(line, now))
  const cut = text.length === newest.length ? 0 : 1
  return { record: { lines, dropped: written.length - lines.length + cut } }
}

/** The entries of a record, oldest first. */
export function entriesOf(record: JobRecord): readonly RecordEntry[] {
  return record.lines.flatMap(({ entry }) => (entry ? [entry] : []))
}

/** The ConfigMap's data for a record; `entries` is one block of lines. */
export function recordData(record: JobRecord, job: RecordedJob): Readonly<Record<string, string>> {
  return {
    version: formatVersion,
    job: printedName(job),
    entries: record.lines.map(({ text }) => `${text}\n`).join(''),
  }
}

function foreignness(configMap: Resource, job: RecordedJob): string | undefined {
  const version = textAt(configMap.body, 'data', 'version')
  if (configMap.metadata.labels[managedByLabel] !== manager)
    return `it has no label ${managedByLabel}=${manager}`
  if (version !== formatVersion) return `its format is not version ${formatVersion}`
  if (textAt(configMap.body, 'data', 'job') !== printedName(job)) return 'it belongs to another job'
  return undefined
}

function parsedLine(text: string, now: number): RecordLine[] {
  const entry = parseEntry(text, now)
  if (entry) return [{ text, entry }]
  return isForeignEntry(text) ? [{ text }] : []
}

/** FNV-1a of 64 bits: it need not withstand anybody, since the record names its job. */
function hashed(name: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(name)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  const suffix = `-${hash.toString(16).padStart(16, '0')}`
  return `${name.slice(0, longestName - suffix.length).replace(/[^a-z0-9]+$/, '')}${suffix}`
}
