import { exitCode } from '../../../../src/cli/exit.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { type Fields, fieldsAt, isFields } from '../../../../src/domain/fields.ts'
import type { Write } from '../../../../src/domain/ports.ts'
import type { Effect, Event, Outcome, Protocol, Step } from '../../../../src/domain/protocol.ts'
import type { Resource } from '../../../../src/domain/resource.ts'
import type { RestAnswer, RestQuestion } from '../../../../src/domain/rest.ts'
import type { ClusterParts } from '../../../support/flink-clusters.ts'
import { object } from '../play.ts'

export const annotation = 'flinkclusters.flinkoperator.k8s.io/user-control'

/** What is different in the object from now on; undefined takes a field away. */
export interface Moment {
  readonly job?: Fields
  readonly jobStatus?: Fields
  readonly savepoint?: Fields | undefined
  readonly control?: Fields | undefined
  /** The command in the annotation; true: savepoint. */
  readonly annotated?: boolean | 'job-cancel'
  readonly status?: Fields
  readonly uid?: string
}

/** Seconds since the request, and what is seen then. */
export type Told = readonly [number, Moment | 'deleted']

export interface Story {
  readonly make: (parts: ClusterParts) => Fields
  readonly before: Moment
  /** What the first write makes of the object. */
  readonly asked: Moment
  readonly sees: readonly Told[]
  /** What Flink answers; without it nobody can reach it. */
  readonly flink?: (question: RestQuestion, seconds: number) => RestAnswer | undefined
  /** A further write that the webhook refuses. */
  readonly refuses?: string
}

export interface Ending<Result> {
  readonly exit: number
  readonly result: Result
  /** Seconds since the request. */
  readonly at: number
  readonly message?: string
  readonly hints: readonly string[]
  readonly told: readonly string[]
  /** The ids of the further writes. */
  readonly writes: readonly string[]
}

const timeoutSeconds = 600

/** Plays a protocol in a story in the story's own time, as the driver would: what it writes is carried out at once. */
export function tell<State, Result>(protocol: Protocol<State, Result>, story: Story): Ending<Result> {
  const scene = stage(story)
  const before = scene.object()
  const ask = protocol.ask(before)
  if ('refuse' in ask) throw ask.refuse
  const run: Run = { story, scene, now: 0, due: [], told: [], writes: [] }
  if ('write' in ask) {
    const after = scene.write(story.asked)
    later(run, 0, () => ({ type: 'written', id: 'ask', before, after }))
    later(run, 0, () => ({ type: 'object', object: after }))
  }
  for (const [at, moment] of story.sees) later(run, at, () => scene.become(moment))
  later(run, timeoutSeconds, () => ({ type: 'timeout' }))
  const { result, failure } = played(protocol, before, run)
  const message = failure && { message: failure.message }
  const { now: at, told, writes } = run
  return { exit: exitCode(failure), result, at, ...message, hints: failure?.hints ?? [], told, writes }
}

interface Run {
  readonly story: Story
  readonly scene: ReturnType<typeof stage>
  readonly due: { at: number; event: () => Event }[]
  readonly told: string[]
  readonly writes: string[]
  now: number
}

function later({ due }: Run, at: number, event: () => Event): void {
  due.push({ at, event })
  due.sort((one, other) => one.at - other.at)
}

function played<State, Result>(
  protocol: Protocol<State, Result>,
  before: Resource,
  run: Run,
): Outcome<Result> {
  let step: Step<State, Result> = protocol.begin(before)
  for (;;) {
    for (const effect of step.effects) {
      if (effect.type === 'done') return effect.outcome
      carryOut(run, effect)
    }
    const next = run.due.shift()
    if (!next) throw new Error('it did not end by its timeout')
    run.now = next.at
    step = protocol.next(step.state, next.event())
  }
}

function carryOut<Result>(run: Run, effect: Exclude<Effect<Result>, { type: 'done' }>): void {
  const { now, told } = run
  switch (effect.type) {
    case 'tell':
    case 'warn':
      told.push(effect.text)
      return
    case 'timer':
      later(run, now + effect.inMs / 1_000, () => ({ type: 'due', timer: effect.timer }))
      return
    case 'ask-rest': {
      const { question, timeoutMs } = effect
      const answer = run.story.flink?.(question, now)
      const at = answer ? now : now + timeoutMs / 1_000
      later(run, at, () => ({ type: 'rest', question, answer: answer ?? unreachable }))
      return
    }
    case 'question':
      later(run, now, () => ({ type: 'answer', question: effect.question, yes: undefined }))
      return
    case 'write':
      writeAgain(run, effect)
  }
}

function writeAgain(
  run: Run,
  { id, make }: { id: string; make: (newest: Resource) => Write | undefined },
): void {
  const { now, scene, story } = run
  run.writes.push(id)
  const before = scene.object()
  const write = make(before)
  if (!write || id === story.refuses) {
    later(run, now, () => (write ? { type: 'refused', id, failure: denied } : { type: 'skipped', id }))
    return
  }
  const body = write.verb === 'patch' && isFields(write.body) ? write.body : {}
  const after = scene.write({
    job: fieldsAt(body, 'spec', 'job'),
    ...annotatedBy(fieldsAt(body, 'metadata', 'annotations')[annotation]),
  })
  later(run, now, () => ({ type: 'written', id, before, after }))
}

function annotatedBy(command: unknown): Pick<Moment, 'annotated'> {
  if (command === undefined) return {}
  return { annotated: command === 'job-cancel' ? command : true }
}

const denied = new Failure(
  'not-asked',
  'Error from server (Forbidden): admission webhook denied the request: no',
)
const unreachable: RestAnswer = {
  answer: 'unreachable',
  reason: 'connection refused',
  mayHaveBeenSent: false,
}

/** The object as it changes. */
export function stage({ make, before }: Story) {
  let generation = 1
  let all: Moment = before
  const is = () => object(body(make, all, generation))
  return {
    object: is,
    become(moment: Moment | 'deleted'): Event {
      if (moment === 'deleted') return { type: 'deleted' }
      all = merged(all, moment)
      return { type: 'object', object: is() }
    },
    write(moment: Moment): Resource {
      if (moment.job && Object.keys(moment.job).length > 0) generation += 1
      all = merged(all, moment)
      return is()
    },
  }
}

function merged(all: Moment, moment: Moment): Moment {
  return {
    ...all,
    ...moment,
    job: { ...all.job, ...moment.job },
    jobStatus: { ...all.jobStatus, ...moment.jobStatus },
    status: { ...all.status, ...moment.status },
  }
}

function body(make: Story['make'], all: Moment, generation: number): Fields {
  const { job = {}, jobStatus = {}, savepoint, control, annotated, status, uid } = all
  return make({
    ...(uid && { uid }),
    metadata: {
      generation,
      ...(annotated && { annotations: { [annotation]: annotated === true ? 'savepoint' : annotated } }),
    },
    job,
    jobStatus,
    status: { ...status, ...(savepoint && { savepoint }), ...(control && { control }) },
  })
}
