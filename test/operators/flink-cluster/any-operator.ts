import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestCheckpoint, RestQuestion } from '../../../src/domain/rest.ts'
import type { Dice } from '../../support/dice.ts'
import { type ClusterParts, flinkJobId } from '../../support/flink-clusters.ts'

export const before = {
  trigger: 'a'.repeat(32),
  location: 'gs://bucket/orders/savepoint-ef5f05-000000000000',
}
const annotation = 'flinkclusters.flinkoperator.k8s.io/user-control'
const other: RestAnswer = { answer: 'version', version: '1.18.1' }

/**
 * A FlinkCluster after its first savepoint, in the hands of an operator that does anything an operator was ever seen
 * doing, in any order; and the Flink behind it, which knows what became of each trigger.
 */
export interface AnyOperator {
  object(): ClusterParts
  /** Something happens. Not everything shows in the object. */
  act(): void
  /** Annotated, or with a savepointGeneration of one more. */
  ask(via: 'annotation' | 'generation'): void
  answer(question: RestQuestion): RestAnswer
  /** What the operator or Flink took since the beginning: location by trigger, and who asked. */
  readonly taken: ReadonlyMap<string, { readonly location: string; readonly reason: string }>
  /** Something has gone wrong since the beginning. */
  readonly failures: number
}

interface Trigger {
  readonly id: string
  readonly reason: string
  state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
}

export function anyOperator(chance: Dice): AnyOperator {
  const triggers: Trigger[] = []
  const taken = new Map<string, { location: string; reason: string }>()
  let failures = 0
  let ticks = 0
  let status: Fields = { savepoint: attemptOf('Succeeded', before.trigger, 'user requested', ticks) }
  let jobStatus: Fields = { savepointGeneration: 1, savepointLocation: before.location }
  let generation = 1
  let specGeneration = 1
  let annotated = false
  let current: Trigger | undefined

  const control = (state: string, more: Fields = {}) => {
    status = { ...status, control: { name: 'savepoint', state, updateTime: timeAt(++ticks), ...more } }
  }
  const locationOf = (id: string) => `gs://bucket/orders/savepoint-ef5f05-${id.slice(0, 12)}`
  const savepoint = (state: string, more: Fields = {}) => {
    if (current)
      status = { ...status, savepoint: { ...attemptOf(state, current.id, current.reason, ticks), ...more } }
  }
  const complete = (trigger: Trigger) => {
    trigger.state = 'COMPLETED'
    taken.set(trigger.id, { location: locationOf(trigger.id), reason: trigger.reason })
  }
  const trigger = () => {
    const reason = chance.pick(['user requested', 'user requested', 'user requested', 'scheduled', 'update'])
    ticks++
    current = { id: idOf(triggers.length + 1), reason, state: 'IN_PROGRESS' }
    triggers.push(current)
    savepoint('InProgress')
    if (annotated && reason === 'user requested') control('InProgress')
  }
  const succeed = () => {
    if (current?.state !== 'IN_PROGRESS') return
    complete(current)
    ticks++
    jobStatus = {
      ...jobStatus,
      savepointGeneration: ++generation,
      savepointLocation: locationOf(current.id),
      lastSavepointTriggerID: current.id,
    }
    savepoint('Succeeded')
    if (annotated) control('Succeeded', { details: { savepointTriggerID: current.id } })
  }
  const fail = () => {
    if (current?.state !== 'IN_PROGRESS') return
    failures++
    const given = chance.pick(['FAILED', 'FAILED', 'COMPLETED', 'IN_PROGRESS'] as const)
    if (given === 'COMPLETED') complete(current)
    else current.state = given
    const message = chance.pick([
      'Savepoint error: java.io.IOException: disk full',
      'Timed out taking savepoint.',
      'Not all required tasks are currently running.',
    ])
    savepoint('Failed', { message })
    if (annotated) control('Failed')
  }
  const refuse = () => {
    failures++
    ticks++
    const refused = attemptOf('TriggerFailed', undefined, 'user requested', ticks)
    status = { ...status, savepoint: { ...refused, message: '503 Service Unavailable' } }
    if (annotated) control('Failed')
  }
  const orphan = () => {
    const lost = current
    if (lost?.state === 'IN_PROGRESS' && chance.once(2)) complete(lost)
    trigger()
  }
  const unannotate = () => {
    annotated = false
  }
  const changeState = () => {
    const state = chance.pick(['Running', 'Running', 'Updating', 'Failed', 'Lost', 'Cancelled'])
    if (state !== 'Running') failures++
    jobStatus = { ...jobStatus, state }
  }
  /** A write made from a stale copy of the object: what it said before stands there again (seen on Spotify v0.6). */
  const shown = [{ status, jobStatus }]
  const runBackwards = () => {
    const earlier = shown[chance.roll(shown.length)]
    if (earlier) ({ status, jobStatus } = earlier)
  }
  const wonder = () => (chance.once(3) ? changeState() : control('Progressing'))
  const happenings = [
    ...Array<() => void>(6).fill(trigger),
    ...Array<() => void>(3).fill(succeed),
    ...Array<() => void>(2).fill(fail),
    ...Array<() => void>(2).fill(unannotate),
    ...Array<() => void>(2).fill(wonder),
    refuse,
    orphan,
    runBackwards,
  ] as const
  return {
    taken,
    get failures() {
      return failures
    },
    object: () => ({
      ...(annotated && { metadata: { annotations: { [annotation]: 'savepoint' } } }),
      job: { savepointGeneration: specGeneration },
      jobStatus,
      status,
    }),
    ask(via) {
      if (via === 'annotation') annotated = true
      else specGeneration = generation + 1
    },
    act() {
      happenings[chance.roll(happenings.length)]?.()
      shown.push({ status, jobStatus })
    },
    answer(question) {
      if (chance.once(4)) return { answer: 'unreachable', reason: 'no answer', mayHaveBeenSent: true }
      if (question.ask === 'checkpoints') return checkpointsOf(triggers, locationOf)
      if (question.ask !== 'savepoint') return other
      const asked = triggers.find(({ id }) => id === question.triggerId)
      if (question.triggerId === before.trigger) return completedAt(before.location)
      if (!asked) return { answer: 'refused', status: 404, reason: 'unknown trigger' }
      if (asked.state === 'COMPLETED') return completedAt(locationOf(asked.id))
      return asked.state === 'FAILED' ? diskFull : { answer: 'savepoint', savepoint: { state: asked.state } }
    },
  }
}

const diskFull: RestAnswer = {
  answer: 'savepoint',
  savepoint: { state: 'FAILED', failure: { message: 'IO-problem detected.', rootCause: 'disk full' } },
}

function completedAt(location: string): RestAnswer {
  return { answer: 'savepoint', savepoint: { state: 'COMPLETED', location } }
}

function checkpointsOf(triggers: readonly Trigger[], locationOf: (id: string) => string): RestAnswer {
  const history = triggers.map(({ id, state }, index): RestCheckpoint => {
    const common = { id: index + 1, isSavepoint: true, status: state }
    return state === 'COMPLETED' ? { ...common, location: locationOf(id) } : common
  })
  return { answer: 'checkpoints', checkpoints: { restoredCount: 0, history } }
}

function attemptOf(state: string, triggerID: string | undefined, reason: string, tick: number): Fields {
  return {
    state,
    triggerReason: reason,
    requestTime: timeAt(tick),
    ...(triggerID && { triggerID, jobID: flinkJobId, triggerTime: timeAt(tick) }),
  }
}

function idOf(n: number): string {
  return n.toString(16).padStart(12, '0').padEnd(32, 'e')
}

function timeAt(seconds: number): string {
  return new Date(Date.UTC(2026, 2, 1, 12, 0, seconds)).toISOString().replace('.000Z', 'Z')
}
