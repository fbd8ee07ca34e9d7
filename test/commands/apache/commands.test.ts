import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { merge } from '../../operators/apache/story.ts'
import { type FakeCluster, fakeCluster } from '../../support/fake-cluster.ts'
import { fakeRest, fakeWorld, until } from '../../support/fakes.ts'
import { deployment15, deployment17, reconciled } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'

const apiVersion = 'flink.apache.org/v1beta1'
const deployments = { apiVersion, kind: 'FlinkDeployment', plural: 'flinkdeployments' }
const sessionJobs = { apiVersion, kind: 'FlinkSessionJob', plural: 'flinksessionjobs' }
const snapshots = { apiVersion, kind: 'FlinkStateSnapshot', plural: 'flinkstatesnapshots' }
const orders = { apiVersion, kind: 'FlinkDeployment', namespace: 'default', name: 'orders' }
const location = 's3://bucket/orders/savepoint-fd0f0f-280444bc9289'

function scene(
  body: Fields,
  more: {
    kinds?: (typeof deployments)[]
    objects?: Fields[]
    flink?: (question: RestQuestion) => RestAnswer | undefined
  } = {},
) {
  const fake = fakeCluster({
    objects: [body, ...(more.objects ?? [])],
    kinds: more.kinds ?? [deployments, sessionJobs, snapshots],
  })
  const flink =
    more.flink ?? (() => ({ answer: 'unreachable', reason: 'no way', mayHaveBeenSent: false }) as const)
  return { fake, world: fakeWorld({ cluster: fake, rest: fakeRest(flink) }) }
}

/** What the operator makes of the object, once something was asked. */
async function operator(fake: FakeCluster, request: string, act: () => void): Promise<void> {
  await until(() => fake.requests.some(each => each.startsWith(request)))
  act()
}

const asked = (fake: FakeCluster) => fake.requests.filter(each => !each.includes('ConfigMap'))

describe('the commands on a FlinkDeployment', () => {
  it('take by snapshot costs a GET, a POST and two WATCHes', async () => {
    const { fake, world } = scene(deployment15())
    const ended = program(world, 'take orders --name before-v2')
    await operator(fake, 'watch FlinkStateSnapshot', () => {
      const name =
        fake.requests
          .find(each => each.startsWith('create FlinkStateSnapshot'))
          ?.split('/')
          .at(-1) ?? ''
      const made = fake.object({ ...snapshots, namespace: 'default', name })
      assert.equal(made?.metadata.labels['flinksp/name'], 'before-v2')
      fake.put(
        merge(made?.body ?? {}, {
          status: { state: 'COMPLETED', path: location, triggerId: 'a'.repeat(32) },
        }),
      )
    })
    const { exit, stdout, stderr } = await ended
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: `flinkdeployment.flink.apache.org/orders savepoint completed: ${location}\n`,
        stderr: '',
      },
    )
    assert.deepEqual(
      asked(fake).map(each => each.replace(/flinksp-.*/, 'flinksp-…')),
      [
        'get FlinkDeployment/default/orders',
        'get FlinkSessionJob/default/orders',
        'create FlinkStateSnapshot/default/orders-flinksp-…',
        'watch FlinkStateSnapshot/default',
        'watch FlinkDeployment/default/orders',
      ],
    )
  })

  it('take by nonce where there are no snapshots', async () => {
    const { fake, world } = scene(deployment17(), { kinds: [deployments, sessionJobs] })
    const ended = program(world, 'take flinkdep/orders -o name')
    await operator(fake, 'watch FlinkDeployment', () => {
      const last = { location, timeStamp: 1_772_366_410_000, triggerType: 'MANUAL', triggerNonce: 1 }
      const status = { jobStatus: { savepointInfo: { lastSavepoint: last } } }
      fake.put(reconciled(merge(fake.object(orders)?.body ?? {}, { status })))
    })
    const { exit, stdout } = await ended
    assert.deepEqual([exit, stdout], [0, `${location}\n`])
    assert.deepEqual(asked(fake), [
      'get FlinkDeployment/default/orders',
      'patch FlinkDeployment/default/orders',
      'watch FlinkDeployment/default/orders',
    ])
  })

  it('take refuses the ways of other operators', async () => {
    const { world } = scene(deployment15())
    const { exit, stderr } = await program(world, 'take orders --via annotation')
    assert.deepEqual(
      [exit, stderr.split('\n')[0]],
      [
        1,
        'error: cannot take a savepoint of flinkdeployment/orders: --via annotation is of the operators of FlinkCluster',
      ],
    )
  })

  it('history lists what the object, and the snapshots beside it, tell', async () => {
    const snapshot = (name: string, of: string, status: Fields, labels: Fields = {}) => ({
      apiVersion,
      kind: 'FlinkStateSnapshot',
      metadata: { name, namespace: 'default', labels: { 'snapshot.trigger-type': 'MANUAL', ...labels } },
      spec: { jobReference: { kind: 'FlinkDeployment', name: of }, savepoint: {} },
      status,
    })
    const done = { state: 'COMPLETED', triggerTimestamp: '2026-03-01T11:50:00.1Z' }
    const { world } = scene(
      deployment15({
        jobStatus: { upgradeSavepointPath: 's3://bucket/orders/savepoint-origin' },
        info: {
          savepointHistory: [
            { location, timeStamp: 1_772_362_800_000, triggerType: 'PERIODIC', formatType: 'NATIVE' },
          ],
        },
      }),
      {
        objects: [
          snapshot(
            'one',
            'orders',
            { ...done, path: 's3://bucket/orders/savepoint-1', resultTimestamp: '2026-03-01T11:50:02.1Z' },
            { 'flinksp/name': 'before-v2' },
          ),
          snapshot('two', 'payments', { ...done, path: 's3://bucket/payments/savepoint-1' }),
          snapshot('three', 'orders', {
            state: 'FAILED',
            error: 'disk full',
            triggerTimestamp: '2026-03-01T11:40:00Z',
          }),
        ],
      },
    )
    const { exit, stdout } = await program(world, 'history flinkdeployment/orders')
    assert.deepEqual(
      [exit, stdout.split('\n')],
      [
        0,
        [
          'NAME        STATE       TRIGGER     AGE         DURATION   LOCATION',
          'before-v2   Completed   manual      9m57s       2s         s3://bucket/orders/savepoint-1',
          '-           Failed      manual      20m         -          disk full',
          '-           Completed   scheduled   60m         -          s3://bucket/orders/savepoint-fd0f0f-280444bc9289',
          '*-          Completed   -           <unknown>   -          s3://bucket/orders/savepoint-origin',
          '',
        ],
      ],
    )
  })

  it('restore plans the patch of path and nonce', async () => {
    const { world } = scene(
      deployment15({
        info: { savepointHistory: [{ location, timeStamp: 1_772_362_800_000, triggerType: 'MANUAL' }] },
      }),
    )
    const { exit, stdout } = await program(
      world,
      `restore orders ${location} --dry-run=client -o json --verify=false`,
    )
    const plan = JSON.parse(stdout) as { changes: Fields[]; steps: string[] }
    assert.deepEqual(
      [exit, plan.changes.map(({ path, to }) => [path, to]), plan.steps[1]],
      [
        0,
        [
          ['spec.job.initialSavepointPath', location],
          ['spec.job.savepointRedeployNonce', 1],
          ['spec.job.allowNonRestoredState', false],
        ],
        'take a safety savepoint of the running job by snapshot, and wait for it',
      ],
    )
  })

  it('restore takes a safety savepoint, patches, and waits for the proof', async () => {
    const { fake, world } = scene(deployment15(), {
      flink: question =>
        question.ask === 'checkpoints'
          ? {
              answer: 'checkpoints',
              checkpoints: { restoredCount: 1, restored: { isSavepoint: true, location }, history: [] },
            }
          : { answer: 'unreachable', reason: 'no way', mayHaveBeenSent: false },
    })
    const ended = program(
      world,
      `restore flinkdep/orders ${location} --yes --allow-unknown-location --verify=false`,
    )
    await operator(fake, 'watch FlinkStateSnapshot', () => {
      const name =
        fake.requests
          .find(each => each.startsWith('create FlinkStateSnapshot'))
          ?.split('/')
          .at(-1) ?? ''
      const made = fake.object({ ...snapshots, namespace: 'default', name })
      fake.put(merge(made?.body ?? {}, { status: { state: 'COMPLETED', path: `${location}-safety` } }))
    })
    await until(() => fieldsAt(fake.object(orders)?.spec ?? {}, 'job')['initialSavepointPath'] === location)
    const jobStatus = { state: 'RUNNING', jobId: 'b'.repeat(32), upgradeSavepointPath: location }
    fake.put(reconciled(merge(fake.object(orders)?.body ?? {}, { status: { jobStatus } })))
    const { exit, stdout, stderr } = await ended
    assert.deepEqual(
      [exit, stdout, stderr],
      [
        0,
        `flinkdeployment.flink.apache.org/orders restored from ${location}\n`,
        `safety savepoint: ${location}-safety\n`,
      ],
    )
  })

  it('stop plans the suspension', async () => {
    const { world } = scene(deployment15())
    const { exit, stdout } = await program(world, 'stop orders --dry-run=client -o json')
    const plan = JSON.parse(stdout) as { changes: Fields[] }
    assert.deepEqual(
      [exit, plan.changes],
      [0, [{ path: 'spec.job.state', from: 'running', to: 'suspended' }]],
    )
  })

  it('status and auto tell of periodic savepoints', async () => {
    const configuration = { 'kubernetes.operator.periodic.savepoint.interval': '5 min' }
    const { world } = scene(deployment15({ configuration }))
    const status = await program(world, 'status flinkdep/orders -o json')
    const auto = await program(world, 'auto flinkdep/orders -o json')
    const { state, automatic } = JSON.parse(status.stdout) as Fields
    assert.deepEqual(
      [status.exit, state, automatic, (JSON.parse(auto.stdout) as Fields)['everySeconds']],
      [0, 'RUNNING', { everySeconds: 300, directory: 's3://bucket/orders' }, 300],
    )
  })
})
