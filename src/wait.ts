import { Failure, unanswered } from './domain/failure.ts'
import {
  type Clock,
  type Cluster,
  type FlinkRest,
  type Person,
  refusedWith,
  type Write,
} from './domain/ports.ts'
import type { Ask, Effect, Event, Outcome, Protocol } from './domain/protocol.ts'
import { type Resource, refOf, shortName } from './domain/resource.ts'
import { asFailure, type Events, eventQueue } from './wait/events.ts'
import { follow } from './wait/follow.ts'
import { tellWatchingAgain } from './wait/watching-again.ts'

/** What a protocol is driven with. `rest` is called when Flink is first asked. */
export interface Waiting {
  readonly cluster: Cluster
  readonly rest: () => Promise<FlinkRest>
  readonly clock: Clock
  readonly person: Person
  readonly interrupted: AbortSignal
  readonly timeoutMs: number
}

/** `newest`: the object as it was last seen, with what our own writes made of it. */
export interface Waited<Result> extends Outcome<Result> {
  readonly newest: Resource
  /** At least one write of ours was carried out. */
  readonly changed: boolean
}

const maxConflicts = 5
/** Spotify's operator writes the status up to 24 times a second while it retries (seen on v0.6). */
const maxPatchConflicts = 20

/**
 * Turns a protocol into its outcome: writes what it asks for, watches the object, keeps its timers, asks Flink and the
 * person. It knows no operator. Throws the Failure of the first write if that is refused; whatever comes later is an
 * event for the protocol. When it returns, nothing of it goes on.
 */
export async function drive<State, Result>(
  protocol: Protocol<State, Result>,
  object: Resource,
  waiting: Waiting,
): Promise<Waited<Result>> {
  const asked = await ask(protocol, object, waiting)
  const over = new AbortController()
  const events = eventQueue()
  const wait: Wait = {
    ...waiting,
    over: over.signal,
    events,
    watchingAgain: tellWatchingAgain(waiting.person, waiting.clock),
    newest: asked.after,
    changed: asked.written !== undefined,
  }
  try {
    let step = protocol.begin(asked.before)
    let outcome = carryOut(wait, step.effects)
    const advance = (event: Event) => {
      step = protocol.next(step.state, event)
      outcome = carryOut(wait, step.effects)
    }
    for (const event of answersTo(asked)) if (!outcome) advance(event)
    if (!outcome) startWatching(wait)
    while (!outcome) advance(await events.next())
    return { ...outcome, newest: wait.newest, changed: wait.changed }
  } finally {
    over.abort()
  }
}

interface Wait extends Waiting {
  /** Aborted when the wait is over: everything that still runs for it ends. */
  readonly over: AbortSignal
  readonly events: Events
  readonly watchingAgain: (reason: string) => void
  newest: Resource
  changed: boolean
}

interface Asked {
  readonly before: Resource
  /** The job's object; a write that created another one has left it as it was. */
  readonly after: Resource
  readonly written?: Resource
  readonly at?: number
}

/** The first write. A conflict means that somebody else was faster: the request is thought over with the newer object. */
async function ask<State, Result>(
  protocol: Protocol<State, Result>,
  object: Resource,
  waiting: Waiting,
): Promise<Asked> {
  let before = object
  for (let conflicts = 0; ; conflicts++) {
    const wish = protocol.ask(before)
    if (!('write' in wish)) return unwritten(wish, before, waiting.person)
    try {
      const { object: written, at } = await sent(protocol, before, wish.write, waiting)
      const after = isOf(before, written) ? written : before
      return { before, after, written, ...(at !== undefined && { at }) }
    } catch (error) {
      if (!refusedWith(error, 409) || conflicts === maxConflicts) throw error
      before = await sameAs(before, waiting.cluster, error)
    }
  }
}

/** Where Ctrl-C has ended the wait for the answer (`kube/last-word.ts`), what may be there is told. */
async function sent<State, Result>(
  protocol: Protocol<State, Result>,
  before: Resource,
  write: Write,
  { cluster, interrupted }: Waiting,
) {
  if (interrupted.aborted) return cluster.write(write)
  try {
    return await cluster.write(write)
  } catch (error) {
    if (!isCutOff(error)) throw error
    throw protocol.unanswered?.(before) ?? unknownChange(before)
  }
}

function isCutOff(error: unknown): boolean {
  return error instanceof Failure && error.code === 'interrupted' && error.status === undefined
}

function unknownChange(before: Resource): Failure {
  const ref = refOf(before)
  const look = `to look: kubectl get ${shortName(ref)} -n ${ref.namespace} -o yaml`
  return unanswered(`while ${shortName(ref)} was being changed`, look)
}

/** The object as it is now. Another one under its name is not what was asked about: then the conflict stands. */
async function sameAs(
  before: Resource,
  cluster: Cluster,
  conflict: unknown,
  late = false,
): Promise<Resource> {
  const now = await cluster.get(refOf(before), { late })
  if (now.metadata.uid !== before.metadata.uid) throw conflict
  return now
}

function unwritten(wish: Exclude<Ask, { write: Write }>, before: Resource, person: Person): Asked {
  if ('refuse' in wish) throw wish.refuse
  if ('join' in wish && wish.join !== '') person.tell(wish.join)
  return { before, after: before }
}

function isOf(job: Resource, { kind, metadata }: Resource): boolean {
  return kind === job.kind && metadata.name === job.metadata.name
}

/** What the first write brought, before anything is watched: with `--wait=false` it is all there is. */
function answersTo({ before, after, written, at }: Asked): Event[] {
  if (!written) return []
  const answer: Event = {
    type: 'written',
    id: 'ask',
    before,
    after: written,
    ...(at !== undefined && { at }),
  }
  return after === written ? [answer, { type: 'object', object: after }] : [answer]
}

function startWatching(wait: Wait): void {
  const { events, clock, over } = wait
  watchInterruption(wait)
  watchObject(wait).catch(events.crash)
  clock.sleep(wait.timeoutMs, over).then(() => events.push({ type: 'timeout' }), events.crash)
}

function watchInterruption({ interrupted, events, over }: Wait): void {
  const tell = () => events.push({ type: 'interrupted' })
  if (interrupted.aborted) tell()
  else interrupted.addEventListener('abort', tell, { once: true, signal: over })
}

/** Sightings become events until the wait is over; what no watching again can mend is told to the protocol. */
async function watchObject(wait: Wait): Promise<void> {
  const { cluster, events, watchingAgain, newest, over } = wait
  try {
    for await (const sighting of cluster.watch(refOf(newest), newest.metadata.resourceVersion, over)) {
      if (sighting.type === 'resumed') watchingAgain(sighting.reason)
      else {
        if (sighting.type === 'object') wait.newest = sighting.object
        events.push(sighting)
      }
    }
  } catch (error) {
    events.push({ type: 'refused', id: 'watch', failure: asFailure(error) })
  }
}

function carryOut<Result>(wait: Wait, effects: readonly Effect<Result>[]): Outcome<Result> | undefined {
  for (const effect of effects) {
    if (effect.type === 'done') return effect.outcome
    if (effect.type === 'tell' || effect.type === 'warn') wait.person[effect.type](effect.text)
    else if (effect.type === 'follow') follow(wait, effect).catch(wait.events.crash)
    else start(wait, effect).then(wait.events.push, wait.events.crash)
  }
  return undefined
}

type Started = Exclude<Effect<unknown>, { type: 'done' | 'tell' | 'warn' | 'follow' }>

/** Every effect that takes time ends as one event. */
async function start(wait: Wait, effect: Started): Promise<Event> {
  switch (effect.type) {
    case 'timer':
      await wait.clock.sleep(effect.inMs, wait.over)
      return { type: 'due', timer: effect.timer }
    case 'question': {
      const yes = await wait.person.confirm(effect.text, wait.over)
      return { type: 'answer', question: effect.question, yes }
    }
    case 'ask-rest': {
      const { question, timeoutMs } = effect
      const rest = await wait.rest()
      return { type: 'rest', question, answer: await rest.ask(question, { timeoutMs, signal: wait.over }) }
    }
    case 'write':
      return writeFurther(wait, effect)
    case 'remove':
      return remove(wait, effect)
  }
}

async function remove(
  { cluster }: Wait,
  { id, object, late = false }: Extract<Started, { type: 'remove' }>,
): Promise<Event> {
  try {
    await cluster.remove(object, { late })
    return { type: 'beside', id, news: { is: 'removed' } }
  } catch (error) {
    return { type: 'refused', id, failure: asFailure(error) }
  }
}

async function writeFurther(
  wait: Wait,
  { id, make, late = false }: Extract<Started, { type: 'write' }>,
): Promise<Event> {
  for (let conflicts = 0; ; conflicts++) {
    const before = wait.newest
    const write = make(before)
    if (!write) return { type: 'skipped', id }
    try {
      const { object: after, at } = await wait.cluster.write(write, { late })
      wait.changed = true
      return { type: 'written', id, before, after, ...(at !== undefined && { at }) }
    } catch (error) {
      const mayTryAgain = isConflict(error, write) && conflicts < limitOf(write)
      const refusal = mayTryAgain ? await lookAgain(wait, before, error, late) : asFailure(error)
      if (refusal) return { type: 'refused', id, failure: refusal }
    }
  }
}

/** Reads the object for another try after a conflict; where there cannot be one, the reason. */
async function lookAgain(
  wait: Wait,
  before: Resource,
  error: unknown,
  late: boolean,
): Promise<Failure | undefined> {
  try {
    wait.newest = await sameAs(before, wait.cluster, error, late)
    return undefined
  } catch (refusal) {
    return asFailure(refusal)
  }
}

/** A JSON patch whose `test` fails is answered with 422 (kube-apiserver staging/src/k8s.io/apiserver endpoints/handlers/patch.go). */
function isConflict(error: unknown, write: Write): boolean {
  const test = write.verb === 'patch' && write.type === 'json'
  return refusedWith(error, 409) || (test && refusedWith(error, 422))
}

function limitOf(write: Write): number {
  return write.verb === 'patch' && write.type === 'json' ? maxPatchConflicts : maxConflicts
}
