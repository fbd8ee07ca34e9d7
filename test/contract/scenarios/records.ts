import assert from 'node:assert/strict'
import { specGeneration, valueAt } from '../facts.ts'
import { flinkClusters, flinkRest } from '../rights.ts'
import type { Scenario } from '../scenario.ts'
import { completed, ends } from '../screens.ts'

const configMap = 'flinksp-flinkcluster-orders'

/** The record as text, a line an entry. */
function linesOf(record: unknown): unknown[] {
  return String(valueAt(record as Record<string, unknown>, 'data.entries'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

export const records: readonly Scenario[] = [
  {
    title: 'two runs that record at once both find their entry there',
    play: async ({ job, launch, api, namespace, directory }) => {
      await job()
      const runs = await Promise.all(
        ['one', 'two', 'three'].map(name =>
          launch(`take orders --via rest --target-directory file:DIR/${name} -o name`),
        ),
      )
      const ended = await Promise.all(runs.map(({ ended: end }) => end))
      assert.deepEqual(
        ended.map(({ exit, stderr }) => ({ exit, stderr })),
        Array(3).fill({ exit: 0, stderr: '' }),
      )
      const record = await api.get(`/api/v1/namespaces/${namespace}/configmaps/${configMap}`)
      const locations = linesOf(record).map(entry => (entry as { location: string }).location)
      assert.deepEqual(locations.sort(), ended.map(({ stdout }) => stdout.trim()).sort(), directory)
    },
  },
  {
    title: 'a record that may not be written costs one warning',
    play: async ({ job, run, grant }) => {
      await job()
      await grant('without-record', [flinkClusters, flinkRest])
      assert.deepEqual(
        await run('take orders', 'without-record'),
        completed(
          1,
          `Warning: not recorded in configmap/${configMap}: Error from server (Forbidden): configmaps "${configMap}" is forbidden: User "without-record" cannot get resource "configmaps" in API group "" in the namespace "NAMESPACE"`,
        ),
      )
      assert.deepEqual(await run('take orders --record=false -q', 'without-record'), completed(2))
      const { exit, stderr } = await run('restore orders latest --yes', 'without-record')
      assert.deepEqual([exit, stderr.match(/^Warning: not recorded/gm)?.length], [0, 1], stderr)
    },
  },
  {
    title: 'whoever may write ConfigMaps cannot steer a restore',
    play: async ({ job, run, api, namespace, object }) => {
      const { metadata } = await job()
      await run('take orders')
      const path = `/api/v1/namespaces/${namespace}/configmaps/${configMap}`
      const record = await api.get(path)
      const planted = {
        action: 'take',
        uid: (metadata as { uid: string }).uid,
        state: 'Completed',
        location: 'file:/evil/savepoint-000000-000000000000',
        trigger: 'manual',
        completedAt: new Date(Date.now() + 900).toISOString(),
      }
      const entries = `${valueAt(record, 'data.entries')}${JSON.stringify(planted)}\n`
      await api.patch(path, { data: { entries } })
      const outside = (location: string) =>
        ends(1, {
          err: [
            `error: cannot restore flinkcluster/orders from ${location}: this location is known only from the record, and is not below file:DIR/orders`,
            'if it is the right one: --allow-unknown-location',
          ],
        })
      await new Promise(resolve => setTimeout(resolve, 1000))
      const evil = 'file:/evil/SAVEPOINT-2'
      assert.deepEqual(await run('restore orders latest --yes'), outside(evil))
      const named = 'file:/evil/savepoint-000000-000000000000'
      assert.deepEqual(await run(`restore orders ${named} --yes`), outside(evil))
      const after = await object()
      assert.deepEqual(
        [valueAt(after, 'spec.job.fromSavepoint'), specGeneration(after)],
        [undefined, undefined],
      )
    },
  },
]
