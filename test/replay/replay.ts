import type { Effect, Event, Outcome, Protocol, Step } from '../../src/domain/protocol.ts'
import type { Resource } from '../../src/domain/resource.ts'
import type { RestAnswer, RestQuestion } from '../../src/domain/rest.ts'
import type { TraceRecord } from './trace.ts'

/** What Flink would have answered at this moment of the recording. */
export type Answers = (question: RestQuestion, atSeconds: number) => RestAnswer

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
): Outcome<Result> & { readonly line: number } {
  const before = objectBefore(trace, line)
  const ask = protocol.ask(before)
  if ('refuse' in ask) throw ask.refuse
  const records = trace.filter(record => record.line > line && record.source === 'flinkcluster')
  const start = trace[line - 1]
  const events: Due[] = records.flatMap(record => eventsOf(record))
  const after = records.find(record => record.object)?.object ?? before
  const at = start?.time ?? 0
  if ('write' in ask)
    events.unshift({ at: start?.seconds ?? 0, event: { type: 'written', id: 'ask', before, after, at } })
  const end = Math.max(0, ...trace.map(record => record.seconds))
  const due: Due[] = [...events, { at: end + 1, event: { type: 'timeout' } }]
  let step: Step<State, Result> = protocol.begin(before)
  let now = start?.seconds ?? 0
  let newest = before
  for (;;) {
    const outcome = carryOut(step.effects, now, due, answers, newest)
    if (outcome) return { ...outcome, line: lineAt(trace, now) }
    due.sort((a, b) => a.at - b.at)
    const next = due.shift()
    if (!next) throw new Error('the protocol did not end by its timeout')
    now = Math.max(now, next.at)
    if (next.event.type === 'object') newest = next.event.object
    step = protocol.next(step.state, next.event)
  }
}

function eventsOf(record: TraceRecord): Due[] {
  if (record.type === 'DELETED') return [{ at: record.seconds, event: { type: 'deleted' } }]
  return record.object ? [{ at: record.seconds, event: { type: 'object', object: record.object } }] : []
}

function carryOut<Result>(
  effects: readonly Effect<Result>[],
  now: number,
  due: Due[],
  answers: Answers,
  newest: Resource,
): Outcome<Result> | undefined {
  for (const effect of effects) {
    if (effect.type === 'done') return effect.outcome
    const event = eventOf(effect, now, answers, newest)
    if (event) due.push(event)
  }
  return undefined
}

function eventOf<Result>(
  effect: Effect<Result>,
  now: number,
  answers: Answers,
  newest: Resource,
): Due | undefined {
  switch (effect.type) {
    case 'timer':
      return { at: now + effect.inMs / 1_000, event: { type: 'due', timer: effect.timer } }
    case 'ask-rest': {
      const { question } = effect
      return { at: now, event: { type: 'rest', question, answer: answers(question, now) } }
    }
    case 'question':
      return { at: now, event: { type: 'answer', question: effect.question, yes: undefined } }
    case 'write':
      return { at: now, event: { type: 'written', id: effect.id, before: newest, after: changed(newest) } }
    default:
      return undefined
  }
}

/** A further write is carried out, and the recording goes on as if it had not been. */
function changed(object: Resource): Resource {
  return { ...object, metadata: { ...object.metadata, generation: object.metadata.generation + 1 } }
}

function lineAt(trace: readonly TraceRecord[], seconds: number): number {
  return trace.filter(record => record.seconds <= seconds && record.object).at(-1)?.line ?? 0
}
