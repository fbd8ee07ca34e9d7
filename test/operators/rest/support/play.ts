import type { Effect, Event, Outcome, Protocol, Step } from '../../../../src/domain/protocol.ts'
import { type Resource, resourceOf } from '../../../../src/domain/resource.ts'
import type { RestAnswer, RestQuestion } from '../../../../src/domain/rest.ts'

/** What happened, in order: `at` is in milliseconds since the beginning. */
export interface Played<Result> {
  readonly outcome: Outcome<Result> | undefined
  readonly asked: readonly { readonly at: number; readonly question: RestQuestion }[]
  readonly told: readonly string[]
}

/**
 * Runs a protocol that only asks Flink, on a clock of its own: an answer takes 10 ms. `scheduled` events come at their
 * time; the time-out after 15 minutes unless one of them is earlier.
 */
export function play<State, Result>(
  protocol: Protocol<State, Result>,
  flink: (question: RestQuestion, at: number) => RestAnswer,
  scheduled: readonly (readonly [at: number, event: Event])[] = [],
): Played<Result> {
  const queue = [...scheduled, [900_000, { type: 'timeout' }] as const].map(([at, event]) => ({ at, event }))
  const asked: { at: number; question: RestQuestion }[] = []
  const told: string[] = []
  let outcome: Outcome<Result> | undefined
  let now = 0
  const perform = (effect: Effect<Result>) => {
    if (effect.type === 'ask-rest') {
      const { question } = effect
      asked.push({ at: now, question })
      const answer = flink(question, now)
      const takes = answer.answer === 'unreachable' ? effect.timeoutMs : 10
      queue.push({ at: now + takes, event: { type: 'rest', question, answer } })
    } else if (effect.type === 'timer') {
      queue.push({ at: now + effect.inMs, event: { type: 'due', timer: effect.timer } })
    } else if (effect.type === 'done') outcome = effect.outcome
    else if (effect.type === 'tell' || effect.type === 'warn') told.push(effect.text)
    else throw new Error(`a take through Flink has no ${effect.type}`)
  }
  let { state, effects }: Step<State, Result> = protocol.begin(cluster)
  for (;;) {
    for (const effect of effects) perform(effect)
    const next = queue.sort((a, b) => a.at - b.at).shift()
    if (outcome || !next) return { outcome, asked, told }
    now = next.at
    ;({ state, effects } = protocol.next(state, next.event))
  }
}

const parsed = resourceOf({
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  metadata: { name: 'orders', namespace: 'shop', uid: 'u-1', resourceVersion: '7' },
})
if (!parsed) throw new Error('the cluster of these tests is none')
export const cluster: Resource = parsed
