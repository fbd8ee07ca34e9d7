import assert from 'node:assert/strict'
import { restore } from '../../../src/commands/restore.ts'
import { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { TakeEntry } from '../../../src/history/entry.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { until } from '../../support/fakes.ts'
import { flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { recordOf } from '../history/samples.ts'
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

const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'default',
  name: 'orders',
}
const newJob = 'd'.repeat(32)
const sticky = `Warning: spec.job.fromSavepoint of flinkcluster/orders stays set: every later change of its spec starts the job from ${sp(1)} again, until the field is changed or removed\n`
const restored = `flinkcluster.flinkoperator.k8s.io/orders restored from ${sp(1)}\n`
const restoring = {
  job: { fromSavepoint: sp(1) },
  jobStatus: { state: 'Deploying', fromSavepoint: sp(1), savepointLocation: sp(1) },
}
const deploying = taken(spotifyCluster, restoring)
const running = taken(spotifyCluster, {
  ...restoring,
  jobStatus: { ...restoring.jobStatus, state: 'Running', id: newJob },
})
const stopped = taken(spotifyCluster, { jobStatus: { state: 'Failed' } })
const saved = taken(spotifyCluster, {
  jobStatus: { savepointGeneration: 2, savepointLocation: sp(2), savepointTime: '2026-03-01T12:00:10Z' },
  status: { savepoint: attempt('Succeeded', ours) },
})

/** Flink, restored from there. */
function flinkAt(location: string): (question: RestQuestion) => RestAnswer | undefined {
  return question =>
    question.ask === 'checkpoints'
      ? {
          answer: 'checkpoints',
          checkpoints: { restoredCount: 1, restored: { isSavepoint: true, location }, history: [] },
        }
      : { answer: 'unreachable', reason: 'no answer', mayHaveBeenSent: false }
}

/** A restore of a running job, up to the moment when its safety savepoint is awaited. */
async function begun(line: string, parts: Scene = {}) {
  const there = scene({ objects: [taken()], flink: flinkAt(sp(1)), ...parts })
  const ended = program(there.world, line)
  const watches = () => there.fake.requests.filter(request => request.startsWith('watch')).length
  await until(() => watches() === 1)
  return { ...there, ended, watches }
}

/** The safety savepoint is taken, and the quiet second after it is over. */
async function safe(line: string, parts: Scene = {}) {
  const there = await begun(line, parts)
  there.fake.put(saved)
  await until(() => there.world.clock.sleeping().includes(1_000))
  there.world.clock.advance(1_000)
  await until(() => there.watches() === 3)
  return there
}

describe('restore of a running job', () => {
  it('takes and records a safety savepoint, waits a quiet second, patches once, and waits for the proof', async () => {
    const { fake, ended } = await safe('restore orders latest --yes --verify=false')
    fake.put(deploying)
    fake.put(running)
    const { exit, stdout, stderr } = await ended
    assert.deepEqual(
      { exit, stdout, stderr, requests: fake.requests },
      {
        exit: 0,
        stdout: restored,
        stderr: `safety savepoint: ${sp(2)}\n${sticky}`,
        requests: [
          ...[`get ${key}`, `get ${configMap}`, 'may watch'],
          ...[`patch ${key}`, `watch ${key}`],
          ...[`get ${configMap}`, `create ${configMap}`],
          `watch ${key}`,
          ...[`get ${configMap}`, `update ${configMap}`],
          ...[`patch ${key}`, `watch ${key}`],
          ...[`get ${configMap}`, `update ${configMap}`],
        ],
      },
    )
    assert.deepEqual(entries(fake), [
      {
        action: 'take',
        uid: 'uid-of-orders',
        state: 'Completed',
        location: sp(2),
        trigger: 'manual',
        generation: 2,
        triggerId: ours,
        flinkJobId,
        requestedAt: '2026-03-01T12:00:00Z',
        completedAt: '2026-03-01T12:00:10Z',
        durationMillis: 10_000,
      },
      {
        action: 'restore',
        uid: 'uid-of-orders',
        state: 'Restored',
        target: sp(1),
        requestedAt: '2026-03-01T12:00:01Z',
        completedAt: '2026-03-01T12:00:01Z',
        flinkJobId,
        safety: sp(2),
        restartPoint: sp(2),
        changes: [
          { path: 'spec.job.fromSavepoint', to: sp(1) },
          { path: 'spec.job.allowNonRestoredState', from: false, to: false },
        ],
      },
    ])
  })

  it('prints plan, state, proof and safety savepoint with json', async () => {
    const { fake, ended } = await safe('restore orders latest --yes -o json --verify=false')
    fake.put(deploying)
    fake.put(running)
    const { kind, state, proof, savepoint, safetySavepoint, changes, failure } = JSON.parse(
      (await ended).stdout,
    )
    assert.deepEqual(
      { kind, state, proof, target: savepoint.location, safety: safetySavepoint.location, changes, failure },
      {
        kind: 'Restore',
        state: 'Restored',
        proof: { operator: true, rest: true },
        target: sp(1),
        safety: sp(2),
        changes: [
          { path: 'spec.job.fromSavepoint', to: sp(1) },
          { path: 'spec.job.allowNonRestoredState', from: false, to: false },
        ],
        failure: undefined,
      },
    )
  })

  it('changes nothing where the safety savepoint fails', async () => {
    const { fake, ended } = await begun('restore orders latest --yes -o json --verify=false')
    fake.put(
      taken(spotifyCluster, { status: { savepoint: attempt('Failed', ours, { message: 'disk full' }) } }),
    )
    const { exit, stdout, stderr } = await ended
    const { state, safetySavepoint } = JSON.parse(stdout)
    assert.deepEqual(
      { exit, stderr, state, safety: safetySavepoint.state },
      {
        exit: 3,
        stderr: `\
error: nothing was changed: the savepoint of flinkcluster/orders failed: disk full
cause not available because no answer
to restore without it: --safety-savepoint=false
`,
        state: 'Unchanged',
        safety: 'Failed',
      },
    )
    assert.deepEqual(
      [fake.requests.filter(request => request.startsWith('patch')).length, fake.object(job)?.spec],
      [1, taken()['spec']],
    )
  })

  it('changes nothing where the safety savepoint is not complete in time', async () => {
    const { fake, ended, world } = await begun('restore orders latest --yes --timeout 1m -q --verify=false')
    world.clock.advance(60_000)
    assert.deepEqual(await ended, {
      exit: 4,
      stdout: '',
      stderr:
        'error: nothing was changed: timed out waiting for the savepoint of flinkcluster/orders; it may still complete\n',
    })
    assert.deepEqual(fake.object(job)?.spec, taken()['spec'])
  })

  it('changes nothing where it is interrupted meanwhile', async () => {
    const { fake, ended, world } = await begun('restore orders latest --yes -q --verify=false')
    world.interrupt()
    assert.deepEqual(await ended, {
      exit: 130,
      stdout: '',
      stderr: 'error: nothing was changed: interrupted; the savepoint of flinkcluster/orders goes on\n',
    })
    assert.deepEqual(fake.object(job)?.spec, taken()['spec'])
  })

  it('waits for a savepoint in flight before it takes its own', async () => {
    const busy = taken(spotifyCluster, { status: { savepoint: attempt('InProgress', 'c'.repeat(32)) } })
    const { fake, ended, world } = await begun('restore orders latest --yes --verify=false', {
      objects: [busy],
    })
    assert.deepEqual(fake.object(job)?.metadata.annotations, {})
    fake.put(taken())
    await until(() => world.clock.sleeping().includes(1_000))
    world.clock.advance(1_000)
    await until(() => fake.requests.includes(`patch ${key}`))
    world.interrupt()
    assert.equal((await ended).exit, 130)
  })

  it('takes none with --safety-savepoint=false', async () => {
    const { exit, stdout, requests, fake } = await play(
      'restore orders latest --yes --safety-savepoint=false --verify=false',
      {
        objects: [taken()],
        flink: flinkAt(sp(1)),
        operator: [deploying, running],
      },
    )
    assert.deepEqual(
      [exit, stdout, requests.slice(2)],
      [
        0,
        restored,
        [
          'may watch',
          `get ${configMap}`,
          `create ${configMap}`,
          `patch ${key}`,
          `watch ${key}`,
          `get ${configMap}`,
          `update ${configMap}`,
        ],
      ],
    )
    assert.deepEqual(
      entries(fake).map(entry => [(entry as Fields)['action'], (entry as Fields)['restartPoint']]),
      [['restore', sp(1)]],
    )
  })
})

describe('restore of a stopped job', () => {
  it('takes no savepoint first, and cannot', async () => {
    const { exit, requests } = await play('restore orders latest --yes --verify=false', {
      objects: [stopped],
      flink: flinkAt(sp(1)),
      operator: [deploying, running],
    })
    assert.deepEqual([exit, requests.filter(request => request.startsWith('patch')).length], [0, 1])
    const wanted = await play('restore orders latest --yes --safety-savepoint --verify=false', {
      objects: [stopped],
    })
    assert.deepEqual(
      [wanted.exit, wanted.stderr.split('\n').at(-2)],
      [1, 'error: no safety savepoint can be taken of flinkcluster/orders: its job is not running (Failed)'],
    )
  })

  it('says what was changed where it fails, and records that', async () => {
    const failed = taken(spotifyCluster, {
      ...restoring,
      jobStatus: { ...restoring.jobStatus, state: 'Failed' },
    })
    const { exit, stdout, stderr, fake } = await play('restore orders latest --yes --verify=false', {
      objects: [stopped],
      operator: [deploying, failed],
    })
    assert.deepEqual(
      { exit, stdout, stderr: stderr.split('\n') },
      {
        exit: 3,
        stdout: '',
        stderr: [
          `error: flinkcluster/orders was not restored from ${sp(1)}: the job ended as Failed`,
          'cause not available because connect ECONNREFUSED',
          `changed: spec.job.fromSavepoint is ${sp(1)}, allowNonRestoredState false`,
          'to look: kubectl get flinkcluster/orders -n default -o yaml',
          '',
        ],
      },
    )
    assert.deepEqual(
      entries(fake).map(entry => (entry as Fields)['state']),
      ['Failed'],
    )
  })

  it('is told in the words of the server where the patch is refused, and so is the record', async () => {
    const denied = refusal(403, 'Forbidden', 'admission webhook denied the request: no')
    const { exit, stderr, fake } = await play('restore orders latest --yes -q --verify=false', {
      objects: [stopped],
      prepare: fake => fake.fail('patch', denied),
    })
    assert.deepEqual(
      [exit, stderr, entries(fake).map(entry => (entry as Fields)['state'])],
      [1, `${denied.message}\n`, ['Unchanged']],
    )
  })

  it('is not told as unchanged where nobody knows whether the patch was carried out', async () => {
    const lost = 'Unable to connect to the server: EOF'
    const hint = 'whether this change of flinkcluster/orders was carried out is not known'
    const { exit, stdout, stderr, fake } = await play('restore orders latest --yes --verify=false -o json', {
      objects: [stopped],
      prepare: fake => fake.fail('patch', new Failure('not-asked', lost, { hints: [hint], uncertain: true })),
    })
    assert.deepEqual(
      [exit, JSON.parse(stdout).state, stderr.split('\n').slice(-3)],
      [1, 'InProgress', [lost, hint, '']],
    )
    assert.deepEqual(
      entries(fake).map(entry => (entry as Fields)['state']),
      ['InProgress'],
    )
  })

  it('names the way around a webhook that lets no change through', async () => {
    const denied = refusal(
      403,
      'Forbidden',
      'admission webhook "x" denied the request: the cluster properties are immutable',
    )
    const { stderr } = await play('restore orders latest --yes --verify=false', {
      objects: [stopped],
      prepare: fake => fake.fail('patch', denied),
    })
    assert.deepEqual(stderr.split('\n').slice(1, -1), [
      'nothing was changed',
      `where no change of the object is let through: kubectl flinksp restore flinkcluster/orders ${sp(1)} -n default --recreate`,
    ])
  })

  it('ends as soon as it is patched with --wait=false', async () => {
    const { exit, stdout, stderr, fake } = await play(
      'restore orders latest --yes --wait=false --verify=false',
      {
        objects: [stopped],
        flink: flinkAt(sp(1)),
      },
    )
    assert.deepEqual([exit, stderr], [0, sticky])
    assert.match(stdout, /^flinkcluster\.flinkoperator\.k8s\.io\/orders restore/)
    assert.deepEqual(
      entries(fake).map(entry => [(entry as Fields)['state'], (entry as Fields)['completedAt']]),
      [['InProgress', undefined]],
    )
  })

  it('keeps the savepoint that the GCP operator took meanwhile in the record', async () => {
    const options = { jobStatus: { ...restoring.jobStatus, savepointLocation: sp(3), state: 'Running' } }
    const update = { savepoint: attempt('Succeeded', 'e'.repeat(32), { triggerReason: 'update' }) }
    const { exit, fake } = await play(
      'restore orders latest --yes --safety-savepoint=false -q --verify=false',
      {
        objects: [taken(gcpCluster)],
        flink: flinkAt(sp(1)),
        operator: [
          taken(gcpCluster, { ...restoring, jobStatus: options.jobStatus, status: update }),
          taken(gcpCluster, { ...restoring, jobStatus: { ...restoring.jobStatus, state: 'Pending' } }),
          taken(gcpCluster, {
            ...restoring,
            jobStatus: { ...restoring.jobStatus, state: 'Running', id: newJob },
          }),
        ],
      },
    )
    assert.equal(exit, 0)
    assert.deepEqual(entries(fake)[0], {
      action: 'take',
      uid: 'uid-of-orders',
      state: 'Completed',
      location: sp(3),
      trigger: 'update',
      flinkJobId,
    })
  })
})

describe('the plan of a restore', () => {
  const plan = `\
flinkcluster.flinkoperator.k8s.io/orders would be restored from ${sp(1)}
  known from status

Steps:
  1. the job is Running; what it has done until then is kept in the safety savepoint
  2. take a safety savepoint of the running job by annotation, and wait for it
  3. patch the object: start from ${sp(1)}, of unknown age, known from status
  4. the operator deletes the JobManager without a savepoint of its own, creates the cluster again and submits the job
  5. wait until the job runs, new, from this location, and Flink's latest.restored says so

Changes:
  FIELD                            FROM     TO
  spec.job.fromSavepoint           <none>   ${sp(1)}
  spec.job.allowNonRestoredState   false    false

Risks:
  - spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed
`
  const reads = [`get ${key}`, `get ${configMap}`]

  it('is all of --dry-run=client', async () => {
    const { exit, stdout, requests } = await play('restore orders latest --dry-run=client --verify=false', {
      objects: [taken()],
    })
    assert.deepEqual({ exit, stdout, requests }, { exit: 0, stdout: plan, requests: reads })
  })

  it('is checked by the server with --dry-run=server, which keeps nothing', async () => {
    const { exit, stdout, requests, fake } = await play(
      'restore orders latest --dry-run=server --verify=false',
      {
        objects: [taken()],
      },
    )
    assert.deepEqual(
      { exit, stdout, requests, spec: fake.object(job)?.spec },
      { exit: 0, stdout: plan, requests: [...reads, `patch ${key} (dry run)`], spec: taken()['spec'] },
    )
  })

  it('is shown and asked about on a terminal, where the latest is meant without a SAVEPOINT', async () => {
    const terminal = { stdin: true, stderr: true }
    const { exit, stdout, stderr, requests } = await play(
      'restore orders -q --verify=false',
      { objects: [taken()] },
      { terminal, answers: ['no'] },
    )
    assert.deepEqual(
      { exit, stdout, stderr, requests },
      {
        exit: 1,
        stdout: '',
        stderr: `${plan}Restore it? [y/N]: error: the restore of flinkcluster/orders was not confirmed; nothing was changed\n`,
        requests: [...reads, 'may watch'],
      },
    )
  })

  it('is gone through with after a yes', async () => {
    const terminal = { stdin: true, stderr: true }
    const { exit, stdout } = await play(
      'restore orders -q --verify=false',
      { objects: [stopped], flink: flinkAt(sp(1)), operator: [deploying, running] },
      { terminal, answers: ['y'] },
    )
    assert.deepEqual([exit, stdout], [0, restored])
  })

  it('ends with 130 where the question is interrupted', async () => {
    const { world, fake } = scene({ objects: [taken()] })
    const person = {
      ...world.person,
      confirm: async () => {
        world.interrupt()
        return undefined
      },
    }
    const options = {
      job: { name: 'orders' },
      savepoint: { by: 'latest', back: 0 },
      way: { how: 'in-place' },
      manifest: false,
      verify: false,
      verifyLimitMs: 5_000,
      allowUnknownLocation: false,
      yes: false,
      dryRun: 'none',
      wait: true,
      timeoutMs: 60_000,
      record: true,
    } as const
    await assert.rejects(restore.run(options, { ...world, person }), {
      code: 'interrupted',
      message: 'error: interrupted; nothing was changed',
    })
    assert.deepEqual(fake.requests, [...reads, 'may watch'])
  })

  for (const [location, flag, exit] of [
    ['gs://elsewhere/savepoint-1', '', 1],
    ['gs://elsewhere/savepoint-1', ' --allow-unknown-location', 0],
    ['gs://bucket/orders/savepoint-1', '', 0],
    ['gs://bucket/orders/../savepoint-1', '', 1],
  ] as const) {
    it(`${exit ? 'refuses' : 'goes on with'} ${location} that only the record knows${flag && ', with'}${flag}`, async () => {
      const planted: TakeEntry = {
        action: 'take',
        uid: 'uid-of-orders',
        state: 'Completed',
        location,
        completedAt: '2026-03-01T11:59:00Z',
      }
      const ended = await play(`restore orders latest --dry-run=client -q${flag} --verify=false`, {
        objects: [spotifyCluster(), recordOf([planted])],
      })
      assert.equal(ended.exit, exit, ended.stderr)
      if (exit === 1)
        assert.match(ended.stderr, /known only from the record, and is not below gs:\/\/bucket\/orders/)
    })
  }
})

describe('a wrong command line of restore', () => {
  const terminal = { stdin: true, stderr: true }
  for (const [line, message, more] of [
    ['restore', 'you must name a job: NAME or KIND/NAME', {}],
    ['restore', 'you must name a job: NAME or KIND/NAME', { terminal }],
    ['restore orders', 'say which savepoint: a location, latest, latest~1, gen:12 or a name', {}],
    ['restore orders --yes --verify=false', 'say which savepoint', { terminal }],
    ['restore orders latest', 'nobody can be asked here: say --yes to restore', {}],
    ['restore orders  --yes --verify=false', 'the savepoint is empty', {}],
    ['restore orders latest more --yes --verify=false', 'restore takes one job and one savepoint', {}],
    ['restore orders Newest --yes --verify=false', '"Newest" names no savepoint', {}],
    [
      'restore orders latest --yes --dry-run=maybe --verify=false',
      'invalid argument "maybe" for "--dry-run" flag',
      {},
    ],
  ] as const) {
    it(`${line}${'terminal' in more ? ' on a terminal' : ''} is refused with 2 before anything is asked`, async () => {
      const { exit, stdout, stderr, requests } = await play(line, {}, more)
      assert.deepEqual([exit, stdout, requests], [2, '', []])
      assert.ok(stderr.startsWith(`error: ${message}`), stderr)
    })
  }
})
