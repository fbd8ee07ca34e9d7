import assert from 'node:assert/strict'
import { Failure } from '../../../src/domain/failure.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { until } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { configMap, key, scene, sp, taken } from '../take/samples.ts'
import {
  awake,
  file,
  finish,
  flinkAt,
  line,
  oldCluster,
  orders,
  recreated,
  states,
  stopped,
} from './recreations.ts'

const restored = `flinkcluster.flinkoperator.k8s.io/orders restored from ${sp(1)}\n`

/** Every request of the way, and what is true if it is the last one that is answered. */
describe('restore --recreate that fails at', () => {
  const down = new Failure('not-asked', 'The connection to the server was refused', {
    cause: new Error('ECONNREFUSED'),
  })
  const denied = refusal(403, 'Forbidden', 'it is forbidden')
  const webhook = refusal(400, 'BadRequest', 'admission webhook denied the request: no')

  for (const [what, request, error, exit] of [
    ['its reading', `get ${key}`, denied, 1],
    ['the check of its creation', 'create FlinkCluster/default/flinksp-check', denied, 1],
    ['the check of its creation, by the webhook', 'create FlinkCluster/default/flinksp-check', webhook, 1],
    ['the check of its deletion', `delete ${key} (dry run)`, denied, 1],
    ['its deletion', `delete ${key}`, denied, 1],
  ] as const)
    it(`${what} has changed nothing`, async () => {
      const {
        exit: code,
        stderr,
        fake,
      } = await recreated(line, {
        prepare: cluster => {
          if (request === `delete ${key}`)
            cluster.fail(`delete ${key} (dry run)`, refusal(409, 'Conflict', ''))
          cluster.fail(request, error)
        },
      })
      assert.deepEqual(
        [code, stderr.includes(error.message), fake.object(orders)?.metadata.uid],
        [exit, true, 'uid-of-orders'],
      )
    })

  for (const [what, request, error, first] of [
    ['the watch of its deletion', `watch ${key}`, denied, 'is being deleted'],
    ['its creation', `create ${key}`, denied, 'is deleted, and not created again'],
    ['its creation, by the webhook', `create ${key}`, webhook, 'is deleted, and not created again'],
    ['its creation, again and again', `create ${key}`, down, 'is deleted, and not created again'],
  ] as const)
    it(`${what} says what is left to do, with -q too`, async () => {
      const { exit, stderr, fake, world } = await recreated(`${line} -q`, {
        prepare: cluster => cluster.fail(request, error),
      })
      const then = first === 'is being deleted' ? 'once it is gone, finish with' : 'finish with'
      assert.deepEqual(
        [exit, stderr, fake.object(orders), world.manifests.files.has(file), states(fake)],
        [
          3,
          [`manifest: ${file}`, `error: flinkcluster/orders ${first}: ${error.message}; ${then}: ${finish}`],
          undefined,
          true,
          [['uid-of-orders', 'Failed']],
        ],
      )
    })

  it('a creation that passes by itself goes on', async () => {
    const { exit, fake } = await recreated(line, {
      prepare: cluster => cluster.fail(`create ${key}`, down, 2),
    })
    assert.deepEqual([exit, fake.requests.filter(one => one === `create ${key}`).length], [0, 3])
  })

  it('a record that cannot be written is a warning, and goes on', async () => {
    const { exit, stderr } = await recreated(line, {
      prepare: cluster => cluster.fail(`create ${configMap}`, denied),
    })
    assert.deepEqual([exit, stderr.filter(one => /not recorded/.test(one)).length], [0, 1])
  })

  it('a file that cannot be written has changed nothing', async () => {
    const { world, fake } = scene({ objects: [stopped()] })
    world.manifests.files.set(file, {})
    const { exit, stderr } = await awake(world, program(world, line))
    assert.deepEqual(
      [exit, stderr, fake.object(orders)?.metadata.uid],
      [1, `error: nothing was changed: cannot write ${file}: file already exists\n`, 'uid-of-orders'],
    )
  })

  it('the safety savepoint has changed nothing', async () => {
    const { exit, stderr, fake } = await recreated(
      `${line} --operator gcp-2`,
      {
        objects: [taken(oldCluster)],
        flink: question =>
          question.ask === 'savepoint'
            ? { answer: 'savepoint', savepoint: { state: 'FAILED', failure: { message: 'disk full' } } }
            : flinkAt(1)(question),
      },
      oldCluster,
    )
    assert.deepEqual(
      [exit, stderr.at(-1), fake.object(orders)?.metadata.uid],
      [3, 'to restore without it: --safety-savepoint=false', 'uid-of-orders'],
    )
  })

  it('an answer to the deletion that was lost looks whether it arrived', async () => {
    for (const arrived of [true, false]) {
      const { exit, fake } = await recreated(line, {
        prepare: cluster => {
          cluster.before(`delete ${key} (dry run)`, () => {
            cluster.fail(`delete ${key}`, down, 1)
            if (arrived) cluster.before(`delete ${key}`, () => cluster.vanish(orders))
          })
          cluster.fail(`delete ${key} (dry run)`, refusal(409, 'Conflict', ''), 1)
        },
      })
      assert.deepEqual(
        [exit, fake.requests.filter(one => one === `delete ${key}`).length],
        [0, arrived ? 1 : 2],
      )
    }
  })

  it('an answer to the deletion that was lost is not asked for again where the object is going', async () => {
    const going = { metadata: { deletionTimestamp: '2026-03-01T12:00:00Z', finalizers: ['a/b'] } }
    const { exit, fake } = await recreated(line, {
      prepare: cluster => {
        cluster.fail(`delete ${key} (dry run)`, refusal(409, 'Conflict', ''), 1)
        cluster.before(`create ${configMap}`, () => {
          cluster.fail(`delete ${key}`, down, 1)
          cluster.before(`delete ${key}`, () => void cluster.put(stopped(spotifyCluster, going)))
          cluster.before(`watch ${key}`, () => cluster.vanish(orders))
        })
      },
    })
    assert.deepEqual([exit, fake.requests.filter(one => one === `delete ${key}`).length], [0, 1])
  })

  it('a deletion of which nothing can be learned says how to finish if it is gone', async () => {
    const { exit, stderr } = await recreated(line, {
      prepare: cluster => {
        cluster.before(`delete ${key} (dry run)`, () => {
          cluster.fail(`delete ${key}`, down)
          cluster.fail(`get ${key}`, down)
        })
        cluster.fail(`delete ${key} (dry run)`, refusal(409, 'Conflict', ''), 1)
      },
    })
    assert.deepEqual(
      [exit, stderr[1]],
      [
        3,
        `error: flinkcluster/orders may have been deleted: ${down.message}; if it is gone, finish with: ${finish}`,
      ],
    )
  })

  it('an answer to the creation that was lost does not take the object of somebody else for its own', async () => {
    const { exit, stderr, fake } = await recreated(line, {
      prepare: cluster => {
        cluster.fail(`create ${key}`, down, 1)
        cluster.before(`create ${key}`, () => void cluster.put(spotifyCluster({ uid: 'uid-of-argo' })))
      },
    })
    assert.deepEqual([exit, fake.object(orders)?.metadata.uid], [3, 'uid-of-argo'])
    assert.match(stderr.join('\n'), /is deleted, and somebody else has created it again meanwhile/)
  })

  it('an answer to the creation that was lost goes on with what was created', async () => {
    const { exit, stdout, fake } = await recreated(line, {
      prepare: cluster => {
        cluster.fail(`create ${key}`, down, 1)
        cluster.before(
          `create ${key}`,
          () =>
            void cluster.put({
              ...orders,
              metadata: { name: 'orders', namespace: 'default', uid: 'uid-of-ours' },
              spec: { job: { fromSavepoint: sp(1) } },
            }),
        )
      },
    })
    assert.deepEqual([exit, stdout, fake.object(orders)?.metadata.uid], [0, restored, 'uid-of-ours'])
  })
})

describe('restore --recreate that is not over in time', () => {
  /** The object stays, as it does while a finalizer stands there. */
  async function held(end: 'time' | 'Ctrl-C') {
    const there = scene({ objects: [stopped()], flink: flinkAt(1) })
    const { fake, world } = there
    const deleting = { deletionTimestamp: '2026-03-01T12:00:00Z', finalizers: ['team.example.com/keep'] }
    const keep = () => {
      fake.vanish = () => undefined
    }
    keep()
    fake.before(`watch ${key}`, () => void fake.put(stopped(spotifyCluster, { metadata: deleting })))
    const ended = program(world, line)
    await until(() => fake.requests.includes(`watch ${key}`) && world.clock.sleeping().length > 0)
    await new Promise(setImmediate)
    if (end === 'Ctrl-C') world.interrupt()
    else world.clock.advance(600_000)
    return ended
  }

  it('because a finalizer holds the object says whose it is, and how to finish', async () => {
    const { exit, stdout, stderr } = await held('time')
    assert.deepEqual(
      { exit, stdout, stderr: stderr.split('\n') },
      {
        exit: 4,
        stdout: '',
        stderr: [
          `manifest: ${file}`,
          `error: flinkcluster/orders is being deleted: timed out waiting for it to be gone; once it is gone, finish with: ${finish}`,
          'its finalizers hold it: team.example.com/keep; is what takes them away running?',
          'to look: kubectl get flinkcluster/orders -n default',
          '',
        ],
      },
    )
  })

  it('because of Ctrl-C says the same', async () => {
    const { exit, stderr } = await held('Ctrl-C')
    assert.deepEqual(
      [exit, stderr.split('\n')[1]],
      [
        130,
        `error: flinkcluster/orders is being deleted: interrupted; once it is gone, finish with: ${finish}`,
      ],
    )
  })

  for (const [when, request, exit, there] of [
    ['its reading', `get ${key}`, 130, true],
    ['the check', 'create FlinkCluster/default/flinksp-check', 130, true],
    ['the record', `create ${configMap}`, 130, true],
    ['the look for what is left', 'list Pod', 130, false],
    ['the wait for the proof', `get ${configMap}-of-the-end`, 130, false],
  ] as const)
    it(`because of Ctrl-C at ${when} leaves the job or says how to finish`, async () => {
      const { fake, world } = scene({ objects: [stopped()], flink: flinkAt(1) })
      fake.before(request, () => world.interrupt())
      const ended = program(world, line)
      if (when === 'the wait for the proof') {
        await until(() => fake.requests.filter(one => one === `watch ${key}`).length === 2)
        world.interrupt()
      }
      const { exit: code, stderr } = await awake(world, ended)
      const here = fake.object(orders)?.metadata.uid
      assert.equal(code, exit)
      if (there)
        assert.deepEqual([here, /nothing was changed|interrupted/.test(stderr)], ['uid-of-orders', true])
      else if (when === 'the wait for the proof')
        assert.match(stderr, /the restore of flinkcluster\/orders goes on/)
      else assert.deepEqual([here, stderr.includes(finish)], [undefined, true])
    })
})
