import type { Passage } from '../domain/passage.ts'
import { type FlinkRest, type RestReach, refusedWith } from '../domain/ports.ts'
import type { RestAnswer, RestPlace, RestQuestion } from '../domain/rest.ts'
import { exchange } from './exchange.ts'
import { parseAnswer } from './parse.ts'
import { type RestRequest, requestFor } from './request.ts'
import { forwardWay, givenWay, proxyWay, type Way } from './way.ts'

type Limits = Parameters<FlinkRest['ask']>[1]
type Unreachable = Extract<RestAnswer, { answer: 'unreachable' }>
/** `works`: Flink itself spoke over this way. */
type Attempt =
  | { readonly works: true; readonly answer: RestAnswer }
  | { readonly works: false; lost: Unreachable }

/**
 * Flink's REST API at the address the user gave, else through the API server: by its service proxy, then (reach
 * `any`) by a port-forward. The first way that works is kept. Makes no connection before it is asked.
 */
export function flinkRest(
  through: { readonly url: string } | Passage,
  place: RestPlace,
  reach: RestReach,
): FlinkRest {
  const all = 'url' in through ? [givenWay(through.url)] : clusterWays(through, place, reach)
  let ways = all
  return {
    async ask(question, limits) {
      const request = requestFor(question)
      if (!request)
        return { answer: 'refused', status: 400, reason: 'the job or trigger id is not one of Flink' }
      return await askOver(ways, question, request, limits, works => {
        ways = [works]
      })
    },
    async close() {
      await Promise.all(all.map(way => way.close()))
    },
  }
}

function clusterWays(passage: Passage, place: RestPlace, reach: RestReach): readonly Way[] {
  const proxy = proxyWay(passage, place)
  return reach === 'any' ? [proxy, forwardWay(passage, place)] : [proxy]
}

async function askOver(
  ways: readonly Way[],
  question: RestQuestion,
  request: RestRequest,
  limits: Limits,
  keep: (way: Way) => void,
): Promise<RestAnswer> {
  const whole = deadline(limits, limits.timeoutMs)
  const once = request.method === 'POST' && !('triggerId' in question && question.triggerId)
  const lost: Unreachable[] = []
  for (const way of ways) {
    // A way that swallows packets must leave time for the next one.
    const signal =
      way === ways.at(-1) ? whole : AbortSignal.any([whole, deadline(limits, limits.timeoutMs / 2)])
    const attempt = await attemptOver(way, question, request, signal, limits)
    if (attempt.works) {
      keep(way)
      return attempt.answer
    }
    lost.push(attempt.lost)
    if (whole.aborted || (once && attempt.lost.mayHaveBeenSent)) break
  }
  return {
    answer: 'unreachable',
    reason: lost.map(attempt => attempt.reason).join('; '),
    mayHaveBeenSent: request.method === 'POST' && lost.some(attempt => attempt.mayHaveBeenSent),
    ...(lost.length === ways.length && lost.every(attempt => attempt.forbidden) && { forbidden: true }),
  }
}

async function attemptOver(
  way: Way,
  question: RestQuestion,
  request: RestRequest,
  signal: AbortSignal,
  limits: Limits,
): Promise<Attempt> {
  const lose = (reason: string, mayHaveBeenSent: boolean, forbidden?: boolean): Attempt => ({
    works: false,
    lost: {
      answer: 'unreachable',
      reason: `${way.name}: ${late(signal, limits) ?? reason}`,
      mayHaveBeenSent,
      ...(forbidden && { forbidden }),
    },
  })
  try {
    const got = await exchange(await way.open(signal), request, signal)
    if ('unreachable' in got) {
      if (!limits.signal?.aborted) way.drop()
      return lose(got.unreachable, got.mayHaveBeenSent, got.forbidden)
    }
    const answer = parseAnswer(question, got.status, got.body)
    return answer
      ? { works: true, answer: moment(answer) }
      : lose(strange(got.status), got.status < 300 || got.status >= 500)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error: /, '') : String(error)
    return lose(reason, false, refusedWith(error, 403))
  }
}

/** A JobManager that elects its leader or has just started answers 503: not a no, only not now (flink-runtime LeaderRetrievalHandler). */
function moment(answer: RestAnswer): RestAnswer {
  if (answer.answer !== 'refused' || answer.status !== 503) return answer
  return { answer: 'unreachable', reason: answer.reason, mayHaveBeenSent: false }
}

function strange(status: number): string {
  return `HTTP ${status}, which is not an answer of Flink's REST API`
}

function deadline(limits: Limits, ms: number): AbortSignal {
  const time = AbortSignal.timeout(Math.max(1, Math.round(ms)))
  return limits.signal ? AbortSignal.any([time, limits.signal]) : time
}

function late(signal: AbortSignal, limits: Limits): string | undefined {
  if (limits.signal?.aborted) return 'interrupted'
  return signal.aborted ? 'no answer in time' : undefined
}
