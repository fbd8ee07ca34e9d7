import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { exampleObjects } from '../../sandbox/examples.ts'
import { collectionOf } from '../../sandbox/jobs.ts'
import { isApache } from '../../sandbox/operators/dialects.ts'
import type { DialectName } from '../../sandbox/operators/operator.ts'
import { untilGone } from '../any-kind.ts'
import { itemsOf } from '../documents.ts'
import { hasSnapshots, nothingAsked } from '../kinds.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'

const manyJobs = 1_200

/** Who knows of a savepoint: the newest, one before it, and one that failed. */
function sourcesOn(dialect: DialectName): Record<'newest' | 'older' | 'failed', readonly string[]> {
  if (hasSnapshots(dialect)) {
    const known = ['snapshots', 'rest', 'record']
    return { newest: known, older: known, failed: known }
  }
  if (isApache(dialect)) {
    const kept = ['status', 'rest', 'record']
    return { newest: kept, older: kept, failed: ['rest', 'record'] }
  }
  const older = ['rest', 'record']
  return { newest: ['status', ...older], older, failed: [...older, 'events'] }
}

/** A snapshot is no restart point before the job is upgraded from it. */
const isRestartPoint = (dialect: DialectName) => !hasSnapshots(dialect)
const star = (dialect: DialectName) => (isRestartPoint(dialect) ? '*-' : '-')

/** A FlinkCluster counts its savepoints. */
const numbered = (dialect: DialectName, generation: number) => (isApache(dialect) ? {} : { generation })

/** Up to 1.9 the operator tries again until the take has put its nonce back. */
const triedAgain = (dialect: DialectName) => dialect === 'apache-1.7'
const asOnce = (lines: readonly string[]) =>
  lines
    .map(line => line.replace(/^- {2}Failed {2}-/, '-  Failed  manual'))
    .filter((line, at, all) => line !== all[at - 1])

export const histories: readonly Scenario[] = [
  {
    title: 'history merges what the record, the status and Flink know of one savepoint, and shows failures',
    on: everyKind,
    play: async stage => {
      const { dialect, job, run, flink, resource } = stage
      const take = `take orders${isApache(dialect) ? '' : ' --via annotation'}`
      await job()
      await run('take orders')
      flink().change({ failSavepoints: 'disk full' })
      await run(take)
      await nothingAsked(stage)
      flink().change({ failSavepoints: '' })
      await run(take)
      const { stdout: lines, ...ended } = await run('history orders')
      assert.deepEqual(
        { ...ended, stdout: triedAgain(dialect) ? asOnce(lines.split('\n')).join('\n') : lines },
        ends(0, {
          out: [
            'NAME  STATE  TRIGGER  AGE  DURATION  LOCATION',
            `${star(dialect)}  Completed  manual  AGE  AGE  file:DIR/orders/SAVEPOINT-2`,
            '-  Failed  manual  AGE  AGE  disk full',
            '-  Completed  manual  AGE  AGE  file:DIR/orders/SAVEPOINT-1',
          ],
        }),
      )
      const sources = sourcesOn(dialect)
      // Its one Event may be of any of the attempts.
      const asked = triedAgain(dialect) ? ' --sources status,rest,record' : ''
      const { stdout } = await run(`history ${resource}/orders${asked} -o json`)
      const items = itemsOf(stdout, 'state', 'location', 'generation', 'restartPoint', 'sources')
      const isOurs = ({ state, sources: known }: Fields) =>
        state !== 'Failed' || (known as string[]).includes('record')
      // Of attempts of the operator's own Flink alone knows.
      assert.deepEqual(triedAgain(dialect) ? items.filter(isOurs) : items, [
        {
          state: 'Completed',
          location: 'file:DIR/orders/SAVEPOINT-2',
          ...numbered(dialect, 2),
          restartPoint: isRestartPoint(dialect),
          sources: sources.newest,
        },
        { state: 'Failed', restartPoint: false, sources: sources.failed },
        {
          state: 'Completed',
          location: 'file:DIR/orders/SAVEPOINT-1',
          ...numbered(dialect, 1),
          restartPoint: false,
          sources: sources.older,
        },
      ])
      assert.deepEqual(
        await run('history orders -o name'),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-2', 'file:DIR/orders/SAVEPOINT-1'] }),
      )
    },
  },
  {
    title: 'the wide history has what the operator alone knows of the newest savepoint',
    on: everyKind,
    play: async ({ dialect, job, run }) => {
      await job()
      await run('take orders')
      const known = {
        'gcp-9': '*-  Completed  manual  AGE  AGE  WHERE  1  -  -  -  status',
        spotify: '*-  Completed  manual  AGE  AGE  WHERE  1  canonical  -  -  status',
        'apache-1.7': '*-  Completed  manual  AGE  -  WHERE  -  canonical  -  -  status',
      }
      const snapshot = '-  Completed  manual  AGE  AGE  WHERE  -  -  -  -  snapshots  keep'
      const row = dialect in known ? known[dialect as keyof typeof known] : snapshot
      assert.deepEqual(
        await run('history orders --sources status,snapshots --limit 1 --no-headers -o wide'),
        ends(0, { out: [row.replace('WHERE', 'file:DIR/orders/SAVEPOINT-1')] }),
      )
    },
  },
  {
    title: 'a savepoint that somebody else asked Flink for is in the history, and is no restart point',
    on: everyKind,
    play: async ({ dialect, job, run, directory, flink }) => {
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
            restartPoint: isRestartPoint(dialect),
            sources: sourcesOn(dialect).newest,
          },
          { location: 'file:DIR/external/SAVEPOINT-2', restartPoint: false, sources: ['rest'] },
        ],
      )
    },
  },
  {
    title: 'what a job was started from is an origin, and never taken unless somebody saw it taken',
    because: 'its operator goes on knowing who took it, or starts no job that exists from it',
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
    on: everyKind,
    play: async stage => {
      const { job, run, api, clusters } = stage
      await job()
      await run('take orders')
      await api.delete(`${clusters}/orders`)
      await untilGone(stage)
      assert.deepEqual(
        await run('history flinkcluster/orders'),
        ends(1, {
          err: [
            'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found',
            'its record is still there: kubectl flinksp history flinkcluster/orders -n NAMESPACE --sources record',
          ],
        }),
      )
      assert.deepEqual(
        await run('history flinkcluster/orders --sources record -o name'),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-1'] }),
      )
    },
  },
  {
    title: 'the history of all jobs of a namespace has their names',
    on: everyKind,
    play: async ({ dialect, job, run }) => {
      await Promise.all([job(), job('payments')])
      await run('take orders --record=false')
      await run('take payments')
      const unknown = dialect === 'apache-1.7' ? '-' : 'AGE'
      const line = (name: string, savepoint: number) =>
        `flinkcluster/${name}  ${star(dialect)}  Completed  manual  AGE  ${unknown}  file:DIR/${name}/SAVEPOINT-${savepoint}`
      assert.deepEqual(
        await run('history --no-headers'),
        ends(0, { out: [line('orders', 1), line('payments', 2)] }),
      )
    },
  },
  {
    title: 'the history of every namespace is listed in pages',
    on: ['spotify', 'apache-1.15'],
    because: 'pages know no kind: one of each operator is enough for 1200 jobs',
    play: async stage => {
      const { run, requests, namespace, resource } = stage
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
      ])
      const lists = (await requests('counted-list')).filter(({ path }) =>
        path.split('?')[0]?.endsWith(`/v1beta1/${resource}`),
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
  const numbers = Array.from({ length: manyJobs }, (_, number) => number)
  const nameOf = (number: number) => `job-${String(number).padStart(4, '0')}`
  const place = { dialect, namespace: many, directory: '/many' }
  for (let at = 0; at < manyJobs; at += 50) {
    const create = async (number: number) => {
      for (const body of exampleObjects({ ...place, name: nameOf(number) }))
        await api.create(collectionOf(dialect, body, many), body)
    }
    await Promise.all(numbers.slice(at, at + 50).map(create))
  }
  for (const number of [0, manyJobs - 1]) {
    const status = withSavepoint(dialect, `file:/many/${number}`)
    await api.patch(`${collection}/${nameOf(number)}/status`, { status })
  }
}

/** The status of a job that runs, and has a savepoint. */
function withSavepoint(dialect: DialectName, location: string): Fields {
  if (!isApache(dialect)) {
    const job = { state: 'Running', savepointLocation: location, savepointGeneration: 1 }
    return { state: 'Running', components: { job } }
  }
  return { lifecycleState: 'STABLE', jobStatus: { state: 'RUNNING', upgradeSavepointPath: location } }
}
