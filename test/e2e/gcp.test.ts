import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, describe, it } from 'mocha'
import { eventually } from './conditions.ts'
import type { CountingCluster } from './counting.ts'
import { runCountingJob } from './flink-clusters.ts'
import { assertCountedOn, assertResumed, type Plugin, pluginOn } from './kept.ts'
import type { Stoppable } from './parts.ts'
import { type FlinkStack, startFlinkStack } from './stack.ts'

describe('on a real control plane, with real Flink under the GCP operator', () => {
  let stack: FlinkStack & Stoppable
  let wordcount: CountingCluster
  let plugin: Plugin

  before(async () => {
    stack = await startFlinkStack({ dialect: 'gcp-9' })
    plugin = pluginOn(stack)
    wordcount = await runCountingJob(stack, 'wordcount')
  })
  after(() => stack?.stop())

  it('a job is taken and restored, and counts on from the savepoint', async () => {
    const taken = await stack.kubectl(['flinksp', 'take', 'flinkcluster/wordcount', '-o', 'name'])
    assert.equal(taken.code, 0, taken.stderr)
    const location = taken.stdout.trim()
    assert.deepEqual(await readdir(new URL(location)), ['_metadata'])

    const before = await wordcount.job.countedOn(50)
    const words = ['flinksp', 'restore', 'flinkcluster/wordcount', 'latest', '--yes', '-o', 'json']
    const restored = await stack.kubectl(words)
    assert.equal(restored.code, 0, restored.stderr)
    const { savepoint, proof } = JSON.parse(restored.stdout)
    assert.deepEqual([savepoint.location, proof], [location, { operator: true, rest: true }])
    const start = await eventually('the source is restored', async () =>
      (await wordcount.job.starts()).find(line => line.startsWith('restored ')),
    )
    const from = Number(start.split(' ')[1])
    assert.ok(from > 0 && from <= before, `${start}, but ${before} were counted before`)
    await eventually('the job counts on', async () =>
      (await wordcount.job.count()) > from ? true : undefined,
    )
  })

  it('resume keeps what the job had counted when it was stopped', () => assertResumed(plugin, wordcount))

  it('auto after a restore keeps what was counted since', () => assertCountedOn(plugin, wordcount, 'latest'))
})
