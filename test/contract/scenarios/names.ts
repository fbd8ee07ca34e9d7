import assert from 'node:assert/strict'
import { type Fields, isFields } from '../../../src/domain/fields.ts'
import { recordPathOf, recreating } from '../any-kind.ts'
import { itemsOf } from '../documents.ts'
import { valueAt } from '../facts.ts'
import { completed, hasSnapshots, nothingAsked } from '../kinds.ts'
import { asked } from '../requests.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'
import { restoredFrom } from '../stopping.ts'

/** Somebody who may write ConfigMaps changes the record of `orders`, line by line. */
async function rewrite(stage: Stage, change: (entries: Fields[]) => readonly Fields[]) {
  const { api } = stage
  const path = await recordPathOf(stage)
  const record = await api.get(path)
  const lines = String(valueAt(record, 'data.entries')).trimEnd().split('\n')
  const entries = change(lines.map(line => JSON.parse(line)).filter(isFields))
  await api.patch(path, { data: { entries: entries.map(entry => `${JSON.stringify(entry)}\n`).join('') } })
}

/** What was asked of the operator, once it has served all there was. */
async function written(stage: Stage): Promise<unknown[]> {
  await nothingAsked(stage)
  const now = await stage.object()
  return [valueAt(now, 'metadata.generation'), valueAt(now, 'metadata.annotations')]
}

const evil = 'file:/evil/savepoint-000000-000000000000'

export const names: readonly Scenario[] = [
  {
    title: 'a savepoint that was given a name is listed and restored by it',
    on: everyKind,
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.deepEqual(await run('take orders --name before-v2 --note kept'), completed(stage, 1))
      assert.equal((await run('take orders')).exit, 0)
      assert.deepEqual(itemsOf((await run('history orders -o json')).stdout, 'name', 'note', 'location'), [
        { location: 'file:DIR/orders/SAVEPOINT-2' },
        { name: 'before-v2', note: 'kept', location: 'file:DIR/orders/SAVEPOINT-1' },
      ])
      const before = await written(stage)
      assert.deepEqual(
        await run(`restore orders name:before-v3 --yes${recreating(stage)}`),
        ends(1, {
          err: [
            'error: no savepoint of flinkcluster/orders is called before-v3',
            'its savepoints are called before-v2 (AGE old)',
          ],
        }),
      )
      assert.deepEqual(await written(stage), before)
      const line = `restore orders before-v2 --yes --safety-savepoint=false${recreating(stage)} -o name`
      const { exit, stdout } = await run(line)
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: 'file:DIR/orders/SAVEPOINT-1\n' })
      assert.equal(restoredFrom(stage), 'file:DIR/orders/SAVEPOINT-1')
    },
  },
  {
    title: 'a name is given once, and refused before anything is asked',
    on: everyKind,
    play: async stage => {
      const { job, run } = stage
      await job()
      await run('take orders --name before-v2')
      const before = (await stage.requests('counted-named')).length
      assert.deepEqual(
        await run('take orders --name before-v2', 'counted-named'),
        ends(1, {
          err: [
            'error: a savepoint of flinkcluster/orders is called before-v2 already: file:DIR/orders/SAVEPOINT-1 (AGE old); choose another --name',
          ],
        }),
      )
      const [orders, record] = [
        stage.resource,
        (await recordPathOf(stage)).replace(/^.*\/(?=configmaps)/, ''),
      ]
      const requests = asked(await stage.requests('counted-named'), before)
      assert.deepEqual(
        requests
          .filter(
            each => each.includes(`${orders}/orders`) || each.includes(record) || !each.startsWith('GET'),
          )
          .filter(each => !each.includes('selfsubjectaccessreviews'))
          .sort(),
        [`GET ${record} 200`, `GET ${orders}/orders 200`].sort(),
      )
      assert.deepEqual(await run('take orders --name after-v2'), completed(stage, 2))
    },
  },
  {
    title: 'a name in a planted or torn record steers no restore',
    on: everyKind,
    play: async stage => {
      const { job, run } = stage
      const restore = `restore orders before-v2 --yes${recreating(stage)}`
      await job()
      await run('take orders --name before-v2')
      const refused = (...err: string[]) => ends(1, { err })
      const before = await written(stage)
      await rewrite(stage, ([taken = {}]) => [{ ...taken, location: evil, triggerId: 'e'.repeat(32) }])
      assert.deepEqual(
        await run(restore),
        // The snapshot bears its name, too.
        hasSnapshots(stage.dialect)
          ? refused(
              'error: 2 savepoints of flinkcluster/orders are called before-v2; name one by its location',
              'file:/evil/SAVEPOINT-2',
              'file:DIR/orders/SAVEPOINT-1',
            )
          : refused(
              'error: cannot restore flinkcluster/orders from file:/evil/SAVEPOINT-2: this location is known only from the record, and is not below file:DIR/orders',
              'if it is the right one: --allow-unknown-location',
            ),
      )
      if (hasSnapshots(stage.dialect)) return assert.deepEqual(await written(stage), before)
      await rewrite(stage, ([taken = {}]) => [
        taken,
        { ...taken, location: `${evil}1`, triggerId: 'f'.repeat(32) },
      ])
      assert.deepEqual(
        await run(restore),
        refused(
          'error: 2 savepoints of flinkcluster/orders are called before-v2; name one by its location',
          'file:/evil/SAVEPOINT-2',
          'file:/evil/SAVEPOINT-21',
        ),
      )
      await rewrite(stage, ([taken = {}]) => [
        { ...taken, name: '../../before-v2' },
        { action: 'stop', uid: 7 },
      ])
      assert.deepEqual(
        await run(restore),
        refused(
          `Warning: configmap/${(await recordPathOf(stage)).replace(/^.*\//, '')}: 2 entries left out: not written by kubectl-flinksp, or damaged`,
          'error: no savepoint of flinkcluster/orders is called before-v2',
          'none of its savepoints has a name; a SAVEPOINT is latest, latest~1 (the one before), gen:12, a name, or a location such as gs://bucket/SAVEPOINT-3',
        ),
      )
      assert.deepEqual(await written(stage), before)
    },
  },
]
