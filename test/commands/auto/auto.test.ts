import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer } from '../../../src/domain/rest.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { until } from '../../support/fakes.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import {
  attempt,
  configMap,
  entries,
  key,
  ours,
  play,
  type Scene,
  scene,
  sp,
  taken,
} from '../take/samples.ts'

const newJob = 'd'.repeat(32)
const auto = { autoSavepointSeconds: 300 }
const lastAt = '2026-03-01T11:58:00Z'

/** Before, with one savepoint two minutes ago, from which the job was not started. */
const running = (more: ClusterParts = {}, make = spotifyCluster) =>
  taken(make, {
    ...more,
    jobStatus: {
      [make === spotifyCluster ? 'savepointTime' : 'lastSavepointTime']: lastAt,
      ...more.jobStatus,
    },
  })

/** What Spotify's operator makes of the patch (seen on v0.6). */
const saved: ClusterParts = {
  job: auto,
  jobStatus: { savepointGeneration: 2, savepointLocation: sp(2), savepointTime: '2026-03-01T12:00:00Z' },
  status: { savepoint: attempt('Succeeded', ours, { triggerReason: 'update' }) },
}
const updating = running({ ...saved, jobStatus: { ...saved.jobStatus, state: 'Updating' } })
const restarted = running({
  ...saved,
  jobStatus: { ...saved.jobStatus, state: 'Running', id: newJob, fromSavepoint: sp(2) },
})

const page = (lines: readonly string[]) => lines.map(line => `${line}\n`).join('')

/** Flink's memory of savepoints, so many minutes ago. */
function flinks(minutes: readonly number[]): RestAnswer {
  const history = minutes.map((ago, at) => {
    const time = Date.parse('2026-03-01T12:00:00Z') - ago * 60_000
    return { id: 100 - at, status: 'COMPLETED' as const, isSavepoint: true, triggeredAt: time, endedAt: time }
  })
  return { answer: 'checkpoints', checkpoints: { restoredCount: 0, history } }
}

describe('auto without anything to set', () => {
  it('shows how often, where, the last and the next, and what follows a failure, for one request beside that to Flink', async () => {
    const object = running({ job: { ...auto, maxStateAgeToRestoreSeconds: 3600 } })
    const { exit, stdout, stderr, requests, questions } = await play('auto orders', {
      objects: [object],
      flink: () => flinks([5, 10]),
    })
    assert.deepEqual(
      { exit, stdout, stderr, requests, questions },
      {
        exit: 0,
        stdout: page([
          'Name:           orders',
          'Namespace:      default',
          'Every:          5m',
          'Directory:      gs://bucket/orders',
          'Last:           2m ago',
          'Next:           in 3m',
          'On Failure:     not restarted',
          'Max State Age:  60m',
          'Problems:  <none>',
        ]),
        stderr: '',
        requests: [`get ${key}`],
        questions: [{ ask: 'checkpoints', jobId: flinkJobId }],
      },
    )
  })

  it('says of savepoints that came late what Flink remembers, and that the next is due at once where none was taken', async () => {
    const object = gcpCluster({ job: auto })
    const { stdout } = await play('auto orders -o json', {
      objects: [object],
      flink: () => flinks([1, 26, 31]),
    })
    const { nextAt, problems } = JSON.parse(stdout)
    assert.deepEqual(
      { nextAt, problems },
      {
        nextAt: '2026-03-01T12:00:00Z',
        problems: ['1 of the last 3 savepoints came late, by up to 20m'],
      },
    )
  })

  it('does not ask Flink where no savepoints are taken by themselves', async () => {
    const { questions } = await play('auto orders', { objects: [running()] })
    assert.deepEqual(questions, [])
  })

  it('says in a line that Flink does not answer', async () => {
    const { exit, stderr } = await play('auto orders', { objects: [running({ job: auto })] })
    const said = "Flink's own list (REST) of flinkcluster/orders is missing: connect ECONNREFUSED\n"
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: said })
  })

  it('shows what has not the effect that one would think', async () => {
    const object = running({ job: { restartPolicy: 'FromSavepointOnFailure' } }, gcpCluster)
    const { stdout } = await play('auto orders -o json', { objects: [object] })
    assert.deepEqual(JSON.parse(stdout), {
      apiVersion: 'flinksp/v1',
      kind: 'Automatic',
      job: {
        apiVersion: 'flinkoperator.k8s.io/v1beta1',
        kind: 'FlinkCluster',
        namespace: 'default',
        name: 'orders',
        uid: 'uid-of-orders',
      },
      directory: 'gs://bucket/orders',
      onFailure: 'restore',
      lastAt,
      problems: [
        'FromSavepointOnFailure: this operator restarts a job that failed without end, and never submits it (it ends by a restore)',
      ],
    })
  })

  it('says of a job that is not there what kubectl says', async () => {
    const { exit, stderr } = await play('auto payments', { objects: [running()] })
    assert.deepEqual(
      { exit, stderr },
      {
        exit: 1,
        stderr: 'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "payments" not found\n',
      },
    )
  })
})

describe('auto on Spotify', () => {
  it('patches once, waits until the job runs again, shows the settings, and keeps the savepoint that the operator took', async () => {
    const ended = await play('auto orders --every 5m --yes', {
      objects: [running({ job: { fromSavepoint: sp(1) } })],
      operator: [updating, restarted],
    })
    const { exit, stdout, stderr, requests } = ended
    assert.deepEqual(
      { exit, stdout, stderr, requests },
      {
        exit: 0,
        stdout: page([
          'Name:        orders',
          'Namespace:   default',
          'Every:       5m',
          'Directory:   gs://bucket/orders',
          'Last:        0s ago',
          'Next:        in 5m',
          'On Failure:  not restarted',
          'Problems:  <none>',
        ]),
        stderr: `the operator saved the state before: ${sp(2)}\n`,
        requests: [
          `get ${key}`,
          'may watch',
          `patch ${key}`,
          `watch ${key}`,
          `get ${configMap}`,
          `create ${configMap}`,
        ],
      },
    )
    assert.deepEqual(entries(ended.fake), [
      {
        action: 'take',
        uid: 'uid-of-orders',
        state: 'Completed',
        location: sp(2),
        trigger: 'update',
        generation: 2,
        triggerId: ours,
        flinkJobId,
        requestedAt: '2026-03-01T12:00:00Z',
        completedAt: '2026-03-01T12:00:00Z',
        durationMillis: 0,
      },
    ])
  })

  it('sets the policy alone without a restart and without a wait', async () => {
    const object = running({ job: { fromSavepoint: sp(1), maxStateAgeToRestoreSeconds: 3600 } })
    const { exit, stdout, requests, fake } = await play(
      'auto orders --on-failure restore --yes -o jsonpath={.onFailure}',
      {
        objects: [object],
      },
    )
    const job = fake.object(ref)?.spec['job'] as Fields
    assert.deepEqual(
      { exit, stdout, requests, fromSavepoint: job['fromSavepoint'] },
      { exit: 0, stdout: 'restore', requests: [`get ${key}`, `patch ${key}`], fromSavepoint: sp(1) },
    )
  })

  it('ends with the patch where nobody waits', async () => {
    const { exit, stdout, requests } = await play('auto orders --every off --yes --wait=false -o json', {
      objects: [running({ job: auto })],
    })
    assert.deepEqual(
      { exit, everySeconds: JSON.parse(stdout).everySeconds, requests },
      { exit: 0, everySeconds: undefined, requests: [`get ${key}`, `patch ${key}`] },
    )
  })

  it('says so when there is nothing to change, and writes nothing', async () => {
    const { exit, stdout, stderr, requests } = await play(
      'auto orders --every 300s --yes -o jsonpath={.everySeconds}',
      {
        objects: [running({ job: auto })],
      },
    )
    assert.deepEqual(
      { exit, stdout, stderr, requests },
      {
        exit: 0,
        stdout: '300',
        stderr: 'nothing to change: flinkcluster/orders has these settings already\n',
        requests: [`get ${key}`],
      },
    )
  })

  it('tells a refusal of the webhook in the words of the server, and that nothing was changed', async () => {
    const message = 'admission webhook "vflinkcluster.flinkoperator.k8s.io" denied the request: no'
    const { exit, stdout, stderr } = await play('auto orders --every 5m --yes', {
      objects: [running()],
      prepare: fake => fake.fail(`patch ${key}`, refusal(403, 'Forbidden', message)),
    })
    assert.deepEqual(
      { exit, stdout, stderr },
      { exit: 1, stdout: '', stderr: `Error from server (Forbidden): ${message}\nnothing was changed\n` },
    )
  })

  it('fails with 3 and what was changed when the job does not come back', async () => {
    const failed = running({ ...saved, jobStatus: { ...saved.jobStatus, state: 'Failed' } })
    const { exit, stdout, stderr } = await play('auto orders --every 5m --yes', {
      objects: [running()],
      operator: [updating, failed],
    })
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 3,
        stdout: '',
        stderr: page([
          `the operator saved the state before: ${sp(2)}`,
          'error: the settings of flinkcluster/orders were changed, and its job does not run again: the job ended as Failed',
          'cause not available because connect ECONNREFUSED',
          'changed: spec.job.autoSavepointSeconds is 300',
          'to look: kubectl get flinkcluster/orders -n default -o yaml',
          `to start it: kubectl flinksp restore flinkcluster/orders ${sp(2)} -n default`,
        ]),
      },
    )
  })

  it('ends with 4 when time runs out, and with 130 at Ctrl-C', async () => {
    for (const [end, exit, first] of [
      [
        'advance',
        4,
        'error: timed out waiting for flinkcluster/orders to run again with its new settings (its job is Updating); it may still do so',
      ],
      ['interrupt', 130, 'error: interrupted; the restart of flinkcluster/orders goes on'],
    ] as const) {
      const { fake, world } = scene({ objects: [running()] })
      const ended = program(world, 'auto orders --every 5m --yes --timeout 20m')
      await until(() => fake.requests.includes(`watch ${key}`))
      fake.put(updating)
      await until(() => world.person.told.length > 0 || world.clock.sleeping().includes(5_000))
      if (end === 'interrupt') world.interrupt()
      else world.clock.advance(1_200_000)
      const { exit: code, stderr } = await ended
      assert.deepEqual([code, stderr.split('\n').filter(line => line.startsWith('error: '))], [exit, [first]])
    }
  })
})

const ref = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'default',
  name: 'orders',
}
const gcpSaved = running(
  {
    jobStatus: {
      savepointGeneration: 2,
      savepointLocation: sp(2),
      lastSavepointTime: '2026-03-01T12:00:10Z',
    },
    status: { savepoint: attempt('Succeeded', ours) },
  },
  gcpCluster,
)

/** A change on GCP, up to the moment when the savepoint before it is awaited. */
async function begun(line: string, parts: Scene = {}) {
  const there = scene({ objects: [running({}, gcpCluster)], ...parts })
  const ended = program(there.world, line)
  const watches = () => there.fake.requests.filter(request => request.startsWith('watch')).length
  await until(() => watches() === 1)
  return { ...there, ended, watches }
}

/** The savepoint in flight ends, a quiet second passes, and the patch is followed. */
async function savedAndQuiet({ fake, world, watches }: Awaited<ReturnType<typeof begun>>): Promise<void> {
  fake.put(gcpSaved)
  await until(() => world.clock.sleeping().includes(1_000))
  world.clock.advance(1_000)
  await until(() => watches() === 2)
}

describe('auto on GCP', () => {
  it('takes and records a savepoint first, waits a quiet second, patches, and waits until the job runs again', async () => {
    const { fake, world, ended, watches } = await begun(
      'auto orders --every 5m --yes -o jsonpath={.everySeconds}',
    )
    fake.put(gcpSaved)
    await until(() => world.clock.sleeping().includes(1_000))
    world.clock.advance(1_000)
    await until(() => watches() === 3)
    const revisions = { currentRevision: 'orders-2', nextRevision: 'orders-2' }
    const parts = { job: auto, status: { savepoint: attempt('Succeeded', ours), ...revisions } }
    const jobStatus = { savepointGeneration: 2, savepointLocation: sp(2), fromSavepoint: sp(2) }
    fake.put(running({ ...parts, jobStatus: { ...jobStatus, state: 'Pending', id: '' } }, gcpCluster))
    fake.put(running({ ...parts, jobStatus: { ...jobStatus, id: newJob } }, gcpCluster))
    const { exit, stdout, stderr } = await ended
    assert.deepEqual(
      { exit, stdout, stderr, requests: fake.requests },
      {
        exit: 0,
        stdout: '300',
        stderr: `safety savepoint: ${sp(2)}\n`,
        requests: [
          `get ${key}`,
          'may watch',
          ...[`patch ${key}`, `watch ${key}`],
          ...[`get ${configMap}`, `create ${configMap}`],
          `watch ${key}`,
          ...[`patch ${key}`, `watch ${key}`],
        ],
      },
    )
    assert.deepEqual(
      entries(fake).map(entry => (entry as Fields)['location']),
      [sp(2)],
    )
  })

  it('changes nothing when the savepoint before it fails', async () => {
    const { fake, ended } = await begun('auto orders --every 5m --yes')
    const control = { name: 'savepoint', state: 'Failed', updateTime: '2026-03-01T12:00:05Z' }
    const savepoint = attempt('Failed', ours, { message: 'Savepoint error: disk full' })
    fake.put(running({ status: { savepoint, control } }, gcpCluster))
    const { exit, stdout, stderr } = await ended
    assert.deepEqual(
      {
        exit,
        stdout,
        first: stderr.split('\n')[0],
        patches: fake.requests.filter(each => each === `patch ${key}`).length,
      },
      {
        exit: 3,
        stdout: '',
        first: 'error: nothing was changed: the savepoint of flinkcluster/orders failed: disk full',
        patches: 1,
      },
    )
  })

  it('waits with --after-current for a savepoint in flight, and refuses without', async () => {
    const busy = running({ status: { savepoint: attempt('InProgress', ours) } }, gcpCluster)
    const { exit, stderr, requests } = await play('auto orders --every 5m --yes', { objects: [busy] })
    assert.deepEqual(
      { exit, stderr, requests },
      {
        exit: 1,
        stderr: page([
          'error: cannot change the automatic savepoints of flinkcluster/orders: a savepoint is in flight, which the restart would lose',
          'wait for it first: --after-current',
        ]),
        requests: [`get ${key}`],
      },
    )
    const there = await begun('auto orders --every 5m --yes --after-current', { objects: [busy] })
    const { fake, world, ended } = there
    await savedAndQuiet(there)
    assert.deepEqual(fake.requests, [
      `get ${key}`,
      `watch ${key}`,
      'may watch',
      `patch ${key}`,
      `watch ${key}`,
    ])
    world.interrupt()
    assert.equal((await ended).exit, 130)
  })

  it('waits with --after-current also for a savepoint that begins after the plan', async () => {
    const busy = running({ status: { savepoint: attempt('InProgress', ours) } }, gcpCluster)
    const there = await begun('auto orders --every 5m --yes --after-current', {
      objects: [gcpSaved],
      prepare: cluster => cluster.before(`patch ${key}`, () => cluster.put(busy)),
    })
    const { fake, world, ended } = there
    await savedAndQuiet(there)
    assert.deepEqual(fake.requests, [
      `get ${key}`,
      'may watch',
      `patch ${key}`,
      `get ${key}`,
      `get ${key}`,
      `watch ${key}`,
      `patch ${key}`,
      `watch ${key}`,
    ])
    world.interrupt()
    assert.equal((await ended).exit, 130)
  })
})

describe('the plan of auto', () => {
  const plan = page([
    'flinkcluster.flinkoperator.k8s.io/orders automatic savepoints would be changed',
    '',
    'Steps:',
    '  1. patch the object',
    '  2. the operator stops the job with a savepoint of its own, creates the cluster again and starts the job from it',
    '  3. wait until the job runs again, new',
    '',
    'Changes:',
    '  FIELD                           FROM     TO',
    '  spec.job.autoSavepointSeconds   <none>   300',
    '',
    'Risks:',
    '  - this change restarts the job: it does not run for half a minute or more',
    'Change it? [y/N]: error: the change of flinkcluster/orders was not confirmed; nothing was changed',
  ])

  it('is shown and asked about on a terminal; without a yes nothing is changed', async () => {
    const terminal = { stdin: true, stderr: true }
    const { exit, stdout, stderr, requests } = await play(
      'auto orders --every 5m',
      { objects: [running()] },
      { terminal, answers: ['n'] },
    )
    assert.deepEqual(
      { exit, stdout, stderr, requests },
      { exit: 1, stdout: '', stderr: plan, requests: [`get ${key}`, 'may watch'] },
    )
  })

  it('is printed by a dry run, which writes nothing', async () => {
    const { exit, stdout, requests } = await play('auto orders --every 5m --dry-run=client -o json', {
      objects: [running()],
    })
    const { kind, changes, steps } = JSON.parse(stdout)
    assert.deepEqual(
      { exit, kind, changes, steps: steps.length, requests },
      {
        exit: 0,
        kind: 'AutomaticPlan',
        changes: [{ path: 'spec.job.autoSavepointSeconds', to: 300 }],
        steps: 3,
        requests: [`get ${key}`],
      },
    )
  })

  it('is sent to be checked by a dry run of the server', async () => {
    const { exit, requests } = await play('auto orders --every 5m --dry-run=server', { objects: [running()] })
    assert.deepEqual({ exit, requests }, { exit: 0, requests: [`get ${key}`, `patch ${key} (dry run)`] })
  })
})

describe('a wrong command line of auto', () => {
  const usage = "See 'kubectl flinksp auto -h' for help and examples"
  const of = (value: string, flag: string, why: string) =>
    `error: invalid argument "${value}" for "--${flag}" flag: ${why}`
  for (const [line, message, hint = usage] of [
    ['auto', 'error: you must name a job: NAME or KIND/NAME'],
    ['auto a b', 'error: auto works on one job at a time'],
    [
      'auto a --every 5m',
      'error: nobody can be asked here: say --yes to change it, or --dry-run=client to see the plan',
    ],
    [
      'auto a --dry-run=client',
      'error: --dry-run needs something to set: --every, --checkpoint-every, --directory, --on-failure or --max-state-age',
    ],
    ['auto a --every 0', of('0', 'every', 'must be more than zero'), 'to switch them off: --every off'],
    ['auto a --every 0h0m', of('0h0m', 'every', 'must be more than zero'), 'to switch them off: --every off'],
    ['auto a --every=-5m', of('-5m', 'every', 'not a duration like 90s, 5m or 1h30m')],
    ['auto a --every 1.5s', of('1.5s', 'every', 'must be whole seconds')],
    ['auto a --every 500ms', of('500ms', 'every', 'must be whole seconds')],
    ['auto a --every 2147483648s', of('2147483648s', 'every', 'must not be more than 2147483647 s')],
    [
      'auto a --every 99999999999999999999h',
      of('99999999999999999999h', 'every', 'must not be more than 2147483647 s'),
    ],
    ['auto a --every never', of('never', 'every', 'not a duration like 90s, 5m or 1h30m')],
    ['auto a --every=', of('', 'every', 'not a duration like 90s, 5m or 1h30m')],
    ['auto a --max-state-age 0', of('0', 'max-state-age', 'must be more than zero')],
    ['auto a --max-state-age off', of('off', 'max-state-age', 'not a duration like 90s, 5m or 1h30m')],
    ['auto a --directory=', 'error: --directory must not be empty'],
    [
      'auto a --directory savepoints',
      of(
        'savepoints',
        'directory',
        'must be a whole path: a scheme and a bucket (gs://bucket/path), or begin with /',
      ),
    ],
    [
      'auto a --directory ./savepoints',
      of(
        './savepoints',
        'directory',
        'must be a whole path: a scheme and a bucket (gs://bucket/path), or begin with /',
      ),
    ],
    ['auto a --directory gs:///orders', of('gs:///orders', 'directory', 'must name a bucket or host')],
    ['auto a --directory gs:bucket', of('gs:bucket', 'directory', 'must be written gs://...')],
    ['auto a --directory file:///', of('file:///', 'directory', 'must name a directory: file:/path')],
    ['auto a --directory gs://bucket/../x', of('gs://bucket/../x', 'directory', 'must not have .. in it')],
    [
      'auto a --directory s3://key:secret@bucket/x',
      of('s3://***@bucket/x', 'directory', 'must hold no credentials'),
    ],
    [
      'auto a --directory gcs://bucket/x',
      of('gcs://bucket/x', 'directory', "gcs is no file system of Flink's"),
      'did you mean gs://?',
    ],
    [
      'auto a --directory S3://bucket/x',
      of('S3://bucket/x', 'directory', "S3 is no file system of Flink's"),
      'did you mean s3://?',
    ],
    [
      'auto a --directory ftp://host/x',
      of('ftp://host/x', 'directory', "ftp is no file system of Flink's"),
      'it knows abfs, abfss, alluxio, cosn, file, gs, hdfs, maprfs, o3fs, obs, ofs, oss, s3, s3a, s3p, swebhdfs, viewfs, wasb, wasbs, webhdfs',
    ],
  ] as const) {
    it(`${line} is refused with 2 before anything is asked`, async () => {
      const { exit, stdout, stderr, requests } = await play(line)
      assert.deepEqual(
        { exit, stdout, stderr, requests },
        { exit: 2, stdout: '', stderr: `${message}\n${hint}\n`, requests: [] },
      )
    })
  }
})
