import { Failure } from '../../domain/failure.ts'
import type { Places } from '../../domain/places.ts'
import type { FlinkRest, World } from '../../domain/ports.ts'
import type { RestAnswer } from '../../domain/rest.ts'
import type { Deletion } from '../../prune/plan.ts'
import { byStorage, type Ended } from './by-storage.ts'

const askMs = 10_000
const pauseMs = 500

/**
 * Has Flink delete it (`/savepoint-disposal`), which has the right credentials for certain. That it is done is proven by Flink's word and
 * by `_metadata`, which is not there any more. Where Flink does not do it, or nobody knows whether it has, the rest is done from here.
 */
export async function byFlink(
  world: World,
  flink: FlinkRest,
  places: Places,
  deletion: Deletion,
  timeoutMs: number,
): Promise<Ended> {
  const { location } = deletion.candidate.holding
  const outcome = await disposed(world, flink, location, timeoutMs)
  const there = await isThere(places, location)
  if (outcome === 'done' && !there) {
    const freedBytes = deletion.files.reduce((sum, { bytes }) => sum + bytes, 0)
    return { state: 'Deleted', via: 'flink', freedBytes }
  }
  if (world.interrupted.aborted && there)
    return {
      state: 'Kept',
      freedBytes: 0,
      reason: 'interrupted: Flink was asked to delete it, and may do so yet',
    }
  if (outcome === 'under way')
    return { state: 'Kept', freedBytes: 0, reason: 'Flink was still at it when time ran out' }
  if (outcome !== 'done')
    world.person.tell(`Flink did not delete ${location} (${outcome.reason}): it is deleted from here`)
  return await byStorage(places, deletion)
}

type Outcome = 'done' | 'under way' | { readonly reason: string }

async function disposed(
  world: World,
  flink: FlinkRest,
  location: string,
  timeoutMs: number,
): Promise<Outcome> {
  const { clock, interrupted } = world
  const limits = { timeoutMs: askMs, signal: interrupted }
  const asked = await flink.ask({ ask: 'dispose', location }, limits)
  if (asked.answer !== 'taken') return { reason: reasonOf(asked) }
  const end = clock.now() + timeoutMs
  for (;;) {
    const outcome = outcomeIn(await flink.ask({ ask: 'disposal', triggerId: asked.triggerId }, limits))
    if (outcome !== 'under way' || clock.now() >= end || interrupted.aborted) return outcome
    await clock.sleep(pauseMs, interrupted)
  }
}

function outcomeIn(answer: RestAnswer): Outcome {
  if (answer.answer === 'unreachable') return 'under way'
  if (answer.answer !== 'disposal') return { reason: reasonOf(answer) }
  const { disposal } = answer
  if (disposal.state === 'FAILED') return { reason: disposal.failure.rootCause ?? disposal.failure.message }
  return disposal.state === 'COMPLETED' ? 'done' : 'under way'
}

function reasonOf(answer: RestAnswer): string {
  return 'reason' in answer && answer.reason !== undefined ? answer.reason : 'it answered another question'
}

/** Where it cannot be seen any more, Flink's word alone counts. */
async function isThere(places: Places, location: string): Promise<boolean> {
  try {
    return (await places.status(`${location}/_metadata`)) !== undefined
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}
