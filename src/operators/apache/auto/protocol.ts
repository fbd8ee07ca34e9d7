import { type Failure, failure, withHints } from '../../../domain/failure.ts'
import type { Ask, Event, Protocol, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { silence, triesAgain } from '../endings.ts'
import { type ApacheFacts, ownFacts } from '../facts.ts'
import { operatorName } from '../operator.ts'
import { readJob } from '../read.ts'
import type { StatusError } from '../status-error.ts'
import { savepointLeft } from '../stop/sight.ts'
import { autoChanges, autoPatch, restarts } from './changes.ts'
import { autoRefusal } from './plan.ts'

interface AutoState {
  readonly before: ApacheFacts
  readonly now: ApacheFacts
  readonly patched: boolean
  readonly restarts: boolean
  /** Taken by the operator for the restart. */
  readonly saved?: Savepoint
  /** What was said last of why the job still runs as before, which blinks (seen on 1.7.0 and 1.15.0). */
  readonly lastError?: StatusError
}

type AutoStep = Step<AutoState, Savepoint | undefined>

const silenceMs = 15_000
/** The operator validates a changed spec within its first loop after it (0.1 s, seen on 1.7.0). */
const validMs = 5_000

/** Sets automatic savepoints by one patch. Where a setting of Flink's own changes the operator restarts the job: then this waits until it runs again. */
export function changeSettings(wish: AutomaticWish): Protocol<AutoState, Savepoint | undefined> {
  const read = (resource: Resource) => readJob(resource, operatorName(wish.build))
  const asOf = (resource: Resource) => ({ ...wish, resource, facts: read(resource) })
  return {
    ask: before => ask(asOf(before)),
    begin: before => {
      const facts = read(before)
      const state = { before: facts, now: facts, patched: false, restarts: false }
      return autoChanges(asOf(before)).length === 0 ? end(state) : keep(state)
    },
    next: (state, event) => next(state, event, asOf),
  }
}

function ask(wish: AutomaticWish): Ask {
  if (autoChanges(wish).length === 0) return { join: `${wish.facts.shown} has these settings already` }
  const refusal = autoRefusal(wish)
  return refusal ? { refuse: refusal } : { write: autoPatch(wish) }
}

function next(state: AutoState, event: Event, asOf: (resource: Resource) => AutomaticWish): AutoStep {
  switch (event.type) {
    case 'object':
      return sighted(state, ownFacts(asOf(event.object).facts))
    case 'written':
      return written(state, asOf(event.before), event)
    case 'deleted':
      return end(state, notRunning(state, 'it was deleted'))
    case 'refused':
      return end(state, withChanges(state, event.failure))
    case 'due':
      return due(state, event.timer)
    case 'timeout':
      return end(state, lastWords(state, 'timed-out'))
    case 'interrupted':
      return end(state, lastWords(state, 'interrupted'))
    default:
      return keep(state)
  }
}

function written(
  state: AutoState,
  wish: AutomaticWish,
  { before, after }: Extract<Event, { type: 'written' }>,
): AutoStep {
  const { shown } = state.now
  if (before.metadata.generation === after.metadata.generation)
    return end(state, failure('not-asked', `nothing was changed: ${shown} has these values already`))
  const facts = ownFacts(wish.facts)
  const restart = restarts(wish) && facts.wish.wanted === 'running'
  const patched = { ...state, before: facts, patched: true, restarts: restart }
  if (!wish.wait) return end(patched)
  return restart
    ? keep(patched, { type: 'timer', timer: 'silence', inMs: silenceMs })
    : keep(patched, { type: 'timer', timer: 'valid', inMs: validMs })
}

function sighted(old: AutoState, now: ApacheFacts): AutoStep {
  if (now.job.uid !== old.before.job.uid) return end(old, notRunning(old, 'it was deleted and created again'))
  const saved = old.saved ?? (old.restarts ? savepointLeft(old.before, now) : undefined)
  const state: AutoState = { ...old, now, ...(saved && { saved }) }
  if (!state.patched) return keep(state)
  const { error, caughtUp } = now
  if (error?.type === 'ValidationException' && error.message !== state.before.error?.message)
    return end(state, refusedByOperator(state, error.message))
  if (!state.restarts) return caughtUp === true ? end(state) : keep(state)
  return error && now.running && !isNew(state) ? blocked(state, error) : judge(state)
}

/** The job goes on, and each loop of the operator tries to stop it again: told once, as long as it is not another error. */
function blocked(state: AutoState, error: StatusError): AutoStep {
  const said = { ...state, lastError: error }
  const isNews = whyBlocked(said) !== whyBlocked(state)
  return keep(said, ...(isNews ? [{ type: 'tell', text: whyBlocked(said) } as const] : []))
}

function whyBlocked({ now, lastError }: AutoState): string {
  return lastError ? triesAgain(now, 'stopped for the change', lastError) : ''
}

function isNew({ now, before }: AutoState): boolean {
  return now.startedMs !== before.startedMs || now.flinkJobId !== before.flinkJobId
}

function judge(state: AutoState): AutoStep {
  const { now } = state
  if (now.caughtUp === false || now.wish.reconciled !== 'running') return keep(state)
  if (now.jobManager === 'ERROR' || (now.state === 'FAILED' && isNew(state))) {
    const { rootCause, message } = now.error ?? { message: 'the operator gives no reason' }
    return end(state, notRunning(state, rootCause ?? message))
  }
  const ready = now.jobManager === undefined || now.jobManager === 'READY'
  return now.running && ready && isNew(state) ? end(state) : keep(state)
}

function due(state: AutoState, timer: string): AutoStep {
  if (timer === 'valid') return end(state)
  const { now, before } = state
  const same = now.state === before.state && now.lifecycle === before.lifecycle && now.error === undefined
  return timer === 'silence' && same ? keep(state, { type: 'tell', text: silence }) : keep(state)
}

function keep(state: AutoState, ...effects: AutoStep['effects']): AutoStep {
  return { state, effects }
}

function end(state: AutoState, reason?: Failure): AutoStep {
  const outcome = reason ? { result: state.saved, failure: reason } : { result: state.saved }
  return keep(state, { type: 'done', outcome })
}

// ---- the words with which it ends when it does not end well

function refusedByOperator({ now }: AutoState, message: string): Failure {
  const text = `the operator refuses the new settings of ${now.shown}, and goes on with those before: ${message}`
  return failure('no', text, ...changed(now))
}

function notRunning({ now, saved }: AutoState, why: string): Failure {
  const text = `${now.shown} does not run with its new settings: ${why}`
  return failure('no', text, ...savedBefore(saved), ...changed(now))
}

function lastWords(state: AutoState, code: 'timed-out' | 'interrupted'): Failure {
  const { now, saved, patched, lastError } = state
  if (!patched)
    return failure(code, `${code === 'timed-out' ? 'timed out' : 'interrupted'}; nothing was changed`)
  const text =
    code === 'timed-out'
      ? `timed out waiting for ${now.shown} to run again with its new settings (its job is ${now.state}); it may still do so`
      : `interrupted; the restart of ${now.shown} goes on`
  const why = lastError && !isNew(state) ? [whyBlocked(state)] : []
  return failure(code, text, ...why, ...savedBefore(saved), ...changed(now))
}

function withChanges({ now, patched }: AutoState, reason: Failure): Failure {
  return withHints(reason, patched ? changed(now) : ['nothing was changed'])
}

function savedBefore(saved: Savepoint | undefined): string[] {
  return saved?.location === undefined ? [] : [`the operator saved the state before: ${saved.location}`]
}

function changed({ shown, job }: ApacheFacts): string[] {
  return ['changed: spec.flinkConfiguration', `to look: kubectl get ${shown} -n ${job.namespace} -o yaml`]
}
