import assert from 'node:assert/strict'
import { anyJobs, recordPathOf, recreating } from '../any-kind.ts'
import { valueAt } from '../facts.ts'
import { completed } from '../kinds.ts'
import { flinkRest } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'

/** Somebody who may write ConfigMaps says of a savepoint that there is none of: it is the newest. */
async function plant(stage: Stage): Promise<void> {
  const { api, object } = stage
  const path = await recordPathOf(stage)
  const planted = {
    action: 'take',
    uid: valueAt(await object(), 'metadata.uid'),
    state: 'Completed',
    location: evil,
    trigger: 'manual',
    completedAt: new Date(Date.now() + 900).toISOString(),
  }
  const entries = `${valueAt(await api.get(path), 'data.entries')}${JSON.stringify(planted)}\n`
  await api.patch(path, { data: { entries } })
  // A time that is still to come is believed of nobody.
  await new Promise(resolve => setTimeout(resolve, 1000))
}

const evil = 'file:/evil/savepoint-000000-000000000000'

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
    on: everyKind,
    play: async stage => {
      const { job, launch, api, directory } = stage
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
      const record = await api.get(await recordPathOf(stage))
      const locations = linesOf(record).map(entry => (entry as { location: string }).location)
      assert.deepEqual(locations.sort(), ended.map(({ stdout }) => stdout.trim()).sort(), directory)
    },
  },
  {
    title: 'a record that may not be written costs one warning',
    on: everyKind,
    play: async stage => {
      const { job, run, grant } = stage
      await job()
      await grant('without-record', [...anyJobs, flinkRest])
      const configMap = (await recordPathOf(stage)).replace(/^.*\//, '')
      assert.deepEqual(
        await run('take orders', 'without-record'),
        completed(
          stage,
          1,
          `Warning: not recorded in configmap/${configMap}: Error from server (Forbidden): configmaps "${configMap}" is forbidden: User "without-record" cannot get resource "configmaps" in API group "" in the namespace "NAMESPACE"`,
        ),
      )
      assert.deepEqual(await run('take orders --record=false -q', 'without-record'), completed(stage, 2))
      const restore = `restore orders latest --yes${recreating(stage)}`
      const { exit, stderr } = await run(restore, 'without-record')
      assert.deepEqual([exit, stderr.match(/^Warning: not recorded/gm)?.length], [0, 1], stderr)
    },
  },
  {
    title: 'whoever may write ConfigMaps cannot steer a restore',
    on: everyKind,
    play: async stage => {
      const { dialect, job, run, object } = stage
      await job()
      assert.equal((await run('take orders')).exit, 0)
      await plant(stage)
      // Where its savepoints go its session cluster says.
      const unknown =
        dialect === 'apache-1.15-session'
          ? 'there is no state.savepoints.dir in spec.flinkConfiguration'
          : 'is not below file:DIR/orders'
      const before = (await object())['spec']
      const outside = (location: string) =>
        ends(1, {
          err: [
            `error: cannot restore flinkcluster/orders from ${location}: this location is known only from the record, and ${unknown}`,
            'if it is the right one: --allow-unknown-location',
          ],
        })
      for (const savepoint of ['latest', evil])
        assert.deepEqual(
          await run(`restore orders ${savepoint} --yes${recreating(stage)}`),
          outside('file:/evil/SAVEPOINT-2'),
        )
      assert.deepEqual((await object())['spec'], before)
    },
  },
]
