import assert from 'node:assert/strict'
import type { Ended } from './program.ts'
import { ends, printedOrders } from './screens.ts'
import type { Stage } from './stage.ts'

/** A restore of `orders` that went well. */
export const restored = (savepoint: number, ...err: string[]): Ended =>
  ends(0, { out: [`${printedOrders} restored from file:DIR/orders/SAVEPOINT-${savepoint}`], err })

export const sticky =
  'Warning: spec.job.fromSavepoint of flinkcluster/orders stays set: every later change of its spec starts the job from file:DIR/orders/SAVEPOINT-1 again, until the field is changed or removed'

/** What a restore says of a location where its look found nothing. */
export const notThere = (target: string) =>
  `error: cannot restore flinkcluster/orders from ${target}: it would not start: there is no savepoint at ${target}, or one that was never completed; nothing was changed`

/** A job with one savepoint. */
export async function taken({ job, run }: Stage): Promise<void> {
  await job()
  assert.equal((await run('take orders')).exit, 0)
}
