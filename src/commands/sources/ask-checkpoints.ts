import { Failure, failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { World } from '../../domain/ports.ts'
import type { RestAnswer, RestCheckpoints } from '../../domain/rest.ts'

/** A port-forward that was asked for takes its time; nobody waits longer than this. */
const longestMs = 10_000

/** A question that is on its way. */
export interface Asked {
  /** What Flink has said by then, or undefined, after a line on why. */
  within(ms: number): Promise<RestCheckpoints | undefined>
}

/**
 * Asks the JobManager of a running job for its checkpoints and savepoints; undefined where there is no Flink job to
 * ask for. Unless Flink is `restWanted`, it is only asked through the API server, and its silence is worth a hint;
 * `onSilence` is told the reason instead of the person.
 */
export function askCheckpoints(
  world: World,
  facts: JobFacts,
  { restWanted, onSilence }: { readonly restWanted: boolean; onSilence?(reason: string): void },
): Asked | undefined {
  const { flinkJobId } = facts
  if (flinkJobId === undefined) return undefined
  const enough = new AbortController()
  const signal = AbortSignal.any([world.interrupted, enough.signal])
  const answer = ask(world, facts, flinkJobId, restWanted ? 'any' : 'proxy', signal)
  const say = (reason: string) => {
    const text = `Flink's own list (REST) of ${facts.shown} is missing: ${reason}`
    if (onSilence) onSilence(reason)
    else if (restWanted) world.person.warn(`Warning: ${text}`)
    else if (facts.running) world.person.tell(text)
  }
  return {
    async within(ms) {
      const patience = restWanted ? longestMs : ms
      const outcome = await inTime(world, answer, patience)
      if (world.interrupted.aborted) throw failure('interrupted', 'interrupted')
      if (outcome === undefined) {
        enough.abort()
        say(`no answer within ${patience / 1_000} s`)
      } else if (outcome.answer === 'checkpoints') {
        return outcome.checkpoints
      } else {
        say('reason' in outcome ? outcome.reason : 'it answered another question')
      }
      return undefined
    },
  }
}

async function ask(
  world: World,
  facts: JobFacts,
  jobId: string,
  reach: 'proxy' | 'any',
  signal: AbortSignal,
): Promise<RestAnswer> {
  try {
    const rest = await world.rest(facts.rest, reach)
    try {
      return await rest.ask({ ask: 'checkpoints', jobId }, { timeoutMs: longestMs, signal })
    } finally {
      await rest.close()
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { answer: 'unreachable', reason: error.message, mayHaveBeenSent: false }
  }
}

async function inTime<T>(world: World, answer: Promise<T>, ms: number): Promise<T | undefined> {
  const answered = new AbortController()
  const late = world.clock.sleep(ms, answered.signal).then(() => undefined)
  try {
    return await Promise.race([answer, late])
  } finally {
    answered.abort('answered')
  }
}
