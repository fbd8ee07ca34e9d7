import { type Failure, failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { Protocol, Step } from '../../domain/protocol.ts'
import type { StopWish } from '../job-operator.ts'
import { operatorName } from './operator.ts'
import { readFlinkCluster } from './read.ts'
import * as endings from './stop-endings.ts'
import { keepsCluster } from './stop-way.ts'
import { putBack } from './stop-writes.ts'

/** After a stop through Flink whose savepoint is recorded: puts the cleanupPolicy back, and waits until the operator shows the job ended. */
export function settleStop(wish: StopWish): Protocol<JobFacts, undefined> {
  const read = (resource: StopWish['resource']) => readFlinkCluster(resource, operatorName(wish.build))
  return {
    ask: newest => {
      const write = keepsCluster(wish) ? putBack(wish.resource, newest) : undefined
      return write ? { write } : { join: '' }
    },
    begin: before => seen(read(before)),
    next: (now, event) => {
      switch (event.type) {
        case 'object':
          return seen(read(event.object))
        case 'deleted':
          return done(now)
        case 'refused':
          return done(now, event.failure)
        case 'timeout':
          return done(now, unseen(now, 'timed-out', 'timed out waiting for'))
        case 'interrupted':
          return done(now, unseen(now, 'interrupted', 'interrupted while waiting for'))
        default:
          return { state: now, effects: [] }
      }
    },
  }
}

function seen(now: JobFacts): Step<JobFacts, undefined> {
  return now.stopped ? done(now) : { state: now, effects: [] }
}

function unseen(now: JobFacts, code: 'timed-out' | 'interrupted', waiting: string): Failure {
  const text = `${waiting} the operator to show ${now.shown} stopped; Flink has stopped its job with the savepoint`
  return failure(code, text, endings.look(now))
}

function done(state: JobFacts, failed?: Failure): Step<JobFacts, undefined> {
  const outcome = failed ? { result: undefined, failure: failed } : { result: undefined }
  return { state, effects: [{ type: 'done', outcome }] }
}
