import assert from 'node:assert/strict'
import { savepointState, specGeneration, statusGeneration } from '../../contract/facts.ts'
import { everyWay, type Family } from '../fault.ts'
import type { Scene } from '../scene.ts'
import { documented, refusal } from '../spoil.ts'
import { again, assertTakenOnce, forget, inProgress, nothingAsked, takenOnce } from '../waiting.ts'

const goesOn = 'goes on, and asks for nothing twice'

const expired = refusal(410, 'Expired', 'too old resource version: 1 (9)')
const expiredEvent = documented({
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (9)' },
})
const slowDown = (seconds: number) =>
  refusal(429, 'TooManyRequests', 'too many requests, please try again later', {
    'retry-after': String(seconds),
  })

export const apiServerFaults: Family = {
  title: 'An API server that fails',
  faults: [
    {
      name: 'the API server is killed during a take, and is back after 2 s',
      where: 'both',
      on: everyWay,
      alone: true,
      expectation: goesOn,
      provoke: async scene => {
        const taking = await inProgress(scene, 4000)
        await scene.faults.down(2000)
        return takenOnce(scene, taking, again)
      },
    },
    {
      name: 'etcd is paused (SIGSTOP) for 4 s during a take',
      where: 'real',
      on: ['spotify'],
      alone: true,
      expectation: goesOn,
      provoke: async scene => {
        const taking = await inProgress(scene, 3000)
        await paused(scene, 4000)
        return takenOnce(scene, taking)
      },
    },
    {
      name: 'etcd is paused (SIGSTOP) for 4 s as the request for a savepoint arrives',
      where: 'real',
      on: ['spotify'],
      alone: true,
      expectation: goesOn,
      provoke: async scene => {
        const relay = await scene.between()
        await scene.job()
        const pause = async () => void paused(scene, 4000)
        relay.spoil({ verb: 'PATCH' }, { before: pause }, 1)
        return assertTakenOnce(scene, await scene.run('take orders'))
      },
    },
    {
      name: 'the history of the API server is compacted during a take (410)',
      where: 'sandbox',
      on: everyWay,
      alone: true,
      expectation: goesOn,
      provoke: async scene => {
        const taking = await inProgress(scene, 1500)
        await scene.patch({ metadata: { labels: { moved: 'yes' } } })
        forget(scene)
        return takenOnce(scene, taking, again)
      },
    },
    {
      name: 'a watch is answered with 410, then ends with 410 as an event, and is cut',
      where: 'both',
      on: everyWay,
      expectation: goesOn,
      provoke: async scene => {
        const relay = await scene.between()
        const taking = await inProgress(scene, 2500)
        await relay.cutWatches()
        relay.spoil({ verb: 'WATCH' }, { answer: expired }, 1)
        relay.spoil({ verb: 'WATCH' }, { answer: expiredEvent }, 1)
        return takenOnce(scene, taking, again)
      },
    },
    {
      name: '429 with Retry-After 1 to the request for a savepoint, twice, and to a watch',
      where: 'both',
      on: everyWay,
      expectation: 'waits as long as it is told, and asks for nothing twice',
      provoke: async scene => {
        const relay = await scene.between()
        await scene.job()
        relay.spoil({ verb: 'PATCH' }, { answer: slowDown(1) }, 2)
        relay.spoil({ verb: 'POST', path: /flinkstatesnapshots/ }, { answer: slowDown(1) }, 2)
        relay.spoil({ verb: 'WATCH' }, { answer: slowDown(1) }, 1)
        return assertTakenOnce(scene, await scene.run('take orders'))
      },
    },
    {
      name: '429 with Retry-After 3600 to the request for a savepoint',
      where: 'both',
      expectation: 'says so at once with exit code 1, and has asked for nothing',
      provoke: async scene => {
        const relay = await scene.between()
        await scene.job()
        relay.spoil({ verb: 'PATCH' }, { answer: slowDown(3600) })
        return nothingAsked(
          scene,
          await scene.run('take orders'),
          1,
          'Error from server (TooManyRequests): too many requests, please try again later\n',
        )
      },
    },
    {
      name: 'somebody else is faster than the request for a savepoint, three times (409)',
      where: 'both',
      on: ['spotify', 'gcp-9', 'apache-1.7'],
      expectation: 'reads the object again each time, and asks for nothing twice',
      provoke: async scene => {
        const relay = await scene.between()
        await scene.job()
        relay.spoil({ verb: 'PATCH' }, { before: () => scene.patch(label()) }, 3)
        return assertTakenOnce(scene, await scene.run('take orders'))
      },
    },
    {
      name: 'somebody else is always faster than the request for a savepoint (a storm of 409)',
      where: 'both',
      expectation: 'gives up after six attempts with exit code 1, and has asked for nothing',
      provoke: async scene => {
        const relay = await scene.between()
        await scene.job()
        relay.spoil({ verb: 'PATCH' }, { before: () => scene.patch(label()) })
        return nothingAsked(
          scene,
          await scene.run('take orders'),
          1,
          'Error from server (Conflict): Operation cannot be fulfilled on flinkclusters.flinkoperator.k8s.io "orders": the object has been modified; please apply your changes to the latest version and try again\n',
        )
      },
    },
    {
      name: 'somebody else takes the savepointGeneration that was to be ours (409)',
      where: 'both',
      on: ['spotify', 'gcp-9'],
      expectation: 'reads the object again, and asks for the next one, once',
      provoke: async scene => {
        const { seen, patch, object } = scene
        const relay = await scene.between()
        await scene.job()
        assert.equal((await scene.run('take orders')).exit, 0)
        const theirs = async () => {
          await patch({ spec: { job: { savepointGeneration: 2 } } })
          await seen(now => statusGeneration(now) === 2 && savepointState(now) === 'Succeeded')
        }
        relay.spoil({ verb: 'PATCH', path: /flinkclusters/ }, { before: theirs }, 1)
        const { exit, stderr } = await scene.run('take orders')
        const after = await object()
        const [, ...patches] = await scene.writes()
        assert.deepEqual(
          [exit, stderr, specGeneration(after), statusGeneration(after), patches],
          [0, '', 3, 3, ['415', '409', '200'].map(code => `PATCH flinkclusters/orders ${code}`)],
        )
        return 'exit 0; savepointGeneration 3, asked for once'
      },
    },
    {
      name: "the operator's webhook cannot be called (500)",
      where: 'both',
      on: ['spotify', 'gcp-9'],
      expectation: 'says what the server says with exit code 1, and has asked for nothing',
      provoke: async scene => {
        const relay = await scene.between()
        await scene.job()
        const message =
          'Internal error occurred: failed calling webhook "vflinkcluster.flinkoperator.k8s.io": context deadline exceeded'
        relay.spoil({ verb: 'PATCH' }, { answer: refusal(500, 'InternalError', message) })
        return nothingAsked(
          scene,
          await scene.run('take orders'),
          1,
          `Error from server (InternalError): ${message}\n`,
        )
      },
    },
  ],
}

async function paused({ faults }: Scene, ms: number): Promise<void> {
  assert('pauseStorage' in faults, 'the storage cannot be paused here')
  const wake = faults.pauseStorage()
  await new Promise(resolve => setTimeout(resolve, ms))
  wake()
}

let labels = 0

const label = () => ({ metadata: { labels: { moved: String(++labels) } } })
