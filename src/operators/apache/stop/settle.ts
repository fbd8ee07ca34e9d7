import { type Failure, failure, withHints } from '../../../domain/failure.ts'
import { textAt } from '../../../domain/fields.ts'
import type { Write } from '../../../domain/ports.ts'
import type { Event, Protocol, Step } from '../../../domain/protocol.ts'
import { type Resource, refOf, shortName } from '../../../domain/resource.ts'
import type { StopWish } from '../../job-operator.ts'
import { patchBack } from '../kept-settings.ts'
import { patchJob } from '../restore/writes.ts'
import { howToPatch } from './endings.ts'
import { unsetAfterStop } from './settings.ts'

type SettleStep = Step<undefined, undefined>

/** Once the job is suspended: puts back what the stop has set in spec.flinkConfiguration, where it would count for every later stop. Restarts nothing. */
export function settleStop(wish: StopWish): Protocol<undefined, undefined> {
  const make = (newest: Resource) => putBack(wish, newest)
  return {
    ask: () => ({ join: '' }),
    begin: newest => (putBack(wish, newest) ? keep({ type: 'write', id: 'put back', make }) : end()),
    next: (_, event) => next(wish, event),
  }
}

function putBack({ facts }: StopWish, newest: Resource): Write | undefined {
  const beside = patchBack(newest)
  const isOurs = newest.metadata.uid === facts.job.uid && beside.annotations !== undefined
  // Of a job that somebody has started again another directory would be a restart.
  const isStopped = textAt(newest.spec, 'job', 'state') === 'suspended'
  return isOurs && isStopped ? patchJob(newest, undefined, beside) : undefined
}

function next(wish: StopWish, event: Event): SettleStep {
  switch (event.type) {
    case 'written':
    case 'skipped':
    case 'deleted':
      return end()
    case 'refused':
      return end(notPutBack(wish, event.failure))
    case 'timeout':
      return end(notPutBack(wish, failure('timed-out', 'timed out')))
    case 'interrupted':
      return end(notPutBack(wish, failure('interrupted', 'interrupted')))
    default:
      return keep()
  }
}

function notPutBack(wish: StopWish, reason: Failure): Failure {
  const { resource } = wish
  const hints = [
    `what was set for the stop stays in spec.flinkConfiguration of ${shortName(refOf(resource))}, until resume puts it back`,
    `to put it back now: ${howToPatch(wish, undefined, unsetAfterStop(wish))}`,
  ]
  return withHints(reason, hints)
}

function keep(...effects: SettleStep['effects']): SettleStep {
  return { state: undefined, effects }
}

function end(reason?: Failure): SettleStep {
  const outcome = reason ? { result: undefined, failure: reason } : { result: undefined }
  return { state: undefined, effects: [{ type: 'done', outcome }] }
}
