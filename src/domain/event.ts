import { integerAt, textAt } from './fields.ts'
import type { Resource } from './resource.ts'
import { utc } from './time.ts'

/** Something that happened to an object, perhaps several times: a core/v1 Event. Times are epoch ms. */
export interface ObjectEvent {
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly first: Moment
  readonly last: Moment
}

/** It happened at some time from `from` up to (and not at) `to`. */
export interface Moment {
  readonly from: number
  readonly to: number
}

/** More than the name's time and the first time may differ, when both are of one clock. */
const sameSecondMs = 1_000

/** The Events that are about this object, in the order in which they began. Of another uid, or without times, they are left out. */
export function eventsOf(resources: readonly Resource[], uid: string): ObjectEvent[] {
  return resources
    .flatMap(resource => {
      const event = eventOf(resource, uid)
      return event ? [event] : []
    })
    .sort((a, b) => a.first.from - b.first.from)
}

function eventOf({ body, metadata }: Resource, uid: string): ObjectEvent | undefined {
  const reason = textAt(body, 'reason')
  const message = textAt(body, 'message')
  // Recorders of events.k8s.io leave firstTimestamp, lastTimestamp and count empty.
  const first = momentOf(textAt(body, 'firstTimestamp') ?? textAt(body, 'eventTime'))
  const last = momentOf(textAt(body, 'series', 'lastObservedTime') ?? textAt(body, 'lastTimestamp')) ?? first
  if (textAt(body, 'involvedObject', 'uid') !== uid) return undefined
  if (reason === undefined || message === undefined || first === undefined || last === undefined)
    return undefined
  const count = integerAt(body, 'series', 'count') ?? integerAt(body, 'count') ?? 1
  const begun = exactly(metadata.name, first)
  return { reason, message, count, first: begun, last: count > 1 ? last : begun }
}

/** Kubernetes' own times are whole seconds. */
function momentOf(time: string | undefined): Moment | undefined {
  const at = utc(microsecondsAsMilliseconds(time))
  if (at === undefined) return undefined
  const from = Date.parse(at)
  return { from, to: from + (at.includes('.') ? 1 : 1_000) }
}

/** A MicroTime has six digits (meta/v1). */
function microsecondsAsMilliseconds(time: string | undefined): string | undefined {
  return time?.replace(/(\.\d{3})\d+(?=Z|[+-])/, '$1')
}

/** client-go names an Event after its object and the nanosecond, in hex, in which it first happened (tools/record/event.go makeEvent). */
function exactly(name: string, first: Moment): Moment {
  const [, hex] = /\.([0-9a-f]{16})$/.exec(name) ?? []
  const at = hex === undefined ? Number.NaN : Number(BigInt(`0x${hex}`) / 1_000_000n)
  return at >= first.from && at < first.from + sameSecondMs ? { from: at, to: at } : first
}
