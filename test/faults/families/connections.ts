import assert from 'node:assert/strict'
import { hasSnapshots } from '../../contract/kinds.ts'
import { everyWay, type Family } from '../fault.ts'
import type { Scene } from '../scene.ts'
import {
  again,
  assertTakenOnce,
  done,
  inProgress,
  nothingAsked,
  savepointsOf,
  takenOnce,
} from '../waiting.ts'

const goesOn = 'goes on, and asks for nothing twice'
const orders = /\/orders\b/
const lost = 'Unable to connect to the server: unexpected EOF\n'

const request = [
  { verb: 'PATCH', path: orders },
  { verb: 'POST', path: /flinkstatesnapshots/ },
]

const timedOut =
  'error: timed out waiting for the savepoint of flinkcluster/orders; it may still complete\nto look: kubectl flinksp history flinkcluster/orders -n NAMESPACE\n'
const andSnapshot = 'and: kubectl get flinkstatesnapshot/orders-flinksp-NONCE -n NAMESPACE\n'

export const connectionFaults: Family = {
  title: 'A connection that fails',
  faults: [
    ...(['cut', 'closed'] as const).map(half => ({
      name: `the answer that holds the job is ${half} in the middle of its body`,
      where: 'both' as const,
      expectation: 'says so with exit code 1, and has asked for nothing',
      provoke: async (scene: Scene) => {
        const relay = await scene.between()
        await scene.job()
        relay.spoil({ verb: 'GET', path: orders }, { half })
        return nothingAsked(scene, await scene.run('take flinkcluster/orders'), 1, lost)
      },
    })),
    ...(['cut', 'closed', 'lost'] as const).map(half => ({
      name: `the answer to the request for a savepoint is ${half === 'lost' ? 'lost as a whole' : `${half} in the middle of its body`}`,
      where: 'both' as const,
      on: everyWay,
      expectation: 'looks whether it was carried out, goes on, and asks for nothing twice',
      provoke: async (scene: Scene) => {
        const relay = await scene.between()
        await scene.job()
        for (const wanted of request) relay.spoil(wanted, { half }, 1)
        return assertTakenOnce(scene, await scene.run('take orders'))
      },
    })),
    {
      name: 'every watch is cut during a take',
      where: 'both',
      on: everyWay,
      expectation: goesOn,
      provoke: async (scene: Scene) => {
        const relay = await scene.between()
        const taking = await inProgress(scene, 1500)
        // The job, and where there are snapshots those too.
        const watched = hasSnapshots(scene.dialect) ? 2 : 1
        await relay.cutWatches(watched)
        const seen = await takenOnce(scene, taking, again)
        const watches = relay.passed.filter(({ verb }) => verb === 'WATCH').length
        assert.equal(watches, 2 * watched)
        return seen
      },
    },
    {
      name: 'a server that gives a byte of its answer in 50 ms (slow loris), and --request-timeout 2s',
      where: 'both',
      expectation: 'ends in time with exit code 1, and has asked for nothing',
      provoke: async (scene: Scene) => {
        const relay = await scene.between()
        await scene.job()
        relay.spoil({ verb: 'GET', path: orders }, { trickleMs: 50 })
        return nothingAsked(
          scene,
          await scene.run('take flinkcluster/orders --request-timeout 2s'),
          1,
          'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)\n',
        )
      },
    },
    {
      name: 'a server that takes requests and does not answer, and --request-timeout 2s',
      where: 'both',
      expectation: 'ends in time with exit code 1, and has asked for nothing',
      provoke: async (scene: Scene) => {
        const relay = await scene.between()
        await scene.job()
        relay.spoil({ verb: 'GET', path: orders }, { swallow: true })
        return nothingAsked(
          scene,
          await scene.run('take flinkcluster/orders --request-timeout 2s'),
          1,
          'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)\n',
        )
      },
    },
    {
      name: 'a server that gives its answers byte by byte from the middle of a take, and --timeout 3s',
      where: 'both',
      // A nonce has to be taken back, which nobody answers either.
      on: ['spotify', 'gcp-9', 'apache-1.15'],
      expectation: 'ends in time with exit code 4, and says how to look; the savepoint goes on',
      provoke: async (scene: Scene) => {
        const relay = await scene.between()
        const taking = await inProgress(scene, 60_000, 'take orders --timeout 3s')
        await relay.cutWatches()
        relay.spoil({}, { trickleMs: 50 })
        const { exit, stdout, stderr } = await scene.screenOf(taking)
        // Where it has seen the savepoint begin, it has something to record, and nobody to take it.
        const known = stderr.replace(/^Warning: not recorded in .*: no answer within 10 s\n/m, '')
        const more = scene.dialect === 'apache-1.15' ? andSnapshot : ''
        assert.deepEqual([exit, stdout, known], [4, '', again + timedOut + more])
        assert.deepEqual([savepointsOf(scene), (await done(scene)).length], [1, 1])
        return 'exit 4; one savepoint, asked for once'
      },
    },
  ] satisfies Family['faults'],
}
