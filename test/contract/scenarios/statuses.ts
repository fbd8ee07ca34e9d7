import assert from 'node:assert/strict'
import { type Fields, isFields } from '../../../src/domain/fields.ts'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { anyJobs, recordPathOf } from '../any-kind.ts'
import { documentOf, itemsOf } from '../documents.ts'
import { jobState, statusGeneration, valueAt } from '../facts.ts'
import { hasSnapshots, nothingAsked, stateOf } from '../kinds.ts'
import { asked } from '../requests.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'

const head = 'NAME  STATE  SAVEPOINT  CHECKPOINT  AUTO  RESTART-POINT  PROBLEM'
const noSavepoint =
  'the operator knows no savepoint to start from: a failure that Flink cannot mend by itself would cost all state; kubectl flinksp take orders'
const own = "annotation and generation are FlinkCluster's own ways"
const inUse = everyKind.filter(dialect => !hasSnapshots(dialect))
const unused = 'a snapshot is no restart point before the job is upgraded from it'
const sticky = 'only FlinkCluster has a fromSavepoint that an update would use again'

/** Savepoints in a shared volume: nothing is wrong with where they lie. */
async function running(
  { dialect, job, directory }: Stage,
  name = 'orders',
  more: Fields = {},
): Promise<void> {
  if (isApache(dialect)) return void (await job(name, { job: more }))
  const volumeMounts = [{ name: 'savepoints', mountPath: directory }]
  const spec = {
    jobManager: { accessScope: 'Cluster', volumeMounts },
    taskManager: { replicas: 1, volumeMounts },
  }
  await job(name, { spec, job: more })
}

/** The line of the page that begins so. */
const line = (stdout: string, field: string) =>
  stdout
    .split('\n')
    .find(text => text.startsWith(`${field}:`))
    ?.slice(field.length + 1)
    .trim()

/** What the page of orders lists below this heading. */
async function listed({ run }: Pick<Stage, 'run'>, heading = 'Problems'): Promise<string[]> {
  const { stdout } = await run('status orders')
  const [, below = ''] = stdout.split(`\n${heading}:\n`)
  return (
    below
      .split(/\n(?! )/)[0]
      ?.split('\n')
      .map(text => text.replace(/^ +- /, '').trim()) ?? []
  )
}

/** Resolves once a problem of orders is worded so: between two attempts it is not told. */
async function said(stage: Stage, words: RegExp): Promise<void> {
  let problems: string[] = []
  for (let looks = 0; looks < 50; looks++) {
    problems = await listed(stage)
    if (problems.some(text => words.test(text))) return
  }
  assert.fail(`never said ${words}, but:\n${problems.join('\n')}`)
}

export const statuses: readonly Scenario[] = [
  {
    title: 'status of one job says how it is protected, and what a failure now would cost',
    on: inUse,
    because: unused,
    play: async stage => {
      const { run, flink, dialect } = stage
      await running(stage)
      await run('take orders --name before-v2')
      flink().change({ checkpoint: true })
      const { exit, stdout, stderr } = await run('status orders')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      assert.deepEqual(
        ['State', 'Savepoint', 'Restart Point', 'On Failure', 'Take Now', 'Problems'].map(field =>
          line(stdout, field),
        ),
        [
          stateOf('Running', dialect),
          'file:DIR/orders/SAVEPOINT-1 (AGE ago, manual, before-v2)',
          'file:DIR/orders/SAVEPOINT-1 (AGE ago, manual, before-v2)',
          'not restarted',
          'possible',
          '<none>',
        ],
        stdout,
      )
      assert.match(line(stdout, 'Checkpoint') ?? '', /^(\S+\/chk-\d+ \(AGE ago\)|AGE ago)$/)
      assert.equal(line(stdout, 'At Risk'), 'AGE of work (AGE where Flink recovers by itself)')
      const document = documentOf((await run('status orders -o json')).stdout)
      assert.deepEqual(
        [document['kind'], isFields(document['restartPoint']) && document['restartPoint']['name']],
        ['JobStatus', 'before-v2'],
      )
    },
  },
  {
    title: 'status says how often savepoints are taken by themselves, and when the next is due',
    because: 'how a job is restarted after a failure is said in fields of FlinkCluster alone',
    play: async stage => {
      const { run, dialect, seen } = stage
      await running(stage, 'orders', {
        autoSavepointSeconds: 3600,
        restartPolicy: 'FromSavepointOnFailure',
        ...(dialect === 'spotify' && { maxStateAgeToRestoreSeconds: 7200 }),
      })
      // GCP's operator takes the first at once.
      if (dialect !== 'spotify') await seen(now => statusGeneration(now) === 1)
      const { stdout } = await run('status orders')
      assert.deepEqual(
        ['Automatic', 'On Failure', 'Max State Age'].map(field => line(stdout, field)),
        [
          'every AGE, next in AGE',
          'restarted from its restart point',
          dialect === 'spotify' ? 'AGE' : undefined,
        ],
      )
      assert.match((await run('status --no-headers')).stdout, /^orders {2}Running {2}\S+ {2}\S+ {2}AGE {2}/)
    },
  },
  {
    title: 'status of all jobs is a line each: savepoints, restart point, and what is wrong',
    because: 'the words of each operator for a job that failed, and a session cluster, differ line by line',
    play: async stage => {
      const { run, flink, seen, create } = stage
      const jobs = ['orders', 'fresh', 'failing'].map(name => running(stage, name))
      await Promise.all([...jobs, create('session', { session: true })])
      await run('take orders')
      flink('failing').change({ failJob: 'out of memory' })
      await seen(now => jobState(now) === 'Failed', 'failing')
      assert.deepEqual(
        await run(
          'status -o custom-columns=NAME:.job.name,STATE:.state,LAST:.lastSavepoint.location,POINT:.restartPoint.location',
        ),
        ends(0, {
          out: [
            'NAME  STATE  LAST  POINT',
            'failing  Failed  <none>  <none>',
            'fresh  Running  <none>  <none>',
            'orders  Running  file:DIR/orders/SAVEPOINT-1  file:DIR/orders/SAVEPOINT-1',
            'session  <none>  <none>  <none>',
          ],
        }),
      )
      const { stdout } = await run('status')
      assert.deepEqual(
        stdout
          .replaceAll(/AGE|<none>(?= {2}off)/g, 'CHK')
          .split('\n')
          .slice(0, 1),
        [head],
      )
      assert.deepEqual(
        stdout
          .split('\n')
          .slice(1, -1)
          .map(row => row.split('  ').toSpliced(3, 1).join('  ')),
        [
          'failing  Failed  <none>  off  <none>  the job is not running (Failed), and nothing starts it ag...',
          'fresh  Running  <none>  off  <none>  the operator knows no savepoint to start from: a failure...',
          'orders  Running  AGE  off  AGE  <none>',
          'session  Session  -  off  -  <none>',
        ],
      )
      assert.deepEqual(
        (await run('status failing')).stdout.match(/^Take Now: .*$/m)?.[0],
        'Take Now:  no: its job is not running (Failed)',
      )
    },
  },
  {
    title: 'status says that no failure starts the job from a snapshot, and how it is done by hand',
    on: everyKind.filter(hasSnapshots),
    because: 'what others take by their operator is their restart point',
    play: async stage => {
      const { run } = stage
      await running(stage)
      assert.deepEqual(await listed(stage), [noSavepoint])
      assert.equal((await run('take orders')).exit, 0)
      assert.deepEqual(await listed(stage), [
        'the operator would start from none of its savepoints: after a failure that Flink cannot mend by itself, kubectl flinksp restore orders latest does',
      ])
      const { exit, stderr } = await run('status orders --max-age 1h')
      assert.deepEqual([exit, stderr], [3, 'error: flinkcluster/orders has no restart point\n'])
    },
  },
  {
    title: 'status names a savepoint that failed, with its cause',
    on: inUse,
    because: unused,
    play: async stage => {
      const take = `take orders${isApache(stage.dialect) ? '' : ' --via annotation'}`
      await running(stage)
      await stage.run('take orders')
      stage.flink().change({ failSavepoints: 'disk full' })
      assert.equal((await stage.run(take)).exit, 3)
      await nothingAsked(stage)
      assert.deepEqual(await listed(stage), ['the last savepoint failed AGE ago: disk full'])
      stage.flink().change({ failSavepoints: '' })
      await stage.run(take)
      assert.equal(line((await stage.run('status orders')).stdout, 'Problems'), '<none>')
    },
  },
  {
    title: 'status names a request by generation that the operator ignores',
    on: 'gcp-9',
    because: own,
    play: async stage => {
      await running(stage)
      await stage.patch({ spec: { job: { savepointGeneration: 1 } } })
      assert.deepEqual(await listed(stage), [
        noSavepoint,
        'savepointGeneration 1 is asked for, but its operator ignores that while no savepoint has been taken yet: kubectl flinksp take orders asks in another way',
      ])
    },
  },
  {
    title: 'status names a request by generation that the operator tries again without end',
    on: 'spotify',
    because: own,
    play: async stage => {
      await running(stage)
      stage.flink().change({ failSavepoints: 'disk full' })
      await stage.patch({ spec: { job: { savepointGeneration: 1 } } })
      await said(
        stage,
        /^savepointGeneration 1 is asked for, fails, and is tried again by the operator without end/,
      )
      stage.flink().change({ failSavepoints: '' })
    },
  },
  {
    title: 'status of a job that was stopped says how it goes on, and names what stands in its way',
    on: everyKind,
    play: async stage => {
      await running(stage)
      assert.equal((await stage.run('stop orders --yes')).exit, 0)
      const stopped = (now: Fields) =>
        jobState(now) === 'Cancelled' || valueAt(now, 'status.lifecycleState') === 'SUSPENDED'
      await stage.seen(stopped)
      const inTheWay =
        'status.control still says job-cancel: this operator cancels any job that is started here; kubectl flinksp resume and restore take it away first'
      assert.deepEqual(await listed(stage), [
        `the job is not running (${isApache(stage.dialect) ? 'FINISHED' : 'Cancelled'}), and nothing starts it again by itself: kubectl flinksp resume orders or restore orders`,
        ...(stage.dialect === 'spotify' ? [inTheWay] : []),
      ])
      const { exit, stderr } = await stage.run('status orders --max-age 1s')
      assert.deepEqual([exit, stderr], [0, 'flinkcluster/orders is skipped: it has stopped\n'])
    },
  },
  {
    title: 'status names a change of the spec that waits for a savepoint, and why that fails',
    on: 'gcp-9',
    because: "only GCP's operator takes a savepoint before it updates, and waits for it",
    play: async stage => {
      await running(stage)
      stage.flink().change({ failSavepoints: 'disk full' })
      await stage.patch({ spec: { job: { podLabels: { a: 'b' } } } })
      await said(
        stage,
        /^a change of the spec waits for a savepoint, and that fails \(.*\): the operator carries it out as soon as one succeeds$/,
      )
      stage.flink().change({ failSavepoints: '' })
    },
  },
  {
    title:
      'status says what a job was started from, and warns of a fromSavepoint that an update would use again',
    because: sticky,
    play: async stage => {
      const { run } = stage
      await running(stage)
      await run('take orders')
      assert.equal((await run('restore orders latest --yes --safety-savepoint=false')).exit, 0)
      assert.equal((await run('take orders')).exit, 0)
      const { stdout } = await run('status orders')
      assert.deepEqual(
        ['Savepoint', 'Started From'].map(field => line(stdout, field)),
        ['file:DIR/orders/SAVEPOINT-2 (AGE ago, manual)', 'file:DIR/orders/SAVEPOINT-1'],
      )
      assert.deepEqual(await listed(stage), [
        'spec.job.fromSavepoint is still file:DIR/orders/SAVEPOINT-1: the next change of the spec would start the job from there and give up all work since; take a savepoint, and remove fromSavepoint in that same change',
      ])
    },
  },
  {
    title: 'a restart point of which nobody wrote down the time has no age, and no check holds of it',
    because: 'the Apache operator writes the time down of each savepoint it takes',
    play: async stage => {
      const { run } = stage
      await running(stage)
      await run('take orders --record=false')
      await run('restore orders latest --yes --safety-savepoint=false --record=false')
      assert.equal(
        line((await run('status orders')).stdout, 'Restart Point'),
        'file:DIR/orders/SAVEPOINT-1 (age unknown)',
      )
      assert.deepEqual(await listed(stage, 'Unknown'), [
        'when the restart point was taken is not known: its operator and the record do not say',
      ])
      const { exit, stderr } = await run('status orders --max-age 1h')
      assert.deepEqual(
        [exit, stderr],
        [1, 'error: flinkcluster/orders: the age of its restart point is not known\n'],
      )
    },
  },
  {
    title: 'status --max-age is a check: no restart point, and one that is too old, are exit code 3',
    on: inUse,
    because: unused,
    play: async ({ job, run, resource }) => {
      await Promise.all([job(), job('fresh')])
      await run('take orders')
      const check = async (words: string) => {
        const { exit, stderr } = await run(`status ${words}`)
        return [exit, stderr]
      }
      assert.deepEqual(
        [
          await check('orders --max-age 1h'),
          await check('orders --max-age 1ms'),
          await check(`${resource} --max-age 1h`),
        ],
        [
          [0, ''],
          [3, 'error: flinkcluster/orders: its restart point is AGE old, which is more than AGE\n'],
          [3, 'error: flinkcluster/fresh has no restart point\n'],
        ],
      )
    },
  },
  {
    title: 'a missing right, and a JobManager that does not answer, are cells that say so',
    on: everyKind,
    play: async stage => {
      const { run, grant, flink, dialect, resource } = stage
      await running(stage)
      await grant('without-record', anyJobs)
      assert.deepEqual(
        await run(`status ${resource} --no-headers`, 'without-record'),
        ends(0, {
          out: [
            `orders  ${stateOf('Running', dialect)}  <forbidden>  <forbidden>  off  <none>  the operator knows no savepoint to start from: a failure...`,
          ],
        }),
      )
      flink().change({ silent: true })
      const { stdout } = await run('status orders -o json')
      assert.deepEqual(documentOf(stdout)['unknown'], [
        {
          field: 'lastCheckpoint',
          reason: 'Unreachable',
          message: 'its checkpoints are not known: no answer within 2 s',
        },
      ])
      flink().change({ silent: false })
    },
  },
  {
    title: 'status costs two lists, or two objects, and one question to Flink for each job that runs',
    on: everyKind,
    play: async stage => {
      const { job, run, requests, dialect, resource } = stage
      await job()
      const record = (await recordPathOf(stage)).replace(/^.*\/(?=configmaps)/, '')
      const cost = async (words: string) => {
        await run(words, 'counted-status')
        const known = (await requests('counted-status')).length
        await run(words, 'counted-status')
        return asked(await requests('counted-status'), known)
          .map(request => request.replace(/[0-9a-f]{32}/, 'ID'))
          .sort()
      }
      const cluster = dialect === 'apache-1.15-session' ? 'orders-session' : 'orders'
      const service = isApache(dialect) ? `${cluster}-rest:rest` : 'orders-jobmanager:ui'
      const flink = `GET services/${service}/proxy/jobs/ID/checkpoints 200`
      const snapshots = hasSnapshots(dialect) ? ['GET flinkstatesnapshots 200'] : []
      const kinds = isApache(dialect) ? ['flinkdeployments', 'flinksessionjobs'] : [resource]
      assert.deepEqual(
        [await cost('status'), await cost('status flinkcluster/orders')],
        [
          ['GET configmaps 200', ...kinds.map(kind => `GET ${kind} 200`), ...snapshots, flink],
          [
            `GET ${record} 404`,
            ...(isApache(dialect) ? ['GET events 200'] : []),
            `GET ${resource}/orders 200`,
            ...snapshots,
            flink,
          ],
        ],
      )
    },
  },
  {
    title: 'status --watch shows a job again when a savepoint is taken, by whomever',
    on: inUse,
    because: unused,
    play: async ({ job, launch, run, screen, resource }) => {
      await job()
      const watching = await launch(
        `status ${resource} -w -o custom-columns=NAME:.job.name,POINT:.restartPoint.location`,
      )
      await watching.printed('<none>\n')
      await run('take orders --record=false')
      await watching.printed('/savepoint-')
      watching.interrupt()
      const { exit, stdout } = screen.screen(await watching.ended)
      assert.deepEqual(
        [exit, stdout],
        [130, 'NAME  POINT\norders  <none>\norders  file:DIR/orders/SAVEPOINT-1\n'],
      )
    },
  },
  {
    title: 'status of many lists every job, in a document for programs',
    on: everyKind,
    play: async ({ job, run, dialect, resource }) => {
      await Promise.all([job(), job('payments')])
      await run('take payments')
      const { stdout } = await run(`status ${resource} -o json`)
      const onFailure = 'stop'
      assert.deepEqual(itemsOf(stdout, 'state', 'onFailure'), [
        { state: stateOf('Running', dialect), onFailure },
        { state: stateOf('Running', dialect), onFailure },
      ])
      assert.deepEqual(
        await run(`status ${resource} -o name`),
        ends(0, {
          out: ['flinkcluster.flinkoperator.k8s.io/orders', 'flinkcluster.flinkoperator.k8s.io/payments'],
        }),
      )
    },
  },
]
