import { type Failure, failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Effect, Event, Protocol, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { StopWish } from '../../job-operator.ts'
import { operatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import * as endings from './endings.ts'
import { keepsCluster } from './way.ts'
import { howToPutBack, putBack } from './writes.ts'

interface Settling {
  readonly now: JobFacts
  /** The policy is being put back. */
  readonly writing: boolean
}

type SettleStep = Step<Settling, undefined>

/**
 * After a stop through Flink whose savepoint is recorded: puts the cleanupPolicy back, and waits until the operator shows
 * the job ended. A policy that cannot be put back is a warning: the job is stopped, and its savepoint known.
 */
export function settleStop(wish: StopWish): Protocol<Settling, undefined> {
  const read = (resource: Resource) => readFlinkCluster(resource, operatorName(wish.build))
  const writing = keepsCluster(wish)
  const write: Effect<undefined> = {
    type: 'write',
    id: 'put back',
    make: newest => putBack(wish.resource, newest),
  }
  return {
    ask: () => ({ join: '' }),
    begin: before => {
      const step = seen({ now: read(before), writing })
      return writing ? { state: step.state, effects: [write] } : step
    },
    next: (state, event) => next(wish, state, event, read),
  }
}

function next(
  wish: StopWish,
  state: Settling,
  event: Event,
  read: (resource: Resource) => JobFacts,
): SettleStep {
  const { now } = state
  switch (event.type) {
    case 'object':
      return seen({ ...state, now: read(event.object) })
    case 'written':
    case 'skipped':
      return seen({ ...state, writing: false })
    case 'deleted':
      return done(state)
    case 'refused':
      return event.id === 'put back' ? notPutBack(wish, state, event.failure) : done(state, event.failure)
    case 'timeout':
      return done(state, unseen(now, 'timed-out', 'timed out waiting for'))
    case 'interrupted':
      return done(state, unseen(now, 'interrupted', 'interrupted while waiting for'))
    default:
      return { state, effects: [] }
  }
}

function notPutBack(wish: StopWish, state: Settling, { message }: Failure): SettleStep {
  const text = `Warning: cleanupPolicy.afterJobSucceeds of ${state.now.shown} is KeepCluster, and could not be put back: ${message}`
  // A stopped job lets nothing be changed there but with a savepoint to start from (flinkcluster_validate.go validateJobUpdate).
  const byHand = wish.build === 'spotify' ? '' : `; by hand: ${howToPutBack(wish.resource)}`
  const how = `its JobManager and TaskManagers stay until then: resume puts it back${byHand}`
  const step = seen({ ...state, writing: false })
  return {
    state: step.state,
    effects: [{ type: 'warn', text }, { type: 'warn', text: how }, ...step.effects],
  }
}

function seen(state: Settling): SettleStep {
  return state.now.stopped && !state.writing ? done(state) : { state, effects: [] }
}

function unseen(now: JobFacts, code: 'timed-out' | 'interrupted', waiting: string): Failure {
  const text = `${waiting} the operator to show ${now.shown} stopped; Flink has stopped its job with the savepoint`
  return failure(code, text, endings.look(now))
}

function done(state: Settling, failed?: Failure): SettleStep {
  const outcome = failed ? { result: undefined, failure: failed } : { result: undefined }
  return { state, effects: [{ type: 'done', outcome }] }
}
