import type { ObjectEvent } from '../../domain/event.ts'
import { textAt } from '../../domain/fields.ts'
import type { FailedAttempt, Traces } from '../job-operator.ts'
import { triggerOf } from './take/our-savepoint.ts'

/** What both operators leave beside a FlinkCluster (seen on GCP tag -9 and Spotify v0.6). */
export const traces: Traces = {
  // The spec as it was, without the fields whose change starts nothing (controllers/history, newRevisionDataPatch).
  origin: ({ body }) => textAt(body, 'data', 'spec', 'job', 'fromSavepoint'),
  failures,
}

/** client-go's words for an Event that stands for several (tools/record/events_cache.go). */
const combined = '(combined from similar events): '

interface TriggerSeen {
  readonly at: number
  readonly to: number
  readonly id: string
  readonly reason: string
}

/**
 * The attempts that failed. An Event says when, and why in a hundred characters, but not which trigger it was
 * (controllers/flinkcluster_util.go getSavepointEvent): that one is the trigger before it, if nothing else can be meant. Of an
 * Event that happened several times, the first and the last are told.
 */
function failures(events: readonly ObjectEvent[]): readonly FailedAttempt[] {
  const triggers = events.flatMap(triggerSeen)
  const others = events
    .filter(({ reason }) => reason === 'SavepointCreated')
    .concat(events.filter(isManyTriggers))
  return events
    .filter(({ reason }) => reason === 'SavepointFailed')
    .flatMap(event =>
      (event.count > 1 ? [event.first, event.last] : [event.first]).map(at => ({ event, at })),
    )
    .flatMap(({ event, at }) => {
      const attempt = failedAt(event.message, at, triggers, others)
      return attempt ? [attempt] : []
    })
}

function triggerSeen({ reason, message, count, first }: ObjectEvent): TriggerSeen[] {
  const [, why, id] =
    /^Triggered savepoint (?:for )?(.{1,64}?): triggerID ([0-9a-f]{32})\.?$/.exec(message) ?? []
  const isOne = reason === 'SavepointTriggered' && count === 1
  return isOne && why && id ? [{ at: first.from, to: first.to, id, reason: why }] : []
}

function isManyTriggers(event: ObjectEvent): boolean {
  return event.reason === 'SavepointTriggered' && triggerSeen(event).length === 0
}

function failedAt(
  text: string,
  at: ObjectEvent['first'],
  triggers: readonly TriggerSeen[],
  others: readonly ObjectEvent[],
): FailedAttempt | undefined {
  const said = text.startsWith(combined) ? text.slice(combined.length) : text
  const [, reason, refusal] = /^Failed to trigger savepoint (?:for )?(.{1,64}?): (.*)$/s.exec(said) ?? []
  if (refusal !== undefined) return { at: at.from, message: refusal, ...triggered(reason) }
  const [, message] = /^Savepoint creation failed: (.*)$/s.exec(said) ?? []
  if (message === undefined) return undefined
  const trigger = triggerBefore(at, triggers, others)
  if (!trigger) return { at: at.from, message }
  return { at: trigger.at, message, triggerId: trigger.id, ...triggered(trigger.reason) }
}

/** One savepoint is in flight at a time, so that the last trigger before a failure failed, unless something else came between. */
function triggerBefore(
  at: ObjectEvent['first'],
  triggers: readonly TriggerSeen[],
  others: readonly ObjectEvent[],
): TriggerSeen | undefined {
  const before = triggers.findLast(trigger => trigger.at <= at.from)
  if (!before || before.to > at.from + 1) return undefined
  const isUnclear = triggers.some(trigger => trigger !== before && trigger.to > at.from && trigger.at < at.to)
  const other = others.some(({ first, last }) => last.to > before.at && first.from <= at.to)
  return isUnclear || other ? undefined : before
}

function triggered(reason: string | undefined): Pick<FailedAttempt, 'trigger'> {
  const trigger = triggerOf(reason)
  return trigger ? { trigger } : {}
}
