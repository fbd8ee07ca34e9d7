import assert from 'node:assert/strict'
import { type Fields, isFields } from '../../../src/domain/fields.ts'
import { itemsOf } from '../documents.ts'
import { annotationOf, specGeneration, valueAt } from '../facts.ts'
import { asked, ordersPath, recordPath } from '../requests.ts'
import type { Scenario } from '../scenario.ts'
import { completed, ends } from '../screens.ts'
import type { Stage } from '../stage.ts'

/** Somebody who may write ConfigMaps changes the record of `orders`, line by line. */
async function rewrite({ api, namespace }: Stage, change: (entries: Fields[]) => readonly Fields[]) {
  const path = `/api/v1/namespaces/${namespace}/configmaps/flinksp-flinkcluster-orders`
  const record = await api.get(path)
  const lines = String(valueAt(record, 'data.entries')).trimEnd().split('\n')
  const entries = change(lines.map(line => JSON.parse(line)).filter(isFields))
  await api.patch(path, { data: { entries: entries.map(entry => `${JSON.stringify(entry)}\n`).join('') } })
}

/** Nothing was asked of the operator. */
async function untouched({ object }: Stage): Promise<unknown[]> {
  const now = await object()
  return [valueAt(now, 'spec.job.fromSavepoint'), specGeneration(now), annotationOf(now)]
}

const evil = 'file:/evil/savepoint-000000-000000000000'

export const names: readonly Scenario[] = [
  {
    title: 'a savepoint that was given a name is listed and restored by it',
    play: async ({ job, run, object }) => {
      await job()
      assert.deepEqual(await run('take orders --name before-v2 --note kept'), completed(1))
      await run('take orders --via annotation')
      assert.deepEqual(itemsOf((await run('history orders -o json')).stdout, 'name', 'note', 'location'), [
        { location: 'file:DIR/orders/SAVEPOINT-2' },
        { name: 'before-v2', note: 'kept', location: 'file:DIR/orders/SAVEPOINT-1' },
      ])
      assert.deepEqual(
        await run('restore orders name:before-v3 --yes'),
        ends(1, {
          err: [
            'error: no savepoint of flinkcluster/orders is called before-v3',
            'its savepoints are called before-v2 (AGE old)',
          ],
        }),
      )
      const { exit, stdout } = await run('restore orders before-v2 --yes --safety-savepoint=false -o name')
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: 'file:DIR/orders/SAVEPOINT-1\n' })
      assert.match(String(valueAt(await object(), 'spec.job.fromSavepoint')), /orders\/savepoint-/)
    },
  },
  {
    title: 'a name is given once, and refused before anything is asked',
    play: async stage => {
      const { job, run } = stage
      await job()
      await run('take orders --name before-v2 --via annotation')
      const before = (await stage.requests('counted-named')).length
      assert.deepEqual(
        await run('take orders --name before-v2 --via annotation', 'counted-named'),
        ends(1, {
          err: [
            'error: a savepoint of flinkcluster/orders is called before-v2 already: file:DIR/orders/SAVEPOINT-1 (AGE old); choose another --name',
          ],
        }),
      )
      const requests = asked(await stage.requests('counted-named'), before)
      assert.deepEqual(
        requests.filter(request => request.includes(ordersPath) || request.includes(recordPath)).sort(),
        [`GET ${recordPath} 200`, `GET ${ordersPath} 200`],
      )
      assert.deepEqual(await run('take orders --name after-v2 --via annotation'), completed(2))
    },
  },
  {
    title: 'a name in a planted or torn record steers no restore',
    play: async stage => {
      const { job, run } = stage
      await job()
      await run('take orders --name before-v2')
      const refused = (...err: string[]) => ends(1, { err })
      await rewrite(stage, ([taken = {}]) => [{ ...taken, location: evil, triggerId: 'e'.repeat(32) }])
      assert.deepEqual(
        await run('restore orders before-v2 --yes'),
        refused(
          'error: cannot restore flinkcluster/orders from file:/evil/SAVEPOINT-2: this location is known only from the record, and is not below file:DIR/orders',
          'if it is the right one: --allow-unknown-location',
        ),
      )
      await rewrite(stage, ([taken = {}]) => [
        taken,
        { ...taken, location: `${evil}1`, triggerId: 'f'.repeat(32) },
      ])
      assert.deepEqual(
        await run('restore orders before-v2 --yes'),
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
        await run('restore orders before-v2 --yes'),
        refused(
          'Warning: configmap/flinksp-flinkcluster-orders: 2 entries left out: not written by kubectl-flinksp, or damaged',
          'error: no savepoint of flinkcluster/orders is called before-v2',
          'none of its savepoints has a name; a SAVEPOINT is latest, latest~1 (the one before), gen:12, a name, or a location such as gs://bucket/SAVEPOINT-3',
        ),
      )
      assert.deepEqual((await untouched(stage)).slice(0, 1), [undefined])
    },
  },
]
