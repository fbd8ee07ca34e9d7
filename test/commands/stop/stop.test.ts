import assert from 'node:assert/strict'
import { failure } from '../../../src/domain/failure.ts'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import type { Cluster } from '../../../src/domain/ports.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { fakeWorld, until } from '../../support/fakes.ts'
import { flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { recordOf } from '../history/samples.ts'
import {
  annotation,
  attempt,
  configMap,
  entries,
  key,
  ours,
  play,
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
const cancel = { triggerReason: 'job cancel' }
const control = (state: string, more: Fields = {}) => ({
  name: 'job-cancel',
  state,
  updateTime: '2026-03-01T12:00:10Z',
  ...more,
})
const saved = {
  jobStatus: {
    state: 'Cancelled',
    savepointGeneration: 2,
    savepointLocation: sp(2),
    savepointTime: '2026-03-01T12:00:10Z',
  },
  status: { savepoint: attempt('Succeeded', ours, cancel), control: control('Succeeded') },
}
const stopping = (make = spotifyCluster) =>
  taken(make, {
    metadata: { annotations: { [annotation]: 'job-cancel' } },
    status: { savepoint: attempt('InProgress', ours, cancel), control: control('InProgress') },
  })
const stopped = (make = spotifyCluster) => taken(make, saved)
const failed = taken(gcpCluster, {
  status: {
    savepoint: attempt('Failed', ours, { ...cancel, message: 'Savepoint error: disk full' }),
    control: control('Failed', { message: 'Aborted job cancellation: failed to create savepoint.' }),
  },
})
const entry = {
  action: 'stop',
  uid: 'uid-of-orders',
  state: 'Completed',
  requestedAt: '2026-03-01T12:00:00Z',
  location: sp(2),
  generation: 2,
  triggerId: ours,
  flinkJobId,
  completedAt: '2026-03-01T12:00:10Z',
  durationMillis: 10_000,
  drain: false,
  changes: [{ path: `metadata.annotations['${annotation}']`, to: 'job-cancel' }],
}

/** Nothing is asked while the other savepoint is in flight; it ends, a quiet second passes, and the operator stops the job. */
async function stoppedAfterCurrent({ fake, world }: Pick<ReturnType<typeof scene>, 'fake' | 'world'>) {
  const ended = program(world, 'stop orders --yes --after-current')
  await until(() => fake.requests.includes(`watch ${key}`))
  assert.deepEqual(fake.object(job)?.metadata.annotations, {})
  fake.put(taken())
  await until(() => world.clock.sleeping().includes(1_000))
  world.clock.advance(1_000)
  await until(() => fake.requests.filter(request => request.startsWith('watch')).length === 2)
  assert.ok(fake.requests.includes(`patch ${key}`))
  fake.put(stopped())
  return ended
}

describe('stop', () => {
  it('annotates once, waits for the savepoint and the end of the job, and records them', async () => {
    const { exit, stdout, stderr, requests, fake } = await play('stop orders --yes', {
      objects: [taken()],
      operator: [stopping(), stopped()],
    })
    assert.deepEqual(
      { exit, stdout, stderr, requests },
      {
        exit: 0,
        stdout: `flinkcluster.flinkoperator.k8s.io/orders stopped with savepoint: ${sp(2)} (10s)\n`,
        stderr: '',
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
    assert.deepEqual(entries(fake), [entry])
  })

  it('prints the location alone for scripts, and a Savepoint of the cancel for machines', async () => {
    const parts = { objects: [taken()], operator: [stopping(), stopped()] }
    const name = await play('stop orders --yes -o name', parts)
    assert.equal(name.stdout, `${sp(2)}\n`)
    const { kind, state, trigger, location, generation } = JSON.parse(
      (await play('stop orders --yes -o json', parts)).stdout,
    )
    assert.deepEqual(
      { kind, state, trigger, location, generation },
      { kind: 'Savepoint', state: 'Completed', trigger: 'cancel', location: sp(2), generation: 2 },
    )
  })

  it('keeps a name and a note with the savepoint', async () => {
    const { exit, fake } = await play('stop orders --yes --name before-v2 --note x', {
      objects: [taken()],
      operator: [stopping(), stopped()],
    })
    const [{ name, note }] = entries(fake) as [Fields]
    assert.deepEqual({ exit, name, note }, { exit: 0, name: 'before-v2', note: 'x' })
  })

  it('does not give a name again that a savepoint of this job has', async () => {
    const record = recordOf([
      JSON.stringify({ ...entry, action: 'take', name: 'before-v2', drain: undefined }),
    ])
    const { exit, stderr, requests } = await play('stop orders --yes --name before-v2', {
      objects: [taken(), record],
    })
    assert.deepEqual([exit, requests], [1, [`get ${key}`, `get ${configMap}`]])
    assert.match(stderr, /^error: a savepoint of flinkcluster\/orders is called before-v2 already/)
  })

  it('shows the plan and asks on a terminal, and does nothing without a yes', async () => {
    const terminal = { stdin: true, stderr: true }
    const { exit, stderr, requests } = await play(
      'stop orders',
      { objects: [taken()] },
      { terminal, answers: ['n'] },
    )
    assert.deepEqual([exit, requests], [1, [`get ${key}`, 'may watch']])
    assert.equal(
      stderr,
      `\
flinkcluster.flinkoperator.k8s.io/orders would be stopped with a savepoint

Steps:
  1. annotate the object with job-cancel
  2. the operator lets Flink stop the job with a savepoint into gs://bucket/orders, and tries again by itself while that fails
  3. the operator then removes the cluster (cleanupPolicy.afterJobCancelled: DeleteCluster); the object stays
  4. wait until the operator shows the savepoint and the end of the job, and record the location

Changes:
  FIELD                                                                     FROM     TO
  metadata.annotations['flinkclusters.flinkoperator.k8s.io/user-control']   <none>   job-cancel

Risks:
  - status.control keeps the job-cancel, which would end the job again: resume clears it first, which needs the right to patch flinkclusters/status
  - one worker serves all clusters: while this savepoint is taken the operator does nothing else
  - where this operator is older than v0.6 it keeps no location of the savepoint: it lies in gs://bucket/orders then
Stop it? [y/N]: error: the stop of flinkcluster/orders was not confirmed; nothing was changed
`,
    )
  })

  it('needs --yes where nobody can be asked', async () => {
    const { exit, stderr, requests } = await play('stop orders', { objects: [taken()] })
    assert.deepEqual([exit, requests], [2, []])
    assert.match(stderr, /^error: nobody can be asked here: say --yes to stop/)
  })

  it('prints the plan with --dry-run, and sends it to be checked with server', async () => {
    const client = await play('stop orders --dry-run=client -o json', { objects: [taken()] })
    const { kind, changes } = JSON.parse(client.stdout)
    assert.deepEqual(
      [client.exit, kind, changes, client.requests],
      [0, 'StopPlan', entry.changes, [`get ${key}`]],
    )
    const server = await play('stop orders --dry-run=server', { objects: [taken()] })
    assert.deepEqual([server.exit, server.requests], [0, [`get ${key}`, `patch ${key} (dry run)`]])
  })

  it('fails where the savepoint fails and the job goes on, and records that', async () => {
    const { exit, stdout, stderr, fake } = await play('stop orders --yes', {
      objects: [taken(gcpCluster)],
      operator: [failed],
    })
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 3,
        stdout: '',
        stderr: `\
error: flinkcluster/orders was not stopped: its savepoint failed: disk full
the job goes on
cause not available because connect ECONNREFUSED
`,
      },
    )
    const [{ action, state, failure }] = entries(fake) as Fields[] as [Fields]
    assert.deepEqual(
      { action, state, failure },
      { action: 'stop', state: 'Failed', failure: { message: 'disk full', rootCause: 'disk full' } },
    )
  })

  it('records a savepoint of a job that goes on as one that was taken, and no stop', async () => {
    const { exit, stderr, fake } = await play('stop orders --yes', {
      objects: [taken(gcpCluster)],
      flink: () => ({ answer: 'savepoint', savepoint: { state: 'COMPLETED', location: sp(2) } }),
      operator: [failed],
    })
    assert.equal(exit, 3)
    assert.match(stderr, new RegExp(`its savepoint is complete all the same: ${sp(2)}`))
    assert.deepEqual(
      (entries(fake) as Fields[]).map(({ action, state, location }) => [action, state, location]),
      [['take', 'Completed', sp(2)]],
    )
  })

  it('is a time-out after --timeout, which says how to take it back', async () => {
    const { fake, world } = scene({ objects: [taken()] })
    const ended = program(world, 'stop orders --yes --timeout 5m')
    await until(() => fake.requests.includes(`watch ${key}`))
    fake.put(stopping())
    await until(() => world.clock.sleeping().includes(300_000))
    await new Promise(setImmediate)
    world.clock.advance(300_000)
    assert.deepEqual(await ended, {
      exit: 4,
      stdout: '',
      stderr: `\
error: timed out waiting for flinkcluster/orders to stop with a savepoint; it may still stop
to look: kubectl flinksp history flinkcluster/orders -n default
to take the request back: kubectl annotate flinkcluster/orders -n default ${annotation}-
and then: kubectl patch flinkcluster/orders -n default --subresource=status --type=merge -p '{"status":{"control":null}}'
`,
    })
    assert.deepEqual(
      (entries(fake) as Fields[]).map(({ action, state, triggerId }) => [action, state, triggerId]),
      [['stop', 'InProgress', ours]],
    )
  })

  it('says after Ctrl-C that the operator goes on', async () => {
    const { fake, world } = scene({ objects: [taken()] })
    const ended = program(world, 'stop orders --yes -q')
    await until(() => fake.requests.includes(`watch ${key}`))
    world.interrupt()
    assert.deepEqual(await ended, {
      exit: 130,
      stdout: '',
      stderr: 'error: interrupted; the operator goes on stopping flinkcluster/orders\n',
    })
  })

  it('refuses while a savepoint is in flight, and waits for it with --after-current', async () => {
    const busy = taken(spotifyCluster, { status: { savepoint: attempt('InProgress', 'c'.repeat(32)) } })
    const refused = await play('stop orders --yes', { objects: [busy] })
    assert.deepEqual(
      [refused.exit, refused.stderr],
      [
        1,
        'error: cannot stop flinkcluster/orders with a savepoint: a savepoint is in flight (user requested)\nwait for it first: --after-current\n',
      ],
    )
    const { fake, world } = scene({ objects: [busy] })
    assert.equal((await stoppedAfterCurrent({ fake, world })).exit, 0)
  })

  it('waits with --after-current also for a savepoint that begins after the plan', async () => {
    const { fake, world } = scene({ objects: [taken()] })
    const busy = taken(spotifyCluster, { status: { savepoint: attempt('InProgress', 'c'.repeat(32)) } })
    fake.before(`patch ${key}`, () => fake.put(busy))
    assert.equal((await stoppedAfterCurrent({ fake, world })).exit, 0)
  })

  it('changes nothing where the webhook refuses', async () => {
    const message = 'admission webhook denied the request: no'
    const { exit, stderr } = await play('stop orders --yes', {
      objects: [taken()],
      prepare: fake => fake.fail(`patch ${key}`, refusal(403, 'Forbidden', message)),
    })
    assert.deepEqual([exit, stderr], [1, `Error from server (Forbidden): ${message}\nnothing was changed\n`])
  })

  it('thinks again where somebody was faster: a job that has stopped meanwhile is not annotated', async () => {
    const { exit, stderr, requests } = await play('stop orders --yes', {
      objects: [taken()],
      prepare: fake => fake.before(`patch ${key}`, () => fake.put(stopped())),
    })
    assert.deepEqual(
      [exit, stderr, requests],
      [
        1,
        'error: nothing was changed: cannot stop flinkcluster/orders with a savepoint: its job is not running (Cancelled)\nto start it again: kubectl flinksp resume flinkcluster/orders -n default\n',
        [`get ${key}`, 'may watch', `patch ${key}`, `get ${key}`],
      ],
    )
  })
})

describe('stop through Flink', () => {
  const policy = { afterJobSucceeds: 'DeleteCluster' }
  const running = taken(gcpCluster, { job: { cleanupPolicy: policy } })
  const succeeded = taken(gcpCluster, {
    job: { cleanupPolicy: policy },
    jobStatus: { state: 'Succeeded' },
  })
  const answers: Partial<Record<RestQuestion['ask'], RestAnswer>> = {
    version: { answer: 'version', version: '1.18.1' },
    checkpoints: { answer: 'checkpoints', checkpoints: { restoredCount: 0, history: [] } },
    stop: { answer: 'taken', triggerId: '2'.padStart(32, '0') },
    savepoint: { answer: 'savepoint', savepoint: { state: 'COMPLETED', location: sp(2) } },
  }
  const flink = ({ ask }: RestQuestion) => answers[ask]

  it('records the location before it puts the policy back, and ends when the operator shows the job ended', async () => {
    const { fake, world, rest } = scene({ objects: [running], flink })
    const ended = program(world, 'stop orders --yes --drain')
    const policyNow = () => fieldsAt(fake.object(job)?.spec ?? {}, 'job', 'cleanupPolicy')
    await until(() => policyNow()['afterJobSucceeds'] === 'KeepCluster')
    await until(() => policyNow()['afterJobSucceeds'] === 'DeleteCluster')
    fake.put(succeeded)
    const { exit, stdout, stderr } = await ended
    assert.deepEqual(
      { exit, stdout, stderr, requests: fake.requests },
      {
        exit: 0,
        stdout: `flinkcluster.flinkoperator.k8s.io/orders stopped with savepoint: ${sp(2)}\n`,
        stderr: `savepoint: ${sp(2)}\n`,
        requests: [
          ...[`get ${key}`, 'may watch', `patch ${key}`, `watch ${key}`],
          ...[`get ${configMap}`, `create ${configMap}`],
          ...[`patch ${key}`, `watch ${key}`],
        ],
      },
    )
    assert.deepEqual(
      rest.questions.map(({ ask }) => ask),
      ['version', 'checkpoints', 'stop', 'savepoint', 'checkpoints'],
    )
    const [{ action, drain, location, changes }] = entries(fake) as [Fields]
    assert.deepEqual(
      { action, drain, location, changes },
      {
        action: 'stop',
        drain: true,
        location: sp(2),
        changes: [
          { path: 'spec.job.cleanupPolicy.afterJobSucceeds', from: 'DeleteCluster', to: 'KeepCluster' },
        ],
      },
    )
  })

  it('needs a directory of its own where the job has none', async () => {
    const none = gcpCluster({ job: { savepointsDir: undefined } })
    const refused = await play('stop orders --yes', {
      objects: [none],
      flink: () => ({ answer: 'default-directory', directory: undefined }),
    })
    assert.deepEqual(
      [refused.exit, refused.requests, refused.questions],
      [1, [`get ${key}`], [{ ask: 'default-directory' }]],
    )
    assert.match(refused.stderr, /give one: --target-directory DIR/)
  })

  it('writes nothing to an object that lets nothing be written, and records the location all the same', async () => {
    const none = gcpCluster({ job: { savepointsDir: undefined } })
    const gone = gcpCluster({ job: { savepointsDir: undefined }, jobStatus: { state: 'Succeeded' } })
    const { fake, world } = scene({ objects: [none], flink })
    const ended = program(world, 'stop orders --yes --target-directory gs://elsewhere')
    await until(() => fake.requests.filter(request => request.startsWith('watch')).length === 2)
    fake.put(gone)
    assert.equal((await ended).exit, 0)
    assert.deepEqual(
      fake.requests.filter(request => request.includes(key)),
      [`get ${key}`, `watch ${key}`, `watch ${key}`],
    )
    assert.deepEqual((entries(fake) as Fields[])[0]?.['location'], sp(2))
  })

  it('tells the savepoint where the operator does not show the end in time', async () => {
    const { fake, world } = scene({ objects: [running], flink })
    const ended = program(world, 'stop orders --yes --drain --timeout 1m')
    await until(() => fake.requests.filter(request => request.startsWith('patch')).length === 2)
    await until(() => world.clock.sleeping().includes(60_000))
    world.clock.advance(60_000)
    assert.deepEqual(await ended, {
      exit: 4,
      stdout: '',
      stderr: `\
savepoint: ${sp(2)}
error: timed out waiting for the operator to show flinkcluster/orders stopped; Flink has stopped its job with the savepoint
to look: kubectl flinksp history flinkcluster/orders -n default
the job was stopped with savepoint: ${sp(2)}
`,
    })
  })

  const underWay: Partial<Record<RestQuestion['ask'], RestAnswer>> = {
    ...answers,
    savepoint: { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } },
  }
  const endsEarly = [
    { how: 'Ctrl-C', exit: 130, stop: 'answered', flinks: underWay },
    { how: 'a time-out', exit: 4, stop: 'answered', flinks: underWay },
    { how: 'Ctrl-C', exit: 130, stop: 'not answered yet', flinks: { ...underWay, stop: undefined } },
    { how: 'a time-out', exit: 4, stop: 'not answered yet', flinks: { ...underWay, stop: undefined } },
  ] as const
  for (const { how, exit, stop, flinks } of endsEarly) {
    it(`records after ${how} that the stop is under way, Flink having ${stop}, so that resume knows of it`, async () => {
      const { fake, world, rest } = scene({ objects: [running], flink: ({ ask }) => flinks[ask] })
      const cut = { ...world, cluster: async () => untilCtrlC(fake, world.interrupted) }
      const ended = program(cut, 'stop orders --yes --drain --timeout 1m')
      const last = stop === 'answered' ? 'savepoint' : 'stop'
      await until(() => rest.questions.some(({ ask }) => ask === last))
      await until(() => world.clock.sleeping().includes(60_000))
      if (how === 'Ctrl-C') world.interrupt()
      else world.clock.advance(60_000)
      assert.equal((await ended).exit, exit)
      const [{ action, state, drain, triggerId }] = entries(fake) as [Fields]
      assert.deepEqual(
        { action, state, drain, known: /^\w{32}$/.test(String(triggerId)) },
        { action: 'stop', state: 'InProgress', drain: true, known: true },
      )
      fake.put(succeeded)
      const { stderr } = await program(fakeWorld({ cluster: fake }), 'resume orders --yes')
      assert.match(stderr, /: how the stop of 2026-03-01T12:00:00Z ended was not seen\n/)
    })
  }
})

/** As the real one: Ctrl-C ends every request but those that are made late. */
function untilCtrlC(cluster: Cluster, interrupted: AbortSignal): Cluster {
  const check = (late = false) => {
    if (interrupted.aborted && !late) throw failure('interrupted', 'interrupted')
  }
  return {
    ...cluster,
    async get(ref, options) {
      check(options?.late)
      return cluster.get(ref, options)
    },
    async write(write, options) {
      check(options?.late)
      return cluster.write(write, options)
    },
  }
}
