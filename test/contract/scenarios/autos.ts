import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { countOf } from '../../sandbox/flink/job.ts'
import { isRunning } from '../../sandbox/jobs.ts'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { at, isFailed, recreating } from '../any-kind.ts'
import { documentOf, ordersRef } from '../documents.ts'
import { savepointState, valueAt } from '../facts.ts'
import { taken } from '../restoring.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Spec, Stage } from '../stage.ts'
import { wordsOf } from '../words.ts'

/** The savepoints' directory as a volume that all pods have. */
function mounted({ directory }: Stage, job: Fields = {}): Spec {
  const volumeMounts = [{ name: 'savepoints', mountPath: directory }]
  return {
    job,
    spec: {
      jobManager: { accessScope: 'Cluster', volumeMounts },
      taskManager: { replicas: 1, volumeMounts },
    },
  }
}

const path = (n: number) => `file:DIR/orders/SAVEPOINT-${n}`
const look = 'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml'

/** The job that runs now. */
function runningJob({ flink }: Stage) {
  const job = flink().jobs.find(({ state }) => state === 'RUNNING')
  assert(job, 'no Flink job runs')
  return job
}

export const autos: readonly Scenario[] = [
  {
    title: 'automatic savepoints are switched on, are taken, are shown, and are switched off',
    on: everyKind,
    // Each 4.5 s: that the next one begins while they are switched off would be another story.
    operating: { secondMs: 5 },
    play: async stage => {
      const { job, run, launch, dialect } = stage
      await job('orders', isApache(dialect) ? {} : mounted(stage))
      const on = await run('auto orders --every 15m --yes -o json')
      const { nextAt: _, lastAt: __, ...settings } = documentOf(on.stdout)
      assert.deepEqual(
        { exit: on.exit, settings },
        {
          exit: 0,
          settings: {
            apiVersion: 'flinksp/v1',
            kind: 'Automatic',
            job: ordersRef,
            everySeconds: 900,
            // That of a session job is said by its session cluster.
            ...(dialect !== 'apache-1.15-session' && { directory: 'file:DIR/orders' }),
            onFailure: 'stop',
            problems: [],
          },
        },
      )
      const watching = await launch('history orders --watch --timeout 50s -o jsonpath={.trigger}={.state}')
      await watching.printed('scheduled=Completed')
      watching.interrupt()
      await watching.ended
      const off = await run('auto orders --every off --yes --after-current -o jsonpath={.everySeconds}')
      assert.deepEqual({ exit: off.exit, stdout: off.stdout }, { exit: 0, stdout: '' })
      assert.equal(wordsOf(stage).every(await stage.object()), undefined)
    },
  },
  {
    title:
      'a change after a restore keeps what the job has counted since, and is where the next take goes to',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, object, dialect } = stage
      const back = `restore orders latest --yes --safety-savepoint=false${recreating(stage)}`
      assert.equal((await run(back)).exit, 0)
      const { fromField, every } = wordsOf(stage)
      assert.notEqual(valueAt(await object(), fromField), undefined)
      const before = runningJob(stage)
      const counted = countOf(before, Date.now())
      const change = await run('auto orders --every 1h --directory file:DIR/elsewhere --yes')
      assert.equal(change.exit, 0, change.stderr)
      const after = await object()
      const job = runningJob(stage)
      assert.match(String(every(after)), /^3600( s)?$/)
      assert.deepEqual([job === before, job.startCount >= counted], [false, true])
      // On others it is inert once it was carried out.
      if (!isApache(dialect)) assert.equal(valueAt(after, fromField), undefined)
      const { stdout } = await run('history orders --sources record -o name')
      assert.match(stdout, /SAVEPOINT-2/)
      const next = await run('take orders -o name')
      assert.equal(next.stdout, `${at(3, 'elsewhere')}\n`, next.stderr)
    },
  },
  {
    title: 'the restart policy alone is changed without a restart',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, object, dialect } = stage
      const before = runningJob(stage)
      const age = dialect === 'spotify' ? ' --max-state-age 24h' : ''
      const { exit, stdout } = await run(
        `auto orders --on-failure restore${age} --yes -o jsonpath={.onFailure}`,
      )
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: 'restore' })
      assert.ok(wordsOf(stage).isRestartedOnFailure(await object()))
      // The age is part of a revision, so Spotify restarts the job for it.
      const now = runningJob(stage)
      assert.equal(now === before, dialect !== 'spotify')
      assert.equal((await run('auto orders --on-failure stop --yes')).exit, 0)
      assert.equal(runningJob(stage), now)
    },
  },
  {
    title: 'a change that is there already writes nothing',
    on: everyKind,
    play: async ({ job, run, object }) => {
      await job()
      assert.equal((await run('auto orders --every 1h --yes')).exit, 0)
      const before = await object()
      const line = 'auto orders --every 60m --on-failure stop --yes -o jsonpath={.everySeconds}'
      assert.deepEqual(await run(line), {
        exit: 0,
        stdout: '3600',
        stderr: 'nothing to change: flinkcluster/orders has these settings already\n',
      })
      assert.equal(valueAt(await object(), 'metadata.generation'), valueAt(before, 'metadata.generation'))
    },
  },
  {
    title:
      'without savepointsDir nothing can be changed, and the commands are named that do it with a new object',
    because: 'only FlinkCluster refuses changes of its spec without a savepointsDir',
    play: async ({ job, run }) => {
      await job('orders', { job: { savepointsDir: null } })
      const cannot =
        'error: cannot change the automatic savepoints of flinkcluster/orders: spec.job.savepointsDir is not set, and the operator lets no change through without it, not even one that sets it'
      const { exit, stdout, stderr } = await run('auto orders --directory gs://bucket/orders --yes')
      assert.deepEqual(
        { exit, stdout, stderr: stderr.split('\n').slice(0, 3) },
        {
          exit: 1,
          stdout: '',
          stderr: [
            cannot,
            'with a new object it can be done:',
            '  kubectl flinksp take flinkcluster/orders -n NAMESPACE --target-directory gs://bucket/orders',
          ],
        },
      )
      assert.deepEqual(
        await run('auto orders --every 1h --yes'),
        ends(1, {
          err: [
            cannot,
            'it can be done with a new object, which needs a directory for its savepoints: say which with --directory DIR, and the commands are named here',
          ],
        }),
      )
    },
  },
  {
    title: 'operators with an immutable spec refuse every change, and the commands are named that do it',
    on: ['gcp-2', 'gcp-v1alpha1'],
    because: 'the spec is immutable on releases of GCP up to -5 alone',
    play: async ({ job, run, dialect }) => {
      await job()
      const { exit, stderr } = await run(`auto orders --every 1h --yes --operator ${dialect}`)
      assert.deepEqual(
        { exit, stderr: stderr.split('\n').slice(0, 2) },
        {
          exit: 1,
          stderr: [
            `error: cannot change the automatic savepoints of flinkcluster/orders: its operator (${dialect}) refuses every change of the spec: it has to be deleted and created again`,
            'with a new object it can be done:',
          ],
        },
      )
    },
  },
  {
    title: 'a job that failed is not started by a change',
    on: everyKind,
    play: async ({ job, run, flink, seen }) => {
      await job()
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      await seen(isFailed)
      const { exit, stdout, stderr } = await run('auto orders --directory file:DIR/elsewhere --yes')
      assert.deepEqual(
        { exit, stdout, err: stderr.replace('(FAILED)', '(Failed)').split('\n') },
        {
          exit: 1,
          stdout: '',
          err: [
            'error: cannot change the automatic savepoints of flinkcluster/orders: its job is not running (Failed): the change would start it',
            'start it first: kubectl flinksp restore flinkcluster/orders latest -n NAMESPACE',
            '',
          ],
        },
      )
    },
  },
  {
    title: 'a savepoint in flight is waited for with --after-current, and in the way without',
    because: 'a change of a FlinkCluster would lose the savepoint in flight',
    play: async ({ job, run, launch, flink, patch, seen }) => {
      await job()
      flink().change({ savepointMs: 120_000 })
      await patch({
        metadata: { annotations: { 'flinkclusters.flinkoperator.k8s.io/user-control': 'savepoint' } },
      })
      await seen(now => savepointState(now) === 'InProgress')
      const refused = await run('auto orders --every 1h --yes')
      assert.deepEqual(
        refused,
        ends(1, {
          err: [
            'error: cannot change the automatic savepoints of flinkcluster/orders: a savepoint is in flight, which the restart would lose',
            'wait for it first: --after-current',
          ],
        }),
      )
      const waiting = await launch('auto orders --every 1h --yes --after-current -o jsonpath={.everySeconds}')
      await waiting.said('waiting for the savepoint in flight')
      flink().change({ savepointMs: 5 })
      const { exit, stdout } = await waiting.ended
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: '3600' })
    },
  },
  {
    title: 'nothing is changed when the savepoint before the change fails',
    on: 'gcp-9',
    because: "only GCP's operator has one taken before",
    play: async stage => {
      await taken(stage)
      const { run, flink, object } = stage
      const before = await object()
      flink().change({ failSavepoints: 'disk full' })
      const { exit, stdout, stderr } = await run('auto orders --every 1h --yes')
      assert.deepEqual(
        { exit, stdout, first: stderr.split('\n')[0] },
        {
          exit: 3,
          stdout: '',
          first: 'error: nothing was changed: the savepoint of flinkcluster/orders failed: disk full',
        },
      )
      assert.deepEqual((await object())['spec'], before['spec'])
    },
  },
  {
    title: 'a change that failing savepoints block says so, and goes on by itself after a repair',
    on: everyKind.filter(dialect => dialect !== 'gcp-9'),
    operating: { retryMs: 300 },
    because: "GCP's operator has a savepoint taken before, and changes nothing without it",
    play: async stage => {
      await taken(stage)
      const { run, flink, object, seen } = stage
      const { changeBlocked, changed, startOf } = wordsOf(stage)
      const before = startOf(await object())
      flink().change({ failSavepoints: 'disk full' })
      const blocked = changeBlocked('disk full')
      const { exit, stdout, stderr } = await run(
        'auto orders --directory file:DIR/elsewhere --yes --timeout 3s',
      )
      assert.deepEqual(
        { exit, stdout, err: stderr.replace('is RUNNING', 'is Running').trimEnd().split('\n') },
        {
          exit: 4,
          stdout: '',
          err: [
            blocked,
            'error: timed out waiting for flinkcluster/orders to run again with its new settings (its job is Running); it may still do so',
            blocked,
            changed,
            look,
          ],
        },
      )
      flink().change({ failSavepoints: '' })
      await seen(now => isRunning(now) && startOf(now) !== before)
    },
  },
  {
    title: 'a lost submitter is answered by the same patch again, from the savepoint that was just taken',
    on: 'spotify',
    operating: { races: { lostSubmitter: 1 } },
    because: "the lost submitter is Spotify's own",
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      const counted = countOf(runningJob(stage), Date.now())
      const { exit, stderr } = await run('auto orders --every 1h --yes')
      const after = await object()
      assert.deepEqual(
        {
          exit,
          again: /patching again/.test(stderr),
          warned: /fromSavepoint of flinkcluster\/orders stays set/.test(stderr),
        },
        { exit: 0, again: true, warned: true },
      )
      assert.deepEqual(
        [valueAt(after, 'spec.job.autoSavepointSeconds'), runningJob(stage).startCount >= counted],
        [3600, true],
      )
    },
  },
  {
    title: 'where the operator takes no savepoint for an update, the job is started from one taken before',
    on: 'spotify',
    because: "takeSavepointOnUpdate is Spotify's own",
    play: async stage => {
      const { job, run, object, screen } = stage
      await job('orders', { job: { takeSavepointOnUpdate: false, maxStateAgeToRestoreSeconds: 3600 } })
      assert.equal((await run('take orders')).exit, 0)
      const counted = countOf(runningJob(stage), Date.now())
      const { exit, stderr } = await run('auto orders --every 1h --yes')
      assert.deepEqual(
        { exit, first: stderr.split('\n')[0] },
        { exit: 0, first: `safety savepoint: ${path(2)}` },
      )
      const after = await object()
      assert.equal(screen.text(String(valueAt(after, 'spec.job.fromSavepoint'))), path(2))
      assert(runningJob(stage).startCount >= counted)
    },
  },
  {
    title: 'a misspelled interval is named, and written right',
    on: 'gcp-9',
    because: "the seed's spelling was GCP's",
    play: async stage => {
      const { job, run, object } = stage
      await job('orders', mounted(stage, { autoSavePointSeconds: 3600 }))
      const shown = await run('auto orders -o jsonpath={.problems[0]}')
      assert.deepEqual(
        [shown.exit, shown.stdout],
        [
          0,
          'spec.job.autoSavePointSeconds is read by no operator, the field is autoSavepointSeconds: kubectl flinksp auto orders --every AGE sets it right',
        ],
      )
      assert.equal((await run('auto orders --every 3600s --yes')).exit, 0)
      const spec = valueAt(await object(), 'spec.job') as Fields
      assert.deepEqual([spec['autoSavepointSeconds'], spec['autoSavePointSeconds']], [3600, undefined])
    },
  },
  {
    title: 'the plan of a change is printed by a dry run, and checked by the server',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      const before = await object()
      for (const dryRun of ['client', 'server']) {
        const { exit, stdout } = await run(`auto orders --every 1h --dry-run=${dryRun} -o json`)
        const { kind, changes } = documentOf(stdout)
        assert.deepEqual(
          { exit, kind, changes },
          { exit: 0, kind: 'AutomaticPlan', changes: [wordsOf(stage).everyChange(3600)] },
        )
      }
      assert.deepEqual((await object())['spec'], before['spec'])
    },
  },
]
