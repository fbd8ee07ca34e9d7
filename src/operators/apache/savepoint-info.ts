import { type Fields, fieldsAt, integerAt, listAt, textAt } from '../../domain/fields.ts'
import type { Trigger } from '../../domain/savepoint.ts'
import { utcOf } from '../../domain/time.ts'

/** One that the operator keeps in `lastSavepoint` or `savepointHistory`. */
export interface KeptSavepoint {
  readonly location: string
  /** Of a manual or periodic one when it was triggered, else when it was noted; epoch ms. */
  readonly at?: number
  /** Absent for UNKNOWN: what the job was started from, with the time of its creation (seen on 1.7.0). */
  readonly trigger?: Trigger
  readonly format?: 'CANONICAL' | 'NATIVE'
  readonly nonce?: number
}

/** One that the operator has triggered and not seen the end of. */
export interface SavepointInFlight {
  readonly id: string
  readonly at?: number
  readonly trigger?: Trigger
  readonly format?: 'CANONICAL' | 'NATIVE'
}

/** `status.jobStatus.savepointInfo`, as operators up to 1.9 fill it, and later ones where snapshots are off (both seen). */
export interface SavepointInfo {
  readonly inFlight?: SavepointInFlight
  readonly last?: KeptSavepoint
  /** Oldest first; may hold `last`. */
  readonly history: readonly KeptSavepoint[]
  /** Epoch ms. */
  readonly lastPeriodic?: number
}

/** More than the operator keeps (savepoint.history.max.count is 10). */
const longestHistory = 500

export function savepointInfoOf(jobStatus: Fields): SavepointInfo {
  const info = fieldsAt(jobStatus, 'savepointInfo')
  const inFlight = inFlightOf(info)
  const last = keptOf(fieldsAt(info, 'lastSavepoint'))
  const lastPeriodic = integerAt(info, 'lastPeriodicSavepointTimestamp')
  const history = listAt(info, 'savepointHistory').slice(-longestHistory).map(keptOf)
  return {
    ...(inFlight && { inFlight }),
    ...(last && { last }),
    history: history.filter(kept => kept !== undefined),
    // 0: never.
    ...(lastPeriodic !== undefined && lastPeriodic > 0 && { lastPeriodic }),
  }
}

function inFlightOf(info: Fields): SavepointInFlight | undefined {
  const id = textAt(info, 'triggerId')
  return id === undefined ? undefined : { id, ...described(info, 'triggerTimestamp') }
}

function keptOf(savepoint: Fields): KeptSavepoint | undefined {
  const location = textAt(savepoint, 'location')
  const nonce = integerAt(savepoint, 'triggerNonce')
  if (location === undefined) return undefined
  return { location, ...described(savepoint, 'timeStamp'), ...(nonce !== undefined && { nonce }) }
}

function described(from: Fields, time: string): Pick<KeptSavepoint, 'at' | 'trigger' | 'format'> {
  const at = integerAt(from, time)
  const trigger = triggerOf(textAt(from, 'triggerType'))
  const format = formatOf(textAt(from, 'formatType'))
  return {
    ...(at !== undefined && at > 0 && { at }),
    ...(trigger && { trigger }),
    ...(format && { format }),
  }
}

const triggers: ReadonlyMap<string, Trigger> = new Map([
  ['MANUAL', 'manual'],
  ['PERIODIC', 'scheduled'],
  ['UPGRADE', 'update'],
])

/** SnapshotTriggerType.java. */
export function triggerOf(type: string | undefined): Trigger | undefined {
  return type === undefined ? undefined : triggers.get(type)
}

export function formatOf(type: string | undefined): 'CANONICAL' | 'NATIVE' | undefined {
  return type === 'CANONICAL' || type === 'NATIVE' ? type : undefined
}

/** The last millisecond that has four digits for the year. */
const lastMs = Date.UTC(9999, 11, 31)

/** Epoch milliseconds as RFC 3339; undefined for what is no time. */
export function timeAt(ms: number | undefined): string | undefined {
  return ms === undefined || ms <= 0 || ms > lastMs ? undefined : utcOf(ms)
}
