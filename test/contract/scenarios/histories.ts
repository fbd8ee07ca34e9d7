import assert from 'node:assert/strict'
import { itemsOf } from '../documents.ts'
import type { Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'

const manyJobs = 1_200

export const histories: readonly Scenario[] = [
  {
    title: 'history merges what the record, the status and Flink know of one savepoint, and shows failures',
    play: async ({ dialect, job, run, flink }) => {
      await job()
      await run('take orders')
      flink().change({ failSavepoints: 'disk full' })
      await run('take orders --via annotation')
      flink().change({ failSavepoints: '' })
      await run('take orders --via annotation')
      assert.deepEqual(
        await run('history orders'),
        ends(0, {
          out: [
            'NAME  STATE  TRIGGER  AGE  DURATION  LOCATION',
            '*-  Completed  manual  AGE  AGE  file:DIR/orders/SAVEPOINT-2',
            '-  Failed  manual  AGE  AGE  disk full',
            '-  Completed  manual  AGE  AGE  file:DIR/orders/SAVEPOINT-1',
          ],
        }),
      )
      const { stdout } = await run('history flinkclusters/orders -o json')
      assert.deepEqual(itemsOf(stdout, 'state', 'location', 'generation', 'restartPoint', 'sources'), [
        {
          state: 'Completed',
          location: 'file:DIR/orders/SAVEPOINT-2',
          generation: 2,
          restartPoint: true,
          sources: ['status', 'rest', 'record'],
        },
        { state: 'Failed', restartPoint: false, sources: ['rest', 'record', 'events'] },
        {
          state: 'Completed',
          location: 'file:DIR/orders/SAVEPOINT-1',
          generation: 1,
          restartPoint: false,
          sources: ['rest', 'record'],
        },
      ])
      assert.deepEqual(
        await run('history orders -o name'),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-2', 'file:DIR/orders/SAVEPOINT-1'] }),
      )
      const format = dialect === 'spotify' ? 'canonical' : '-'
      assert.deepEqual(
        await run('history orders --sources status --limit 1 --no-headers -o wide'),
        ends(0, {
          out: [`*-  Completed  manual  AGE  AGE  file:DIR/orders/SAVEPOINT-2  2  ${format}  -  -  status`],
        }),
      )
    },
  },
  {
    title: 'a savepoint that somebody else asked Flink for is in the history, and is no restart point',
    play: async ({ job, run, directory, flink }) => {
      await job()
      const { id } = flink().jobs[0] ?? { id: '' }
      const body = JSON.stringify({ 'target-directory': `file:${directory}/external` })
      const headers = { 'content-type': 'application/json' }
      await fetch(`${flink().url}/jobs/${id}/savepoints`, { method: 'POST', headers, body })
      await run('take orders')
      assert.deepEqual(
        itemsOf((await run('history orders -o json')).stdout, 'location', 'restartPoint', 'sources'),
        [
          {
            location: 'file:DIR/orders/SAVEPOINT-1',
            restartPoint: true,
            sources: ['status', 'rest', 'record'],
          },
          { location: 'file:DIR/external/SAVEPOINT-2', restartPoint: false, sources: ['rest'] },
        ],
      )
    },
  },
  {
    title: 'what a job was started from is an origin, and never taken unless somebody saw it taken',
    play: async ({ job, run, api, clusters, namespace }) => {
      await job()
      const taken = (await run('take orders --record=false')).exit
      const restored = (await run('restore orders latest --yes --safety-savepoint=false --record=false')).exit
      assert.deepEqual([taken, restored], [0, 0])
      const seen = itemsOf(
        (await run('history orders --sources status,record -o json')).stdout,
        'state',
        'location',
        'trigger',
        'completedAt',
        'restartPoint',
        'origin',
      )
      assert.deepEqual(seen, [
        { state: 'Completed', location: 'file:DIR/orders/SAVEPOINT-1', restartPoint: true, origin: true },
      ])
      assert.deepEqual(
        await run('restore orders latest --dry-run=client'),
        ends(1, {
          err: [
            'error: no savepoint of flinkcluster/orders is known',
            'it was started from file:DIR/orders/SAVEPOINT-1; name that location to use it',
          ],
        }),
      )
      await api.delete(`${clusters}/orders`)
      assert.deepEqual(
        await run('history orders'),
        ends(1, {
          err: ['Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found'],
        }),
        namespace,
      )
    },
  },
  {
    title: 'the record outlives the job',
    play: async ({ job, run, api, clusters }) => {
      await job()
      await run('take orders')
      await api.delete(`${clusters}/orders`)
      assert.deepEqual(
        await run('history orders'),
        ends(1, {
          err: [
            'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found',
            'its record is still there: kubectl flinksp history flinkcluster/orders -n NAMESPACE --sources record',
          ],
        }),
      )
      assert.deepEqual(
        await run('history orders --sources record -o name'),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-1'] }),
      )
    },
  },
  {
    title: 'all jobs of a namespace are listed with their names, or of every namespace in pages',
    play: async stage => {
      const { job, run, requests, namespace } = stage
      await Promise.all([job(), job('payments')])
      await run('take orders --record=false')
      await run('take payments')
      assert.deepEqual(
        await run('history --no-headers'),
        ends(0, {
          out: [
            'flinkcluster/orders  *-  Completed  manual  AGE  AGE  file:DIR/orders/SAVEPOINT-1',
            'flinkcluster/payments  *-  Completed  manual  AGE  AGE  file:DIR/payments/SAVEPOINT-2',
          ],
        }),
      )
      await createMany(stage)
      const { exit, stdout } = await run('history -A -o json', 'counted-list')
      assert.equal(exit, 0)
      const ours = itemsOf(stdout, 'job', 'location').filter(({ job: of }) =>
        String((of as { namespace: string }).namespace).startsWith('NAMESPACE'),
      )
      const named = ours.map(({ job: of, location }) => [(of as { name: string }).name, location])
      assert.deepEqual(named.sort(), [
        ['job-0000', 'file:/many/0'],
        ['job-1199', 'file:/many/1199'],
        ['orders', 'file:DIR/orders/SAVEPOINT-1'],
        ['payments', 'file:DIR/payments/SAVEPOINT-2'],
      ])
      const lists = (await requests('counted-list')).filter(({ path }) =>
        /\/v1beta1\/flinkclusters\?/.test(path),
      )
      assert.deepEqual(
        lists.map(({ path, code }) => [/[?&]limit=500\b/.test(path), /[?&]continue=/.test(path), code]),
        [
          [true, false, 200],
          [true, true, 200],
          [true, true, 200],
        ],
        namespace,
      )
    },
  },
]

/** In a namespace that no operator looks after; the first and the last have a savepoint. */
async function createMany({ api, namespace, dialect, clusters }: Stage): Promise<void> {
  const many = `${namespace}-many`
  const metadata = { name: many }
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata })
  const collection = clusters.replace(namespace, many)
  const { exampleCluster } = await import('../../sandbox/examples.ts')
  const numbers = Array.from({ length: manyJobs }, (_, number) => number)
  const nameOf = (number: number) => `job-${String(number).padStart(4, '0')}`
  for (let at = 0; at < manyJobs; at += 50) {
    const create = (number: number) =>
      api.create(
        collection,
        exampleCluster({ dialect, name: nameOf(number), namespace: many, directory: '/many' }),
      )
    await Promise.all(numbers.slice(at, at + 50).map(create))
  }
  for (const number of [0, manyJobs - 1]) {
    const job = { state: 'Running', savepointLocation: `file:/many/${number}`, savepointGeneration: 1 }
    const status = { state: 'Running', components: { job } }
    await api.patch(`${collection}/${nameOf(number)}/status`, { status })
  }
}
