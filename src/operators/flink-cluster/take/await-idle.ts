import { type Failure, failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Event, Protocol, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { OperatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import { isBusy } from './choose-take.ts'
import { gone } from './endings.ts'

interface IdleState {
  readonly now: JobFacts
  /** How often it became idle; the timer of an earlier time counts no more. */
  readonly times: number
  readonly busy: boolean
}

/** Spotify repeats an annotation take up to 0.3 s after it has succeeded (seen on v0.6): only a quiet second is the end. */
const quietMs = 1_000

/** Writes nothing and ends when no savepoint of the job has been in flight for 1 s. */
export function awaitIdle(operator: OperatorName | undefined): Protocol<IdleState, undefined> {
  const read = (resource: Resource) => readFlinkCluster(resource, operator)
  return {
    ask: () => ({ join: '' }),
    begin: before => sighted({ now: read(before), times: 0, busy: true }, read(before)),
    next: (state, event) => next(state, event, read),
  }
}

function next(
  state: IdleState,
  event: Event,
  read: (resource: Resource) => JobFacts,
): Step<IdleState, undefined> {
  switch (event.type) {
    case 'object':
      return sighted(state, read(event.object))
    case 'due':
      return event.timer === `quiet-${state.times}` && !state.busy ? done(state) : keep(state)
    case 'deleted':
      return done(state, gone(state.now))
    case 'refused':
      return done(state, event.failure)
    case 'timeout':
      return done(
        state,
        failure(
          'timed-out',
          `timed out waiting for the savepoint in flight of ${state.now.shown}; nothing was asked`,
        ),
      )
    case 'interrupted':
      return done(state, failure('interrupted', 'interrupted; nothing was asked'))
    default:
      return keep(state)
  }
}

function sighted(state: IdleState, now: JobFacts): Step<IdleState, undefined> {
  const busy = isBusy(now)
  if (busy || !state.busy) return keep({ ...state, now, busy })
  const times = state.times + 1
  return {
    state: { now, times, busy },
    effects: [{ type: 'timer', timer: `quiet-${times}`, inMs: quietMs }],
  }
}

function keep(state: IdleState): Step<IdleState, undefined> {
  return { state, effects: [] }
}

function done(state: IdleState, reason?: Failure): Step<IdleState, undefined> {
  const outcome = reason ? { result: undefined, failure: reason } : { result: undefined }
  return { state, effects: [{ type: 'done', outcome }] }
}
