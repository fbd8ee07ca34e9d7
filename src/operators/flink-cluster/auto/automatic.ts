import { type Fields, integerAt, textAt } from '../../../domain/fields.ts'
import type { AutomaticSavepoints } from '../../../domain/job.ts'
import { utc, utcOf } from '../../../domain/time.ts'
import type { OperatorName } from '../operator.ts'

/** Master never triggers earlier than this after its last trigger (GoogleCloudPlatform/flink-on-k8s-operator#392, controllers/flinkcluster_reconciler.go). */
export const masterFloorSeconds = 900

/** The fields of spec.job that this product reads, as the operators spell them. */
const spellings = [
  'fromSavepoint',
  'allowNonRestoredState',
  'savepointsDir',
  'savepointGeneration',
  'autoSavepointSeconds',
  'restartPolicy',
  'maxStateAgeToRestoreSeconds',
] as const

/**
 * The savepoints that the operator takes by itself (`spec.job.autoSavepointSeconds`), and when the next is due. No
 * operator stores that time: it is computed as each of them does. `status` is that of the job.
 */
export function automaticSavepoints(
  spec: Fields,
  status: Fields,
  operator: OperatorName | undefined,
): AutomaticSavepoints | undefined {
  const everySeconds = integerAt(spec, 'autoSavepointSeconds')
  if (everySeconds === undefined) return undefined
  const takes = textAt(status, 'state') === 'Running' && textAt(spec, 'savepointsDir') !== undefined
  if (!takes) return { everySeconds }
  const nextAt = due(everySeconds, status, operator)
  if (nextAt !== undefined) return { everySeconds, nextAt }
  return { everySeconds, ...(isFirst(status, operator) && { atOnce: true }) }
}

/** GCP takes the first one as soon as the job runs (seen on tags -2 and -9). */
function isFirst(status: Fields, operator: OperatorName | undefined): boolean {
  const gcp = operator !== undefined && operator !== 'spotify'
  return gcp && !('lastSavepointTime' in status)
}

/**
 * GCP counts from the last savepoint. Spotify counts the first from the start of the job (seen on v0.6).
 */
function due(everySeconds: number, status: Fields, operator: OperatorName | undefined): string | undefined {
  const taken = timeAt(status, 'savepointTime') ?? timeAt(status, 'lastSavepointTime')
  const since = taken ?? timeAt(status, 'startTime')
  const next = since === undefined ? undefined : since + everySeconds * 1_000
  if (operator !== 'gcp-master') return rfc3339(next)
  const triggered = timeAt(status, 'lastSavepointTriggerTime')
  const floor = triggered === undefined ? undefined : triggered + masterFloorSeconds * 1_000
  return rfc3339(next === undefined ? floor : Math.max(next, floor ?? next))
}

/** Which names of spec.job are a field that the operators read, but for its spelling: they are pruned or ignored. */
export function misspelledFields(spec: Fields): string[] {
  const read: readonly string[] = spellings
  return Object.keys(spec)
    .filter(name => !read.includes(name) && rightSpelling(name) !== undefined)
    .map(name => `spec.job.${name}`)
}

/** `fromSavePoint` is meant to be `fromSavepoint`. */
export function rightSpelling(name: string): string | undefined {
  return spellings.find(right => right.toLowerCase() === name.toLowerCase())
}

function timeAt(status: Fields, field: string): number | undefined {
  const time = utc(textAt(status, field))
  return time === undefined ? undefined : Date.parse(time)
}

/** RFC 3339 has four digits for the year. */
const lastMs = Date.UTC(9999, 11, 31)

function rfc3339(ms: number | undefined): string | undefined {
  return ms === undefined || Math.abs(ms) > lastMs ? undefined : utcOf(ms)
}
