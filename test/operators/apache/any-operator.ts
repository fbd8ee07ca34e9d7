import type { Fields } from '../../../src/domain/fields.ts'
import type { Event } from '../../../src/domain/protocol.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { Dice } from '../../support/dice.ts'
import { carriedOut, type Happening, job, snapshot } from './story.ts'

export const target = 's3://bucket/orders/savepoint-ef5f05-00000000000f'
const other = 's3://bucket/orders/savepoint-ef5f05-0000000000ee'

/** What was taken since the request: location by trigger, and for whom. */
export interface Taken {
  readonly location: string
  readonly manual: boolean
}

interface Trigger {
  readonly id: string
  readonly at: number
  readonly manual: boolean
  state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
}

/** An operator that does anything an Apache operator was ever seen doing, in any order; and the Flink behind it. */
export interface AnyOperator {
  /** Something happens; not everything shows. */
  act(): Happening
  answer(question: RestQuestion): RestAnswer
  readonly taken: ReadonlyMap<string, Taken>
  readonly failures: number
}

export function anyTaker(chance: Dice): AnyOperator {
  const triggers: Trigger[] = []
  const taken = new Map<string, Taken>()
  const history: Fields[] = []
  let failures = 0
  let current: Trigger | undefined
  const locationOf = ({ id }: Trigger) => `s3://bucket/orders/savepoint-ef5f05-${id.slice(0, 12)}`
  const begin = (manual: boolean): Trigger => {
    const id = (triggers.length + 1).toString(16).padStart(12, '0').padEnd(32, 'e')
    const trigger: Trigger = {
      id,
      at: 1_795_357_000_000 + triggers.length * 1_000,
      manual,
      state: 'IN_PROGRESS',
    }
    triggers.push(trigger)
    return trigger
  }
  const complete = (trigger: Trigger) => {
    trigger.state = 'COMPLETED'
    taken.set(trigger.id, { location: locationOf(trigger), manual: trigger.manual })
  }
  const fail = (trigger: Trigger) => {
    failures++
    if (trigger.state === 'IN_PROGRESS') trigger.state = 'FAILED'
  }
  const info = (savepointInfo: Fields) => ({ status: { jobStatus: { savepointInfo } } })
  const untriggered = { triggerId: null, triggerTimestamp: null, triggerType: null }

  /** By nonce. */
  const trigger = (): Happening => {
    if (current) return nothing
    const begun = begin(!chance.once(4))
    current = begun
    const triggerType = begun.manual ? 'MANUAL' : 'PERIODIC'
    return job(info({ triggerId: begun.id, triggerTimestamp: begun.at, triggerType }))
  }
  const succeed = (): Happening => {
    const ended = current
    if (!ended) return nothing
    current = undefined
    complete(ended)
    const kept = {
      location: locationOf(ended),
      timeStamp: ended.at,
      triggerType: ended.manual ? 'MANUAL' : 'PERIODIC',
    }
    return scene => {
      const nonce = specNonce(scene.job)
      // The operator puts a new object in its place: the nonce of the one before does not stay.
      const triggerNonce = ended.manual && nonce !== undefined ? nonce : null
      const last = { ...kept, triggerNonce }
      // A savepoint that another one follows is not lost: every lastSavepoint is appended (seen on 1.7.0), and ten are kept by default.
      history.push(last)
      const change = info({ ...untriggered, lastSavepoint: last, savepointHistory: history.slice(-10) })
      return ended.manual ? carriedOut(change)(scene) : job(change)(scene)
    }
  }
  const lose = (): Happening => {
    const ended = current
    if (!ended) return nothing
    current = undefined
    failures++
    if (chance.once(4)) complete(ended)
    else ended.state = 'FAILED'
    return chance.once(3) ? carriedOut(info(untriggered)) : job(info(untriggered))
  }
  const meddle = (): Happening => {
    const nonce = chance.roll(30) + 10
    return chance.once(2) ? job({ spec: { job: { savepointTriggerNonce: nonce } } }) : carriedOut()
  }
  /** By snapshot: ours, or one that the operator makes for the nonce. */
  const followed: { name?: string; trigger?: Trigger } = {}
  const touch = (): Happening => snapshot({ metadata: { finalizers: ['x'] } }, followed.name)
  const run = (): Happening => {
    followed.trigger ??= begin(true)
    const { id: triggerId } = followed.trigger
    return snapshot({ status: { state: 'IN_PROGRESS', triggerId } }, followed.name)
  }
  const finish = (): Happening => {
    const ended = followed.trigger
    if (!ended || ended.state === 'FAILED') return nothing
    complete(ended)
    return snapshot({ status: { state: 'COMPLETED', path: locationOf(ended) } }, followed.name)
  }
  const abandon = (): Happening => {
    if (followed.trigger) fail(followed.trigger)
    failures++
    const error = chance.pick([
      'x is not running',
      'IO-problem detected.',
      'Not all required tasks are currently running',
    ])
    return snapshot({ status: { state: chance.pick(['FAILED', 'ABANDONED']), error } }, followed.name)
  }
  const make = (): Happening => {
    const name = `orders-savepoint-manual-${triggers.length + 1}`
    followed.name ??= name
    return snapshot(
      {
        apiVersion: 'flink.apache.org/v1beta1',
        kind: 'FlinkStateSnapshot',
        metadata: { name: followed.name, namespace: 'default', uid: followed.name },
        spec: { jobReference: { kind: 'FlinkDeployment', name: 'orders' } },
      },
      followed.name,
    )
  }
  const change = (): Happening => {
    const state = chance.pick(['RUNNING', 'RUNNING', 'RESTARTING', 'RECONCILING', 'FAILED'])
    if (state !== 'RUNNING') failures++
    return job({ status: { jobStatus: { state } } })
  }
  const happenings = [
    trigger,
    trigger,
    trigger,
    succeed,
    succeed,
    lose,
    meddle,
    change,
    touch,
    run,
    run,
    finish,
    abandon,
    make,
  ]
  return {
    taken,
    get failures() {
      return failures
    },
    act() {
      return happenings[chance.roll(happenings.length)]?.() ?? nothing
    },
    answer(question) {
      if (chance.once(4)) return { answer: 'unreachable', reason: 'no answer', mayHaveBeenSent: true }
      if (question.ask !== 'savepoint') return { answer: 'exceptions', rootCause: undefined }
      const asked = triggers.find(({ id }) => id === question.triggerId)
      if (!asked) return { answer: 'refused', status: 404, reason: 'unknown trigger' }
      if (asked.state === 'COMPLETED')
        return { answer: 'savepoint', savepoint: { state: 'COMPLETED', location: locationOf(asked) } }
      if (asked.state === 'IN_PROGRESS') return { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } }
      return { answer: 'savepoint', savepoint: { state: 'FAILED', failure: { message: 'disk full' } } }
    },
  }
}

const nothing: Happening = () => []

function specNonce(body: Fields): unknown {
  const spec = body['spec'] as { job: Fields }
  return spec.job['savepointTriggerNonce']
}

/** A job that is restarted, well or not, by an operator that may do so again and again; and its Flink. */
export function anyRestarter(
  chance: Dice,
): Pick<AnyOperator, 'act' | 'answer'> & { readonly shown: Fields[] } {
  let jobs = 0
  const shown: Fields[] = []
  const started = () => ({
    jobId: String(++jobs).padStart(32, 'd'),
    startTime: String(1_795_358_700_000 + jobs),
  })
  const status = (jobStatus: Fields, more: Fields = {}) => ({ status: { ...more, jobStatus } })
  const path = () => chance.pick([target, target, target, other])
  const happenings = [
    () => job(status({ state: 'FINISHED', jobId: 'c'.repeat(32), upgradeSavepointPath: path() })),
    () => carriedOut(status({ state: 'RECONCILING' }, { jobManagerDeploymentStatus: 'DEPLOYING' })),
    () => carriedOut(),
    () => job(status({ state: 'RUNNING', ...started() }, { jobManagerDeploymentStatus: 'READY' })),
    () => job(status({ state: 'RUNNING', ...started() }, { jobManagerDeploymentStatus: 'READY' })),
    () => job(status({ upgradeSavepointPath: path() })),
    () => job(status({ state: chance.pick(['FAILED', 'INITIALIZING', 'CREATED', 'RUNNING']) })),
    () =>
      job({ status: { jobManagerDeploymentStatus: chance.pick(['READY', 'READY', 'ERROR', 'MISSING']) } }),
    () => job({ status: { error: chance.pick([null, 'Job Not Found', '{"message":"blink"}', null]) } }),
    () => job({ spec: { job: { savepointRedeployNonce: chance.pick([1, 1, 1, 8]) } } }),
  ] as const
  return {
    shown,
    act() {
      const happening = happenings[chance.roll(happenings.length)]?.() ?? nothing
      return scene => {
        const events: Event[] = happening(scene)
        shown.push(scene.job)
        return events
      }
    },
    answer: question =>
      question.ask === 'checkpoints' && !chance.once(3)
        ? {
            answer: 'checkpoints',
            checkpoints: {
              restoredCount: chance.roll(3),
              restored: { isSavepoint: true, location: path() },
              history: [],
            },
          }
        : { answer: 'unreachable', reason: 'no answer', mayHaveBeenSent: false },
  }
}
