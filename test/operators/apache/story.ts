import { exitCode } from '../../../src/cli/exit.ts'
import type { Failure } from '../../../src/domain/failure.ts'
import { type Fields, fieldsAt, isFields } from '../../../src/domain/fields.ts'
import type { Write } from '../../../src/domain/ports.ts'
import type { Effect, Event, News, Protocol, Step } from '../../../src/domain/protocol.ts'
import { type Resource, resourceOf } from '../../../src/domain/resource.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { reconciled } from '../../support/flink-deployments.ts'

/** Something that happens to the scene; what it gives is seen by the wait. */
export type Happening = (scene: Scene) => Event[]

export interface Story {
  readonly before: Fields
  /** Seconds since the request, and what happens then. */
  readonly sees: readonly (readonly [number, Happening])[]
  readonly snapshots?: readonly Fields[]
  /** What Flink answers; without it nobody can reach it. */
  readonly flink?: (question: RestQuestion) => RestAnswer | undefined
  /** Writes, follows and removals that are refused, by their ids. */
  readonly refuses?: Readonly<Record<string, Failure>>
  readonly timeout?: number
  readonly interrupted?: number
}

export interface Ending<Result> {
  readonly exit: number
  readonly result: Result
  /** Seconds since the request. */
  readonly at: number
  readonly message?: string
  readonly hints: readonly string[]
  readonly told: readonly string[]
  /** Every write that was carried out, the first included: id, then the body. */
  readonly writes: readonly (readonly [string, unknown])[]
  readonly removed: readonly string[]
  /** The job's object in the end. */
  readonly job: Fields
}

/** The job's object and the snapshots beside it. */
export interface Scene {
  job: Fields
  readonly snapshots: Map<string, Fields>
  readonly follows: string[]
  /** Of what was written last. */
  version: number
}

/** As the API server has it after a write: with a version that nothing had before. */
function stamped(scene: Scene, body: Fields): Fields {
  scene.version++
  return merge(body, { metadata: { resourceVersion: String(scene.version) } })
}

/** The operator (or somebody) changes the job's object, by a merge patch. */
export function job(patch: Fields): Happening {
  return scene => {
    scene.job = merge(scene.job, patch)
    return [{ type: 'object', object: resource(scene.job) }]
  }
}

/** As `job`, and the operator has carried out its spec. */
export function carriedOut(patch: Fields = {}, more: Fields = {}): Happening {
  return scene => {
    scene.job = reconciled(merge(scene.job, patch), more)
    return [{ type: 'object', object: resource(scene.job) }]
  }
}

export const deleted: Happening = () => [{ type: 'deleted' }]

/** The newest snapshot, or that of a name, is changed. */
export function snapshot(patch: Fields, name?: string): Happening {
  return scene => {
    const found = name ?? [...scene.snapshots.keys()].at(-1) ?? ''
    const body = merge(scene.snapshots.get(found) ?? {}, patch)
    // Nothing can happen to what is not there.
    if (!resourceOf(body)) return []
    const written = stamped(scene, body)
    scene.snapshots.set(found, written)
    return beside(scene, { is: 'seen', object: resource(written) })
  }
}

export function snapshotDeleted(scene: Scene): Event[] {
  const [name, body] = [...scene.snapshots].at(-1) ?? []
  if (name === undefined || body === undefined) return []
  scene.snapshots.delete(name)
  return beside(scene, { is: 'deleted', object: resource(body) })
}

/** Plays a protocol in a story in the story's own time, as the driver would: what it writes is carried out at once. */
export function tell<State, Result>(protocol: Protocol<State, Result>, story: Story): Ending<Result> {
  const scene: Scene = { job: story.before, snapshots: new Map(), follows: [], version: 100 }
  for (const body of story.snapshots ?? []) scene.snapshots.set(nameOf(body), body)
  const before = resource(scene.job)
  const ask = protocol.ask(before)
  if ('refuse' in ask) throw ask.refuse
  const run: Run = { story, scene, now: 0, due: [], told: [], writes: [], removed: [] }
  if ('write' in ask) for (const event of write(run, 'ask', ask.write, before)) later(run, 0, () => [event])
  for (const [at, happening] of story.sees) later(run, at, () => happening(scene))
  later(run, story.timeout ?? 600, () => [{ type: 'timeout' }])
  if (story.interrupted !== undefined) later(run, story.interrupted, () => [{ type: 'interrupted' }])
  const { result, failure } = played(protocol, before, run)
  return {
    exit: exitCode(failure),
    result,
    at: run.now,
    ...(failure && { message: failure.message }),
    hints: failure?.hints ?? [],
    told: run.told,
    writes: run.writes,
    removed: run.removed,
    job: scene.job,
  }
}

interface Run {
  readonly story: Story
  readonly scene: Scene
  readonly due: { at: number; events: () => Event[] }[]
  readonly told: string[]
  readonly writes: [string, unknown][]
  readonly removed: string[]
  now: number
}

function later({ due }: Run, at: number, events: () => Event[]): void {
  due.push({ at, events })
  due.sort((one, other) => one.at - other.at)
}

function played<State, Result>(protocol: Protocol<State, Result>, before: Resource, run: Run) {
  let step: Step<State, Result> = protocol.begin(before)
  const queue: Event[] = []
  for (;;) {
    for (const effect of step.effects) {
      if (effect.type === 'done') return effect.outcome
      carryOut(run, effect)
    }
    while (queue.length === 0) {
      const next = run.due.shift()
      if (!next) throw new Error('it did not end by its timeout')
      run.now = next.at
      queue.push(...next.events())
    }
    step = protocol.next(step.state, queue.shift() as Event)
  }
}

function carryOut<Result>(run: Run, effect: Exclude<Effect<Result>, { type: 'done' }>): void {
  const { now, told, scene, story } = run
  switch (effect.type) {
    case 'tell':
    case 'warn':
      told.push(effect.text)
      return
    case 'timer':
      later(run, now + effect.inMs / 1_000, () => [{ type: 'due', timer: effect.timer }])
      return
    case 'question':
      later(run, now, () => [{ type: 'answer', question: effect.question, yes: undefined }])
      return
    case 'ask-rest': {
      const { question, timeoutMs } = effect
      const answer = story.flink?.(question)
      const at = answer ? now : now + timeoutMs / 1_000
      later(run, at, () => [{ type: 'rest', question, answer: answer ?? unreachable }])
      return
    }
    case 'follow':
      follow(run, effect)
      return
    case 'remove':
      remove(run, effect.id, effect.object)
      return
    case 'write': {
      const before = resource(scene.job)
      const wanted = effect.make(before)
      const refusal = story.refuses?.[effect.id]
      later(run, now, () => {
        if (!wanted) return [{ type: 'skipped', id: effect.id }]
        if (refusal) return [{ type: 'refused', id: effect.id, failure: refusal }]
        return write(run, effect.id, wanted, before).slice(0, 1)
      })
    }
  }
}

function follow(run: Run, { id, after }: { id: string; after?: string }): void {
  const { scene, story, now } = run
  const refusal = story.refuses?.[id]
  if (refusal) {
    later(run, now, () => [{ type: 'refused', id, failure: refusal }])
    return
  }
  scene.follows.push(id)
  const objects = [...scene.snapshots.values()].map(resource)
  if (after === undefined) later(run, now, () => [{ type: 'beside', id, news: { is: 'listed', objects } }])
}

function remove(run: Run, id: string, object: Resource): void {
  const refusal = run.story.refuses?.[id]
  if (!refusal) {
    run.removed.push(object.metadata.name)
    run.scene.snapshots.delete(object.metadata.name)
  }
  // A refusal takes its time: what is seen meanwhile comes before it.
  later(run, run.now + (refusal ? 0.5 : 0), () =>
    refusal ? [{ type: 'refused', id, failure: refusal }] : [{ type: 'beside', id, news: { is: 'removed' } }],
  )
}

/** The API server carries a write out: a merge patch of the job, or the creation of a snapshot. */
function write(run: Run, id: string, wanted: Write, before: Resource): Event[] {
  const { scene, writes } = run
  const body = wanted.body as Fields
  writes.push([id, withoutVersion(body)])
  if (wanted.verb === 'create') {
    const name = wanted.ref.name
    const created = stamped(scene, merge(body, { metadata: { uid: `uid-of-${name}` } }))
    scene.snapshots.set(name, created)
    return [{ type: 'written', id, before, after: resource(created) }]
  }
  const patched = merge(scene.job, body)
  const moved = JSON.stringify(patched['spec']) !== JSON.stringify(scene.job['spec'])
  const generation = before.metadata.generation + (moved ? 1 : 0)
  scene.job = stamped(scene, merge(patched, { metadata: { generation } }))
  const after = resource(scene.job)
  return [
    { type: 'written', id, before, after },
    { type: 'object', object: after },
  ]
}

/** What a merge patch says beside the precondition. */
function withoutVersion(body: Fields): Fields {
  const { resourceVersion: _, ...metadata } = fieldsAt(body, 'metadata')
  const { metadata: __, ...rest } = body
  return Object.keys(metadata).length > 0 ? { metadata, ...rest } : rest
}

function beside({ follows }: Scene, news: News): Event[] {
  return follows.map(id => ({ type: 'beside', id, news }))
}

const unreachable: RestAnswer = {
  answer: 'unreachable',
  reason: 'connection refused',
  mayHaveBeenSent: false,
}

export function resource(body: Fields): Resource {
  const found = resourceOf(body)
  if (!found) throw new Error('not an object')
  return found
}

function nameOf(body: Fields): string {
  return resource(body).metadata.name
}

/** RFC 7386. */
export function merge(target: Fields, patch: Fields): Fields {
  const merged: Record<string, unknown> = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = isFields(value) ? merge(fieldsAt(merged, key), value) : value
  }
  return merged
}
