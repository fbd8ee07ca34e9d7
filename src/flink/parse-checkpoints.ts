import { rootCause } from '../domain/cause.ts'
import { type Fields, fieldsAt, flagAt, integerAt, isFields, listAt, textAt } from '../domain/fields.ts'
import type { RestAnswer, RestCheckpoint, RestCheckpoints } from '../domain/rest.ts'
import { amountAt, epochAt, locationAt } from './parse-fields.ts'

const mostEntries = 1_000

/** GET /jobs/:jobid/checkpoints: one list without repetitions, newest first. */
export function parseCheckpoints(body: Fields): RestAnswer | undefined {
  if (!Array.isArray(body['history']) || !isFields(body['latest'])) return undefined
  const latest = ['savepoint', 'completed', 'failed'].map(key => fieldsAt(body, 'latest', key))
  const entries = [...listAt(body, 'history').slice(0, mostEntries), ...latest].map(parseCheckpoint)
  const byId = new Map<number, RestCheckpoint>()
  for (const entry of entries) if (entry) byId.set(entry.id, entry)
  const history = [...byId.values()].sort((a, b) => b.id - a.id)
  const restored = parseRestored(body)
  const restoredCount = amountAt(body, 'counts', 'restored') ?? 0
  const checkpoints: RestCheckpoints = { restoredCount, ...(restored && { restored }), history }
  return { answer: 'checkpoints', checkpoints }
}

function parseRestored(body: Fields): RestCheckpoints['restored'] {
  const latest = fieldsAt(body, 'latest')['restored']
  if (!isFields(latest)) return undefined
  const location = locationAt(latest, 'external_path')
  return { isSavepoint: flagAt(latest, 'is_savepoint') ?? false, ...(location && { location }) }
}

function parseCheckpoint(entry: Fields): RestCheckpoint | undefined {
  const id = integerAt(entry, 'id')
  const status = statusOf(entry)
  if (id === undefined || id < 0 || !status) return undefined
  return {
    id,
    status,
    isSavepoint: flagAt(entry, 'is_savepoint') ?? false,
    ...defined({
      location: isDiscarded(entry) || status !== 'COMPLETED' ? undefined : locationAt(entry, 'external_path'),
      discarded: isDiscarded(entry) ? (true as const) : undefined,
      format: formatOf(entry),
      triggeredAt: epochAt(entry, 'trigger_timestamp'),
      endedAt: endOf(entry, status),
      durationMillis: status === 'IN_PROGRESS' ? undefined : amountAt(entry, 'end_to_end_duration'),
      sizeBytes: status === 'COMPLETED' ? amountAt(entry, 'state_size') : undefined,
      failureMessage: rootCause(textAt(entry, 'failure_message') ?? ''),
    }),
  }
}

function isDiscarded(entry: Fields): boolean {
  return flagAt(entry, 'discarded') === true
}

/** `status` is there in all versions; the type's name (`@class` until 1.14, then `className`) stands in for one that is missing. */
function statusOf(entry: Fields): RestCheckpoint['status'] | undefined {
  const word = (
    textAt(entry, 'status') ??
    textAt(entry, 'className') ??
    textAt(entry, '@class') ??
    ''
  ).toUpperCase()
  return word === 'COMPLETED' || word === 'FAILED' || word === 'IN_PROGRESS' ? word : undefined
}

/** Told since 1.17. */
function formatOf(entry: Fields): RestCheckpoint['format'] {
  const format = textAt(entry, 'savepointFormat')
  return format === 'CANONICAL' || format === 'NATIVE' ? format : undefined
}

/** A completed one ends with its last acknowledgement: the coordinator's own end is not told. */
function endOf(entry: Fields, status: RestCheckpoint['status']): number | undefined {
  if (status === 'FAILED') return epochAt(entry, 'failure_timestamp')
  return status === 'COMPLETED' ? epochAt(entry, 'latest_ack_timestamp') : undefined
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
}
