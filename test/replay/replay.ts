import type { Effect, Event, Outcome, Protocol, Step } from '../../src/domain/protocol.ts'
import type { Resource } from '../../src/domain/resource.ts'
import type { RestAnswer, RestQuestion } from '../../src/domain/rest.ts'
import type { TraceRecord } from './trace.ts'

/** What Flink would have answered at this moment of the recording. */
export type Answers = (question: RestQuestion, atSeconds: number) => RestAnswer

export interface Options {
  /** The record at `line` is what our first write made. */
  readonly shown?: boolean
  /** The object as it was read, where no record has it. */
  readonly before?: Resource
}

interface Due {
  readonly at: number
  readonly event: Event
}

/** The object as it was read before the request at `line`. */
export function objectBefore(trace: readonly TraceRecord[], line: number): Resource {
  const before = trace.filter(record => record.line < line && record.object).at(-1)?.object
  if (!before) throw new Error(`no object before line ${line}`)
  return before
}

/**
 * Feeds a protocol the records after `line` as the watch would have brought them, with its timers in the recording's
 * own time; when the recording ends, time runs out.
 */
export function replay<State, Result>(
  protocol: Protocol<State, Result>,
  trace: readonly TraceRecord[],
  line: number,
  answers: Answers,
  options: Options = {},
): Outcome<Result> & { readonly line: number } {
  const before = options.before ?? objectBefore(trace, line)
  const ask = protocol.ask(before)
  if ('refuse' in ask) throw ask.refuse
  const records = trace.filter(record => record.line > line && record.source === 'job')
  const start = trace[line - 1]
  const after = made(start, records, options) ?? before
  const end = Math.max(0, ...trace.map(record => record.seconds))
  const due: Due[] = [
    ...('write' in ask ? answersOf(before, after, start) : []),
    ...records.flatMap(record => eventsOf(record)),
    { at: end + 1, event: { type: 'timeout' } },
  ]
  let step: Step<State, Result> = protocol.begin(before)
  let now = start?.seconds ?? 0
  let newest = before
  for (;;) {
    const outcome = carryOut(step.effects, { trace, now, due, answers, newest, after })
    if (outcome) return { ...outcome, line: lineAt(trace, now) }
    due.sort((a, b) => a.at - b.at)
    const next = due.shift()
    if (!next) throw new Error('the protocol did not end by its timeout')
    now = Math.max(now, next.at)
    if (next.event.type === 'object') newest = next.event.object
    step = protocol.next(step.state, next.event)
  }
}

/** What the first write made: what stands at its line, or else what was seen first of the job after it. */
function made(
  start: TraceRecord | undefined,
  records: readonly TraceRecord[],
  { shown }: Options,
): Resource | undefined {
  const own = shown ? (start?.object ?? start?.snapshot) : undefined
  return own ?? records.find(record => record.object)?.object
}

function answersOf(before: Resource, after: Resource, start: TraceRecord | undefined): Due[] {
  const at = start?.seconds ?? 0
  const written: Due = { at, event: { type: 'written', id: 'ask', before, after, at: start?.time ?? 0 } }
  return start?.object ? [written, { at, event: { type: 'object', object: start.object } }] : [written]
}

function eventsOf(record: TraceRecord): Due[] {
  if (record.type === 'DELETED') return [{ at: record.seconds, event: { type: 'deleted' } }]
  return record.object ? [{ at: record.seconds, event: { type: 'object', object: record.object } }] : []
}

interface Moment {
  readonly trace: readonly TraceRecord[]
  readonly now: number
  readonly due: Due[]
  readonly answers: Answers
  readonly newest: Resource
  /** What the first write made. */
  readonly after: Resource
}

function carryOut<Result>(effects: readonly Effect<Result>[], moment: Moment): Outcome<Result> | undefined {
  for (const effect of effects) {
    if (effect.type === 'done') return effect.outcome
    moment.due.push(...eventsAfter(effect, moment))
  }
  return undefined
}

function eventsAfter<Result>(effect: Effect<Result>, moment: Moment): Due[] {
  const { now, answers, newest, after } = moment
  switch (effect.type) {
    case 'timer':
      return [{ at: now + effect.inMs / 1_000, event: { type: 'due', timer: effect.timer } }]
    case 'ask-rest': {
      const { question } = effect
      return [{ at: now, event: { type: 'rest', question, answer: answers(question, now) } }]
    }
    case 'question':
      return [{ at: now, event: { type: 'answer', question: effect.question, yes: undefined } }]
    case 'write': {
      const made = effect.id === 'ask' ? after : changed(newest)
      return effect.make(newest)
        ? [{ at: now, event: { type: 'written', id: effect.id, before: newest, after: made } }]
        : [{ at: now, event: { type: 'skipped', id: effect.id } }]
    }
    case 'follow':
      return followed(effect, moment)
    case 'remove':
      return [{ at: now, event: { type: 'beside', id: effect.id, news: { is: 'removed' } } }]
    default:
      return []
  }
}

/** The recorded snapshots as the watch would have brought them; one that was created stands for ours. */
function followed(
  { id, after: version }: Extract<Effect<unknown>, { type: 'follow' }>,
  { trace, now }: Moment,
): Due[] {
  const all = trace.flatMap(({ snapshot, seconds, type }) => (snapshot ? [{ snapshot, seconds, type }] : []))
  const objects = all.filter(({ seconds }) => seconds <= now).map(({ snapshot }) => snapshot)
  const first: Due[] =
    version === undefined ? [{ at: now, event: { type: 'beside', id, news: { is: 'listed', objects } } }] : []
  const later = all.filter(({ seconds }) => seconds > now)
  return [
    ...first,
    ...later.map(({ snapshot, seconds, type }): Due => {
      const is = type === 'DELETED' ? 'deleted' : 'seen'
      return { at: seconds, event: { type: 'beside', id, news: { is, object: snapshot } } }
    }),
  ]
}

/** A further write is carried out, and the recording goes on as if it had not been. */
function changed(object: Resource): Resource {
  return { ...object, metadata: { ...object.metadata, generation: object.metadata.generation + 1 } }
}

function lineAt(trace: readonly TraceRecord[], seconds: number): number {
  return trace.filter(record => record.seconds <= seconds && record.object).at(-1)?.line ?? 0
}
