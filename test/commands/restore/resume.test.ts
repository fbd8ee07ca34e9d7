import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { until } from '../../support/fakes.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
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
const cancel = { triggerReason: 'job cancel' }
const control = { name: 'job-cancel', state: 'Succeeded', updateTime: '2026-03-01T11:00:00Z' }
const requestedAt = '2026-03-01T11:00:00Z'
const at = '2026-03-01T11:00:10Z'

/** Stopped by job-cancel, with the second savepoint. */
const stopped = (make = spotifyCluster, more: ClusterParts = {}) =>
  taken(make, {
    ...more,
    jobStatus: {
      state: 'Cancelled',
      savepointGeneration: 2,
      savepointLocation: sp(2),
      // Which of the two names stands there tells the operators apart.
      ...(make === spotifyCluster ? { savepointTime: at } : { lastSavepointTime: at }),
      ...more.jobStatus,
    },
    status: { savepoint: attempt('Succeeded', ours, cancel), control, ...more.status },
  })
/** Stopped through Flink: the operator knows the first savepoint only. */
const ended = (make = gcpCluster) => taken(make, { jobStatus: { state: 'Succeeded' } })

const entry = (more: Fields = {}) =>
  JSON.stringify({
    action: 'stop',
    uid: 'uid-of-orders',
    state: 'Completed',
    requestedAt,
    location: sp(2),
    flinkJobId,
    ...more,
  })
const record = (more?: Fields) => recordOf([entry(more)])

function running(make: typeof spotifyCluster, from = sp(2)) {
  const startTime = make === spotifyCluster ? { startTime: '2026-03-01T12:01:00Z' } : {}
  const started = { fromSavepoint: from, savepointLocation: from }
  return [
    taken(make, { job: { fromSavepoint: from }, jobStatus: { ...started, state: 'Updating' } }),
    taken(make, {
      job: { fromSavepoint: from },
      jobStatus: { ...started, ...startTime, state: 'Running', id: newJob },
    }),
  ]
}

function flinkAt(location: string): (question: RestQuestion) => RestAnswer | undefined {
  return () => ({
    answer: 'checkpoints',
    checkpoints: { restoredCount: 1, restored: { isSavepoint: true, location }, history: [] },
  })
}

const resumed = (make: typeof spotifyCluster, ...objects: Fields[]): Scene => ({
  objects,
  flink: flinkAt(sp(2)),
  operator: running(make),
})
const sticky = `Warning: spec.job.fromSavepoint of flinkcluster/orders stays set: every later change of its spec starts the job from ${sp(2)} again, until the field is changed or removed\n`
const done = `flinkcluster.flinkoperator.k8s.io/orders resumed from ${sp(2)}\n`

/** The first patch of the object itself. */
const writes = (requests: readonly string[]) => requests.filter(request => request.startsWith('patch'))

describe('resume', () => {
  it('starts the job from what the record says its stop left, and records that', async () => {
    const parts = resumed(gcpCluster, ended(), record())
    const { exit, stdout, stderr, requests, fake } = await play('resume orders --yes', parts)
    assert.deepEqual(
      { exit, stdout, stderr, requests },
      {
        exit: 0,
        stdout: done,
        stderr: sticky,
        requests: [
          ...[`get ${key}`, `get ${configMap}`, 'may watch'],
          ...[`get ${configMap}`, `update ${configMap}`],
          ...[`patch ${key}`, `watch ${key}`],
          ...[`get ${configMap}`, `update ${configMap}`],
        ],
      },
    )
    const [, { action, state, target }] = entries(fake) as [Fields, Fields]
    assert.deepEqual({ action, state, target }, { action: 'restore', state: 'Restored', target: sp(2) })
  })

  it('starts it from what the object says where there is no record', async () => {
    const parts = resumed(gcpCluster, stopped(gcpCluster))
    const { exit, stdout } = await play('resume orders --yes', parts)
    assert.deepEqual([exit, stdout], [0, done])
  })

  it("clears Spotify's control first, which would cancel the job again", async () => {
    const { fake, world } = scene({ objects: [stopped(), record()], flink: flinkAt(sp(2)) })
    const ended = program(world, 'resume orders --yes')
    const fromSavepoint = () => fieldsAt(fake.object(job)?.spec ?? {}, 'job')['fromSavepoint']
    await until(() => fromSavepoint() === sp(2))
    assert.deepEqual(writes(fake.requests), [`patch ${key}`, `patch ${key}`])
    assert.equal(fake.object(job)?.status['control'], undefined)
    for (const body of running(spotifyCluster)) fake.put(body)
    const { exit, stdout } = await ended
    assert.deepEqual([exit, stdout], [0, done])
  })

  it('changes nothing on Spotify where the status may not be patched', async () => {
    const message = 'flinkclusters.flinkoperator.k8s.io "orders" is forbidden'
    const { exit, stderr, requests } = await play('resume orders --yes', {
      objects: [stopped(), record()],
      prepare: fake => fake.fail(`patch ${key}`, refusal(403, 'Forbidden', message)),
    })
    assert.deepEqual([exit, writes(requests)], [1, [`patch ${key}`]])
    assert.match(stderr, /^Error from server \(Forbidden\): .*is forbidden\n/)
  })

  it('shows the plan and asks on a terminal', async () => {
    const terminal = { stdin: true, stderr: true }
    const parts = { objects: [stopped(), record()] }
    const { exit, stderr, requests } = await play('resume orders', parts, { terminal, answers: ['n'] })
    assert.deepEqual([exit, requests], [1, [`get ${key}`, `get ${configMap}`, 'may watch']])
    const lines = stderr.split('\n')
    assert.deepEqual(
      [lines[0], lines.at(-2)],
      [
        `flinkcluster.flinkoperator.k8s.io/orders would be restored from ${sp(2)}`,
        'Resume it? [y/N]: error: the resume of flinkcluster/orders was not confirmed; nothing was changed',
      ],
    )
  })

  it('needs --yes where nobody can be asked, and prints the plan with --dry-run', async () => {
    const parts = { objects: [stopped(), record()] }
    assert.equal((await play('resume orders', parts)).exit, 2)
    const { stdout, requests } = await play('resume orders --dry-run=client -o json', parts)
    const { kind, savepoint, changes, risks } = JSON.parse(stdout)
    assert.deepEqual(
      [kind, savepoint.location, savepoint.sources, requests.length],
      ['RestorePlan', sp(2), ['status', 'record'], 2],
    )
    assert.deepEqual(
      changes.map(({ path }: { path: string }) => path),
      [
        'status.control',
        'spec.job.fromSavepoint',
        'spec.job.allowNonRestoredState',
        "spec.job.podAnnotations['flinksp/restore']",
      ],
    )
    assert.ok(Array.isArray(risks))
  })

  it('says of a drained job that it does not go on where it was', async () => {
    const { stdout } = await play('resume orders --dry-run=client -o json', {
      objects: [ended(), record({ drain: true })],
    })
    assert.equal(
      JSON.parse(stdout).risks.at(-1),
      'the job was drained: its timers and windows have fired, and it does not go on where it was stopped',
    )
  })

  const kept = taken(gcpCluster, {
    job: { cleanupPolicy: { afterJobSucceeds: 'KeepCluster' } },
    jobStatus: { state: 'Succeeded' },
  })
  const policy = 'spec.job.cleanupPolicy.afterJobSucceeds'

  it('puts back what the stop had set and could not put back', async () => {
    const changes = [{ path: policy, from: 'DeleteCluster', to: 'KeepCluster' }]
    const { stdout } = await play('resume orders --dry-run=client -o json', {
      objects: [kept, record({ changes })],
    })
    assert.deepEqual(JSON.parse(stdout).changes.at(-1), {
      path: policy,
      from: 'KeepCluster',
      to: 'DeleteCluster',
    })
    const { fake, world } = scene({ objects: [kept, record({ changes })] })
    const ended = program(world, 'resume orders --yes --wait=false')
    assert.equal((await ended).exit, 0)
    assert.deepEqual(fieldsAt(fake.object(job)?.spec ?? {}, 'job', 'cleanupPolicy'), {
      afterJobSucceeds: 'DeleteCluster',
    })
  })

  it('sets nothing else that a planted record asks for', async () => {
    const planted = [
      [{ path: 'spec.job.jarFile', from: 'evil.jar', to: 'good.jar' }],
      [{ path: policy, from: 'Whatever', to: 'KeepCluster' }],
      [{ path: policy, from: 'DeleteCluster', to: 'DeleteTaskManager' }],
    ]
    for (const changes of planted) {
      const { stdout } = await play('resume orders --dry-run=client -o json', {
        objects: [kept, record({ changes })],
      })
      assert.deepEqual(
        JSON.parse(stdout).changes.map(({ path }: { path: string }) => path),
        ['spec.job.fromSavepoint', 'spec.job.allowNonRestoredState'],
      )
    }
  })

  const elsewhere = 's3://attacker/savepoint-ef5f05-000000000002'
  const unknown = 'cannot resume flinkcluster/orders: what its stop left is not known: '
  const refusals: readonly [what: string, objects: readonly Fields[], why: string][] = [
    ['of a job that runs', [taken(), record()], 'cannot resume flinkcluster/orders: its job is running'],
    [
      'of a job that is being started',
      [taken(spotifyCluster, { jobStatus: { state: 'Deploying' } }), record()],
      'cannot resume flinkcluster/orders: its job is not stopped (Deploying)',
    ],
    ['of a job that was never stopped', [ended()], `${unknown}no stop of it is known`],
    [
      'where another job has run since the stop',
      [ended(), record({ flinkJobId: 'e'.repeat(32) })],
      `${unknown}another job has run since the stop of ${requestedAt}`,
    ],
    [
      'where a restore has started it since the stop',
      [
        ended(),
        recordOf([
          entry(),
          JSON.stringify({
            action: 'restore',
            uid: 'uid-of-orders',
            state: 'Restored',
            target: sp(1),
            requestedAt: '2026-03-01T11:30:00Z',
          }),
        ]),
      ],
      `${unknown}no stop of it is known`,
    ],
    [
      'where the stop was not seen to its end',
      [ended(), record({ state: 'InProgress', location: undefined })],
      `${unknown}how the stop of ${requestedAt} ended was not seen`,
    ],
    [
      'where the savepoint of the stop failed',
      [ended(), record({ state: 'Failed', location: undefined })],
      `${unknown}the savepoint of the stop of ${requestedAt} failed`,
    ],
    [
      'where record and object name two savepoints',
      [stopped(), record({ location: sp(3) })],
      `${unknown}the record says ${sp(3)}, and the object ${sp(2)}`,
    ],
    [
      'where the stop was of an earlier object of the name',
      [ended(), record({ uid: 'another' })],
      `${unknown}no stop of it is known`,
    ],
    [
      'where a planted record leads out of the savepoints directory',
      [ended(), record({ location: elsewhere })],
      `cannot resume flinkcluster/orders from ${elsewhere}: this location is known only from the record, and is not below gs://bucket/orders`,
    ],
  ]
  for (const [what, objects, why] of refusals)
    it(`refuses ${what}, and changes nothing`, async () => {
      const { exit, stdout, stderr, requests } = await play('resume orders --yes', { objects })
      assert.deepEqual([exit, stdout, stderr.split('\n')[0], writes(requests)], [1, '', `error: ${why}`, []])
    })

  it('names the ways where it is not known what the stop left', async () => {
    const { stderr } = await play('resume orders --yes', { objects: [ended()] })
    assert.equal(
      stderr,
      `\
error: ${unknown}no stop of it is known
see its savepoints: kubectl flinksp history flinkcluster/orders -n default
and name one: kubectl flinksp restore flinkcluster/orders SAVEPOINT -n default
`,
    )
  })

  it('follows a record out of the savepoints directory with --allow-unknown-location', async () => {
    const { exit, stdout } = await play('resume orders --yes --allow-unknown-location', {
      objects: [ended(), record({ location: elsewhere })],
      flink: flinkAt(elsewhere),
      operator: running(gcpCluster, elsewhere),
    })
    assert.deepEqual(
      [exit, stdout],
      [0, `flinkcluster.flinkoperator.k8s.io/orders resumed from ${elsewhere}\n`],
    )
  })

  it('says how it is done by hand where the operator lets no change through', async () => {
    const { exit, stderr, requests } = await play('resume orders --yes --operator gcp-2', {
      objects: [ended(), record()],
    })
    assert.deepEqual([exit, writes(requests)], [1, []])
    assert.match(stderr, /refuses every change of the spec: it has to be deleted and created again/)
  })
})
