import assert from 'node:assert/strict'
import { at } from './any-kind.ts'
import type { Ended } from './program.ts'
import { ends, printedOrders } from './screens.ts'
import type { Stage } from './stage.ts'
import { wordsOf } from './words.ts'

/** A restore of `orders` that went well; `err` stands before what its kind is warned of. */
export const restored = (stage: Pick<Stage, 'dialect'>, savepoint: number, ...err: string[]): Ended =>
  ends(0, {
    out: [`${printedOrders} restored from ${at(savepoint)}`],
    err: [...err, ...wordsOf(stage).sticky(savepoint)],
  })

/** What a restore says of a location where its look found nothing. */
export const notThere = (target: string) =>
  `error: cannot restore flinkcluster/orders from ${target}: it would not start: there is no savepoint at ${target}, or one that was never completed; nothing was changed`

/** A job with one savepoint. */
export async function taken({ job, run }: Stage): Promise<void> {
  await job()
  assert.equal((await run('take orders')).exit, 0)
}
