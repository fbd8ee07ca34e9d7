import type { Failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Event, Protocol } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { RestQuestion } from '../../../domain/rest.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import { readFlinkCluster } from '../read.ts'
import { silence } from '../take/endings.ts'
import { requestedSavepoint } from '../take/our-savepoint.ts'
import { hasFailed } from '../take/verdict.ts'
import * as endings from './endings.ts'
import { askOf, check, checked } from './explain.ts'
import { controlEnd, failureKey, isNewControl, ourAttempt, savepointSeen, withoutCancel } from './sight.ts'
import {
  end,
  isSaved,
  keep,
  maxRepeats,
  type StopByAnnotation,
  type StopEffect,
  type StopState,
  type StopStep,
  stopped,
} from './state.ts'
import { isStopping } from './way.ts'
import { annotateJobCancel } from './writes.ts'

const silenceMs = 15_000
const vanishedMs = 2_000
/** Between the end of the job and what the operator says of it: Succeeded comes before Cancelled, and either before the control (seen on Spotify v0.6). */
const settleMs = 15_000

/**
 * Stops the job by the annotation job-cancel (GCP >= -3, Spotify): the operator takes a savepoint and ends the job. It has
 * stopped once the object shows the savepoint of this command, the job's end and the command's. A savepoint that fails
 * ends it on GCP, which lets the job go on; Spotify tries again for ever.
 */
export function stopByAnnotation(
  options: StopByAnnotation,
  refusal: (before: Resource) => Failure | undefined = () => undefined,
): Protocol<StopState, Savepoint> {
  const read = (resource: Resource) => readFlinkCluster(resource, options.operator)
  return {
    ask: before => {
      const refuse = refusal(before)
      if (refuse) return { refuse }
      return isStopping(read(before)) ? { join: joined } : { write: annotateJobCancel(before) }
    },
    begin: before => begin(options, read(before)),
    next: (state, event) => next(options, state, event, read),
  }
}

const joined = 'a job-cancel is under way already: waiting for that one'

function begin(options: StopByAnnotation, facts: JobFacts): StopStep {
  const joins = isStopping(facts)
  const state: StopState = {
    before: joins ? withoutCancel(facts) : facts,
    now: facts,
    known: { ...requestedSavepoint(facts), trigger: 'cancel' },
    phase: 'waiting',
    settling: false,
    settles: 0,
    annotated: joins && facts.command !== undefined,
    reacted: false,
    repeats: 0,
    failures: [],
  }
  if (joins && !options.wait) return stopped(state)
  const first: StopEffect = { type: 'timer', timer: 'silence', inMs: silenceMs }
  if (!joins) return keep(state, first)
  const step = sighted(options, state, facts)
  return keep(step.state, first, ...step.effects)
}

function next(
  options: StopByAnnotation,
  state: StopState,
  event: Event,
  read: (resource: Resource) => JobFacts,
): StopStep {
  switch (event.type) {
    case 'object':
      return sighted(options, state, read(event.object))
    case 'written':
      if (event.id === 'ask' && !options.wait) return stopped(state)
      return event.id === 'ask' ? keep({ ...state, annotated: true }) : askedAgain(state, read(event.before))
    case 'deleted':
      return end(state, endings.deleted(state.now))
    case 'refused':
      return end(state, endings.unwatched(state.now, event.failure))
    case 'rest':
      return state.phase === 'checking'
        ? checked(state, event.answer)
        : explained(state, event.question, event)
    case 'due':
      return due(state, event.timer)
    case 'timeout':
      return end(state, endings.timedOut(state.now, ...soFar(state)))
    case 'interrupted':
      return end(state, endings.interrupted(state.now, ...soFar(state)))
    case 'answer':
    case 'beside':
      return keep(state)
    case 'skipped':
      return keep({ ...state, phase: 'waiting' })
  }
}

/** What the object shows until now is the end of the command before. */
function askedAgain({ ended: _, ...state }: StopState, before: JobFacts): StopStep {
  const known: Savepoint = { ...requestedSavepoint(before), trigger: 'cancel' }
  return keep({ ...state, before, known, annotated: true, reacted: false, phase: 'waiting' })
}

function sighted(options: StopByAnnotation, seen: StopState, now: JobFacts): StopStep {
  if (now.job.uid !== seen.before.job.uid) return end(seen, endings.deleted(seen.now))
  const { before } = seen
  const known = isSaved(seen) ? seen.known : (savepointSeen(before, now, seen.known) ?? seen.known)
  const ended = controlEnd(before, now) ?? seen.ended
  const reacted = seen.reacted || isNewControl(before, now) || ourAttempt(before, now) !== undefined
  const vanished = seen.annotated && now.command === undefined
  const annotated = seen.annotated && !vanished
  const state: StopState = { ...seen, now, known, reacted, annotated, ...(ended && { ended }) }
  const told = tellFailure(options, state)
  const step = judge(told.state)
  const asks = vanished && !reacted ? [{ type: 'timer', timer: 'vanished', inMs: vanishedMs } as const] : []
  return keep(step.state, ...told.effects, ...asks, ...step.effects)
}

function judge(state: StopState): StopStep {
  const { now, ended, phase } = state
  if (phase !== 'waiting') return keep(state)
  if (!now.stopped) {
    const going = { ...state, settling: false }
    return ended?.state === 'Failed' ? failing(going) : keep(going)
  }
  if (isSaved(state) && ended) return stopped(state)
  if (state.settling) return keep(state)
  const settles = state.settles + 1
  return keep(
    { ...state, settling: true, settles },
    { type: 'timer', timer: `settled-${settles}`, inMs: settleMs },
  )
}

/** The operator has given up, and the job goes on. */
function failing(state: StopState): StopStep {
  const { now, known, ended } = state
  if (!isSaved(state)) return check(state)
  return end(state, endings.goesOn(now, known.location ?? '', ended?.message ?? 'the operator says no more'))
}

function due(state: StopState, timer: string): StopStep {
  if (timer === 'silence' && !state.reacted && !state.now.stopped)
    return keep(state, { type: 'tell', text: silence })
  if (timer === `settled-${state.settles}` && state.settling)
    return isSaved(state) ? stopped(state) : check({ ...state, settling: false })
  if (timer === 'vanished' && isUnanswered(state)) return askAgain({ ...state, repeats: state.repeats + 1 })
  if (timer === 'again' && state.phase === 'pausing') return askAgain(state)
  return keep(state)
}

function askAgain(state: StopState): StopStep {
  return keep({ ...state, phase: 'asking' }, { type: 'write', id: 'again', make: annotateJobCancel })
}

/** The annotation is gone and nothing has come of it: Spotify loses one that meets the end of the last command of its name (controllers/flinkcluster/flinkcluster_updater.go clearControlAnnotation). */
function isUnanswered({ phase, annotated, reacted, repeats, now }: StopState): boolean {
  return phase === 'waiting' && !annotated && !reacted && !now.stopped && repeats < maxRepeats
}

/** Where the operator tries again by itself each failure is told, by Flink's words where they can be had. */
function tellFailure(options: StopByAnnotation, state: StopState): StopStep {
  const attempt = ourAttempt(state.before, state.now)
  if (!attempt || !hasFailed(attempt) || isSaved(state) || options.operator !== 'spotify') return keep(state)
  const key = failureKey(attempt)
  if (state.failures.includes(key)) return keep(state)
  const lastFailure = state.known.failure
  const told = { ...state, failures: [...state.failures, key], ...(lastFailure && { lastFailure }) }
  return keep(told, askOf(attempt.flinkJobId, attempt.triggerId) ?? again(told))
}

function explained(
  state: StopState,
  question: RestQuestion,
  { answer }: Extract<Event, { type: 'rest' }>,
): StopStep {
  if (answer.answer !== 'savepoint' || answer.savepoint.state !== 'FAILED') return keep(state, again(state))
  const lastFailure = answer.savepoint.failure
  const ours = question.ask === 'savepoint' && question.triggerId === state.known.triggerId
  const known =
    ours && state.known.state === 'Failed' ? { ...state.known, failure: lastFailure } : state.known
  const told = { ...state, known, lastFailure }
  return keep(told, again(told))
}

function again({ now, lastFailure }: StopState): StopEffect {
  const cause = lastFailure?.rootCause ?? lastFailure?.message ?? 'the operator gives no reason'
  return {
    type: 'tell',
    text: `the savepoint of ${now.shown} failed: ${cause}; the operator tries again by itself`,
  }
}

function soFar({ known, lastFailure }: StopState): string[] {
  if (known.location !== undefined) return [`its savepoint is complete: ${known.location}`]
  return lastFailure ? [`its last savepoint failed: ${lastFailure.rootCause ?? lastFailure.message}`] : []
}
