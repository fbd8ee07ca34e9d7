import { type Fields, fieldsAt, isFields } from '../../domain/fields.ts'
import type { Resource } from '../../domain/resource.ts'

/** spec.flinkConfiguration as Flink reads it: flat keys, every value a text. */
export type Configuration = Readonly<Record<string, string>>

/** Nobody nests deeper than Flink's longest key has parts. */
const deepest = 12

/** Since operator 1.13 keys may be nested as in Flink's config.yaml; both spellings read the same. */
export function configurationOf(spec: Fields): Configuration {
  return Object.fromEntries(flat(fieldsAt(spec, 'flinkConfiguration'), '', 0))
}

function flat(fields: Fields, prefix: string, depth: number): [string, string][] {
  if (depth > deepest) return []
  return Object.entries(fields).flatMap(([key, value]): [string, string][] => {
    if (isFields(value)) return flat(value, `${prefix}${key}.`, depth + 1)
    const text = textOf(value)
    return text === undefined ? [] : [[`${prefix}${key}`, text]]
  })
}

function textOf(value: unknown): string | undefined {
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  const text = isPlain ? String(value).trim() : ''
  return text === '' ? undefined : text
}

/** The first of the keys that says something: the new name before the old ones, as Flink does. */
export function setting(configuration: Configuration, ...keys: readonly string[]): string | undefined {
  const key = keys.find(each => configuration[each] !== undefined)
  return key === undefined ? undefined : configuration[key]
}

/** Where savepoints go (flink-core CheckpointingOptions, since 1.20 and before). */
export const savepointDirectoryKeys = ['execution.checkpointing.savepoint-dir', 'state.savepoints.dir']

/**
 * The keys by which a directory is set. A session job's cluster may have said it under either name, and the newer one wins
 * over what the job says under the older.
 */
export function savepointDirectoryPlaces({ kind, spec }: Pick<Resource, 'kind' | 'spec'>): readonly string[] {
  if (kind === 'FlinkSessionJob') return savepointDirectoryKeys
  const now = configurationOf(spec)
  return [savepointDirectoryKeys.find(key => now[key] !== undefined) ?? 'state.savepoints.dir']
}

export const checkpointDirectoryKeys = ['execution.checkpointing.dir', 'state.checkpoints.dir']

/** Not NONE: Flink keeps its newest state under the cluster's own id (flink-core HighAvailabilityOptions). */
export function isHighlyAvailable(configuration: Configuration): boolean {
  const mode = setting(configuration, 'high-availability.type', 'high-availability')
  return mode !== undefined && mode.toUpperCase() !== 'NONE'
}

const units: readonly (readonly [RegExp, number])[] = [
  [/^d(ays?)?$/, 86_400_000],
  [/^h(ours?)?$/, 3_600_000],
  [/^m(in(utes?)?)?$/, 60_000],
  [/^s(ec(onds?|s)?)?$/, 1_000],
  [/^(ms|millis?|milliseconds?)?$/, 1],
]

/** Milliseconds of a duration as Flink writes it (flink-core TimeUtils): `10 s`, `5min`, `PT1H`; without a unit they are milliseconds. */
export function flinkDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,15})\s*([a-z]*)$/.exec(text.trim().toLowerCase()) ?? []
  if (amount === undefined) return isoDuration(text.trim())
  const [, factor] = units.find(([names]) => names.test(unit)) ?? []
  return factor === undefined ? undefined : Number(amount) * factor
}

function isoDuration(text: string): number | undefined {
  const [all, days, hours, minutes, seconds] =
    /^P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?$/i.exec(text) ?? []
  if (all === undefined || !/\d/.test(all)) return undefined
  const [d, h, m, s] = [days, hours, minutes, seconds].map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  return Math.round((((d * 24 + h) * 60 + m) * 60 + s) * 1_000)
}
