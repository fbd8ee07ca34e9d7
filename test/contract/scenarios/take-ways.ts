import assert from 'node:assert/strict'
import { fieldsAt, integerAt, textAt } from '../../../src/domain/fields.ts'
import type { Scenario } from '../scenario.ts'

const completed = (savepoint: number) => ({
  exit: 0,
  stdout: `flinkcluster.flinkoperator.k8s.io/orders savepoint completed: file:DIR/orders/SAVEPOINT-${savepoint} (AGE)\n`,
  stderr: '',
})

export const takeWays: readonly Scenario[] = [
  {
    title: 'the first take is by annotation, and prints where the savepoint is',
    play: async ({ job, run, object, screen }) => {
      await job()
      assert.deepEqual(await run('take flinkcluster/orders'), completed(1))
      const after = await object()
      assert.equal(integerAt(after, 'spec', 'job', 'savepointGeneration'), undefined)
      const location = textAt(after, 'status', 'components', 'job', 'savepointLocation')
      assert.equal(screen.text(location ?? ''), 'file:DIR/orders/SAVEPOINT-1')
    },
  },
  {
    title: 'after a success a take is by generation',
    play: async ({ job, run, object }) => {
      await job()
      assert.deepEqual(await run('take orders'), completed(1))
      assert.deepEqual(await run('take orders'), completed(2))
      const { spec, status } = await object()
      const generations = [
        integerAt(fieldsAt({ spec }, 'spec'), 'job', 'savepointGeneration'),
        integerAt(fieldsAt({ status }, 'status'), 'components', 'job', 'savepointGeneration'),
      ]
      assert.deepEqual(generations, [2, 2])
    },
  },
]
