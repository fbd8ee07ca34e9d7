import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ends, printedOrders } from '../screens.ts'

const on = ['gcp-2', 'gcp-v1alpha1'] as const

/** How long it took is told by no field. */
const taken = (savepoint: number) =>
  ends(0, { out: [`${printedOrders} savepoint completed: file:DIR/orders/SAVEPOINT-${savepoint}`] })

/** GCP before tag -3: one way to take, no trace of a failure, no change of the spec. */
export const oldTags: readonly Scenario[] = [
  {
    title: 'a savepoint is taken by generation, one after another',
    on,
    because: 'releases before GCP -3 take and fail in a way of their own',
    play: async ({ job, run }) => {
      await job()
      assert.deepEqual(await run('take orders'), taken(1))
      assert.deepEqual(await run('take orders'), taken(2))
    },
  },
  {
    title: 'a take that fails is told from Flink, for the object shows nothing',
    on: 'gcp-2',
    because: 'releases before GCP -3 take and fail in a way of their own',
    // Flink is asked every 10 s.
    slow: true,
    play: async ({ job, run, flink }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('take orders'),
        ends(3, {
          err: [
            'error: the savepoint of flinkcluster/orders failed: disk full',
            'the operator goes on trying, every 10 s; it cannot be stopped from doing so',
          ],
        }),
      )
    },
  },
]
