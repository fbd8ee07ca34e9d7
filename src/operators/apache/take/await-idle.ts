import { type Failure, failure } from '../../../domain/failure.ts'
import type { Event, Protocol, Step } from '../../../domain/protocol.ts'
import { gone } from '../endings.ts'
import type { ApacheFacts } from '../facts.ts'
import { readJob } from '../read.ts'
import { isBusy } from './choose-take.ts'

/** Writes nothing and ends when the operator has no savepoint of the job in flight, and none that is asked for. */
export function awaitIdle(): Protocol<ApacheFacts, undefined> {
  return {
    ask: () => ({ join: '' }),
    begin: before => seen(readJob(before)),
    next,
  }
}

function next(state: ApacheFacts, event: Event): Step<ApacheFacts, undefined> {
  switch (event.type) {
    case 'object':
      return seen(readJob(event.object))
    case 'deleted':
      return done(state, gone(state))
    case 'refused':
      return done(state, event.failure)
    case 'timeout':
      return done(
        state,
        failure(
          'timed-out',
          `timed out waiting for the savepoint in flight of ${state.shown}; nothing was asked`,
        ),
      )
    case 'interrupted':
      return done(state, failure('interrupted', 'interrupted; nothing was asked'))
    default:
      return { state, effects: [] }
  }
}

function seen(now: ApacheFacts): Step<ApacheFacts, undefined> {
  return isBusy(now) ? { state: now, effects: [] } : done(now)
}

function done(state: ApacheFacts, reason?: Failure): Step<ApacheFacts, undefined> {
  const outcome = reason ? { result: undefined, failure: reason } : { result: undefined }
  return { state, effects: [{ type: 'done', outcome }] }
}
