import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { after, before, describe, it } from 'mocha'
import type { CountingCluster } from './counting.ts'
import { runCountingJob } from './flink-clusters.ts'
import { type Plugin, pluginOn, proven } from './kept.ts'
import { notRun } from './not-run.ts'
import type { Stoppable } from './parts.ts'
import { type FlinkStack, startFlinkStack } from './stack.ts'

describe('prune on a real control plane, with real Flink under the Spotify operator', function () {
  // A restart of real Flink.
  this.timeout(240_000)
  let stack: FlinkStack & Stoppable
  let orders: CountingCluster
  let plugin: Plugin
  const job = 'flinkcluster/orders'

  before(async () => {
    stack = await startFlinkStack({ dialect: 'spotify' })
    plugin = pluginOn(stack)
    // Flink holds all state in _metadata without a directory for checkpoints, and small state with one.
    const inFiles = {
      'state.checkpoints.dir': `file://${stack.directory}/checkpoints`,
      'state.storage.fs.memory-threshold': '0b',
    }
    orders = await runCountingJob(stack, 'orders', inFiles)
  })
  after(() => stack?.stop())

  it('has Flink dispose of all but the newest, whose files stay, and from which the job is restored', async function () {
    // Flink is asked by a POST.
    if (stack.noProxy !== undefined) return notRun(this, stack.noProxy)
    const native = [
      '--via',
      'rest',
      '--format',
      'native',
      '--target-directory',
      `file://${orders.savepointsDir}`,
    ]
    const locations = [
      (await plugin.document('take', job, ...native)).location,
      (await plugin.document('take', job)).location,
      (await plugin.document('take', job)).location,
    ]
    const [first, second, newest] = locations
    const filesOf = (location: string) => readdir(new URL(location))
    const files = await filesOf(newest)
    for (const location of locations) assert.ok((await filesOf(location)).length > 1, location)

    const { items, freedBytes } = await plugin.document('prune', job, '--keep', '1', '--yes')
    assert.deepEqual(
      items.map(({ location, state, via }: Record<string, string>) => ({ location, state, via })),
      [first, second].map(location => ({ location, state: 'Deleted', via: 'flink' })),
    )
    assert.ok(freedBytes > 0)
    assert.deepEqual(await readdir(orders.savepointsDir), [basename(newest)])
    assert.deepEqual((await filesOf(newest)).sort(), files.sort())

    const { result, checks } = await plugin.document('verify', job, 'latest')
    assert.equal(result, 'Fits', JSON.stringify(checks))
    const counted = await orders.job.countedOn(20)
    const restored = await orders.restartedBy(() =>
      plugin.document('restore', job, 'latest', '--yes', '--safety-savepoint=false'),
    )
    assert.deepEqual([restored.result.savepoint.location, restored.result.proof], [newest, proven])
    assert.ok(restored.from > 0 && restored.from <= counted)
    const { items: history } = await plugin.document('history', job, '--sources', 'record,status')
    assert.deepEqual(
      history.map(({ location, gone }: Record<string, string>) => [location, gone]),
      [
        [newest, undefined],
        [second, 'pruned'],
        [first, 'pruned'],
      ],
    )
  })
})
