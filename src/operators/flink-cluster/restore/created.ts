import type { Event, Protocol, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { RestJob } from '../../../domain/rest.ts'
import type { RestoreProgress } from '../../job-operator.ts'
import { abilitiesOf, operatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import { silence } from '../take/endings.ts'
import { answered, explain } from './proof.ts'
import { initial, nextInRestore } from './restore.ts'
import type { PatchWish, RestoreState } from './state.ts'

interface CreatedState {
  readonly restore: RestoreState
  /** The operator has written a status. */
  readonly noticed: boolean
}

type CreatedStep = Step<CreatedState, RestoreProgress>

const silenceMs = 15_000
const restMs = 5_000
/** A Flink job that FAILED was shown as Running for 27 s, and then as Succeeded (seen on GCP tag -2). */
const standingMs = 45_000

/** Writes nothing: waits for the proof that an object that was just created started its job from the savepoint. */
export function restoreCreated(options: PatchWish): Protocol<CreatedState, RestoreProgress> {
  return {
    ask: () => ({ join: '' }),
    begin: created => begin(options, created),
    next: (state, event) => next(options, state, event),
  }
}

function begin(options: PatchWish, created: Resource): CreatedStep {
  const result = { state: 'InProgress', proof: { operator: false, rest: false } } as const
  // All that the operator will say is said of the job that is wanted.
  const restore: RestoreState = {
    ...initial(readFlinkCluster(created, operatorName(options.build))),
    phase: 'waiting',
    shown: true,
    created: true,
    result,
  }
  const state = { restore, noticed: false }
  if (!options.wait) return { state, effects: [{ type: 'done', outcome: { result } }] }
  return { state, effects: [{ type: 'timer', timer: 'unnoticed', inMs: silenceMs }] }
}

function next(options: PatchWish, state: CreatedState, event: Event): CreatedStep {
  if (event.type === 'due' && event.timer === 'unnoticed') return keepOrTell(state)
  const own = state.restore.phase === 'proving' ? withoutProof(options, state, event) : undefined
  return own ?? further(options, noticing(state, event), event)
}

function keepOrTell(state: CreatedState): CreatedStep {
  return { state, effects: state.noticed ? [] : [{ type: 'tell', text: silence }] }
}

function noticing(state: CreatedState, event: Event): CreatedState {
  const noticed = event.type === 'object' && Object.keys(event.object.status).length > 0
  return noticed ? { ...state, noticed } : state
}

/** What becomes of a proof that Flink does not give; undefined where that is not the question. */
function withoutProof(options: PatchWish, state: CreatedState, event: Event): CreatedStep | undefined {
  if (event.type === 'due' && event.timer === 'proof-end') return doubted(state)
  if (event.type === 'due' && event.timer === 'standing') return accepted(options, state)
  if (event.type !== 'rest' || event.question.ask !== 'jobs') return undefined
  return judged(options, state, event.answer.answer === 'jobs' ? event.answer.jobs : undefined)
}

/** What holds for every restore. */
function further(options: PatchWish, state: CreatedState, event: Event): CreatedStep {
  const read = (resource: Resource) => readFlinkCluster(resource, operatorName(options.build))
  const step = nextInRestore(options, state.restore, event, read)
  return { state: { ...state, restore: step.state }, effects: step.effects }
}

/** Flink has not said what it restored the job from: has it got the job at all? */
function doubted(state: CreatedState): CreatedStep {
  return {
    state,
    effects: [{ type: 'ask-rest', question: { ask: 'jobs' }, timeoutMs: restMs }],
  }
}

const ended = new Set(['FAILED', 'FAILING', 'CANCELED', 'CANCELLING'])

/** `jobs`: Flink's own list; undefined: it does not answer. */
function judged(options: PatchWish, state: CreatedState, jobs: readonly RestJob[] | undefined): CreatedStep {
  const { flinkJobId } = state.restore.now
  const ours = jobs?.find(({ id }) => id === flinkJobId)
  if (ours && ended.has(ours.state)) {
    const step = explain(state.restore)
    return { state: { ...state, restore: { ...step.state, ended: ours.state } }, effects: step.effects }
  }
  if (ours || !mayLie(options)) return accepted(options, state)
  return {
    state,
    effects: [{ type: 'timer', timer: 'standing', inMs: standingMs }],
  }
}

/** v1alpha1 submits attached, and shows a Failed within a second (seen): that is the one of the old tags to be trusted. */
function mayLie({ build }: PatchWish): boolean {
  const operator = operatorName(build)
  if (operator === undefined || operator === 'gcp-v1alpha1') return false
  return abilitiesOf(operator).follows === 'blocking'
}

function accepted(options: PatchWish, state: CreatedState): CreatedStep {
  const step = answered(options, state.restore, 'proof-end')
  return { state: { ...state, restore: step.state }, effects: step.effects }
}
