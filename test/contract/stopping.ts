import { at } from './any-kind.ts'
import { valueAt } from './facts.ts'
import { ends, printedOrders } from './screens.ts'
import type { Stage } from './stage.ts'
import { wordsOf } from './words.ts'

export const stopped = (savepoint: number, ...err: string[]) =>
  ends(0, { out: [`${printedOrders} stopped with savepoint: ${at(savepoint)} (AGE)`], err })

export const resumed = (stage: Stage, savepoint: number) =>
  ends(0, {
    out: [`${printedOrders} resumed from ${at(savepoint)}`],
    err: wordsOf(stage).sticky(savepoint),
  })

export const policyOf = (object: Awaited<ReturnType<Stage['object']>>) =>
  valueAt(object, 'spec.job.cleanupPolicy.afterJobSucceeds')

/** Where the job that runs now was restored from. */
export const restoredFrom = ({ flink, screen }: Pick<Stage, 'flink' | 'screen'>) =>
  screen.text(flink().jobs.find(({ state }) => state === 'RUNNING')?.restored?.location ?? '')

/** The operators here look every 50 ms, and a cluster that may not be kept would be gone before Flink is asked; the real ones look every 10 s. */
export async function stoppedByFlink({ operator, launch, screen }: Stage, line: string) {
  await operator.pause()
  const stopping = await launch(line)
  await stopping.said('savepoint: ')
  operator.resume()
  return screen.screen(await stopping.ended)
}
