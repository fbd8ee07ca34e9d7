import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type Fields, fieldsAt } from '../../src/domain/fields.ts'
import type { Cluster, CollectionSighting, FlinkRest } from '../../src/domain/ports.ts'
import type { Protocol } from '../../src/domain/protocol.ts'
import { isNewer, type Resource, refOf } from '../../src/domain/resource.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { takeBySnapshot } from '../../src/operators/apache/take/by-snapshot.ts'
import { drive } from '../../src/wait.ts'
import { type FakeCluster, fakeCluster } from '../support/fake-cluster.ts'
import { fakePerson, unreachable } from '../support/fakes.ts'
import { deployment15 } from '../support/flink-deployments.ts'
import { holds, seed } from '../support/property.ts'
import type { Outage } from './faulty-watch.ts'
import { type VirtualTime, virtualTime } from './virtual-time.ts'

const timeoutMs = 180_000
/** Within this after its time-out a wait has to be over: a removal, and questions with limits of their own. */
const leavingMs = 30_000
const moment = fc.integer({ min: 0, max: 90_000 })
const apiVersion = 'flink.apache.org/v1beta1'
const kinds = [
  { apiVersion, kind: 'FlinkDeployment', plural: 'flinkdeployments' },
  { apiVersion, kind: 'FlinkStateSnapshot', plural: 'flinkstatesnapshots' },
]

const anyWait = fc.record({
  tookMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 90_000 })),
  completes: fc.boolean(),
  tickMs: fc.integer({ min: 40, max: 12_000 }),
  outages: fc.array(fc.record({ atMs: moment, forMs: fc.integer({ min: 100, max: 20_000 }) }), {
    maxLength: 3,
  }),
  down: fc.option(fc.record({ atMs: moment, forMs: fc.integer({ min: 1_000, max: 14_000 }) })),
  restUp: fc.boolean(),
  restMs: fc.integer({ min: 0, max: 4_000 }),
  writeMs: fc.integer({ min: 0, max: 1_500 }),
  skewMs: fc.integer({ min: -5 * 3_600_000, max: 5 * 3_600_000 }),
  interruptedAt: fc.option(moment, { freq: 8 }),
})

type Wait = typeof anyWait extends fc.Arbitrary<infer T> ? T : never

const location = 's3://bucket/orders/savepoint-ef5f05-0000000000aa'
const triggerId = 'a'.repeat(32)

/** What an operator that looks at snapshots makes of one: served, triggered, ended. `began`: when Flink was asked. */
function anOperator({ tookMs, completes, skewMs }: Wait) {
  const timeAt = (now: number) => new Date(now + skewMs).toISOString()
  let began: number | undefined
  return {
    began: () => began,
    act({ body, status }: Resource, now: number): Fields {
      const metadata = fieldsAt(body, 'metadata')
      if (!('finalizers' in metadata)) return { ...body, metadata: { ...metadata, finalizers: ['served'] } }
      if (status['state'] === undefined) {
        began = now
        return {
          ...body,
          status: { state: 'IN_PROGRESS', triggerId, triggerTimestamp: timeAt(now), failures: 0 },
        }
      }
      if (status['state'] !== 'IN_PROGRESS' || began === undefined || now < began + tookMs) return body
      const end = completes
        ? { state: 'COMPLETED', path: location }
        : { state: 'FAILED', error: 'disk full', failures: 1 }
      return { ...body, status: { ...status, ...end, resultTimestamp: timeAt(now) } }
    },
  }
}

/** Watches of many objects with outages: after one, all is listed again. */
function withOutages(
  cluster: FakeCluster,
  time: VirtualTime,
  outages: readonly Outage[],
): Cluster['watchAll'] {
  const beginning = time.clock.now()
  return async function* (kind, namespace, version, signal, selector): AsyncIterable<CollectionSighting> {
    let seen = version
    const remember = (sighting: CollectionSighting) => {
      if ('object' in sighting) seen = sighting.object.metadata.resourceVersion
      return sighting
    }
    for (const { atMs, forMs } of outages.toSorted((one, other) => one.atMs - other.atMs)) {
      const stream = AbortSignal.any([signal, abortedAt(time, beginning + atMs)])
      for await (const sighting of cluster.watchAll(kind, namespace, seen, stream, selector))
        yield remember(sighting)
      if (signal.aborted) return
      yield { type: 'resumed', reason: 'unexpected EOF' }
      await time.clock.sleep(forMs, signal)
      for (const object of newer(cluster.all(kind.kind), seen)) yield remember({ type: 'object', object })
    }
    yield* cluster.watchAll(kind, namespace, seen, signal, selector)
  }
}

function abortedAt({ clock, after }: VirtualTime, at: number): AbortSignal {
  const lost = new AbortController()
  after(Math.max(0, at - clock.now()), () => lost.abort())
  return lost.signal
}

function newer(objects: readonly Resource[], than: string): Resource[] {
  return objects.filter(({ metadata }) => isNewer(metadata.resourceVersion, than))
}

async function playOf(wait: Wait) {
  const time = virtualTime(Date.UTC(2026, 2, 1, 12))
  const { clock, after } = time
  const beganAt = clock.now()
  const cluster = fakeCluster({ kinds, objects: [deployment15()] })
  const operator = anOperator(wait)
  let toldMs: number | undefined
  const tick = () => {
    const passed = clock.now() - beganAt
    const isDown = wait.down && passed >= wait.down.atMs && passed < wait.down.atMs + wait.down.forMs
    for (const snapshot of isDown ? [] : cluster.all('FlinkStateSnapshot')) {
      const made = operator.act(snapshot, clock.now())
      if (made === snapshot.body) continue
      cluster.put(made)
      if (fieldsAt(made, 'status')['state'] === 'COMPLETED') toldMs = passed
    }
    after(wait.tickMs, tick)
  }
  after(wait.tickMs / 2, tick)
  const created: string[] = []
  const write: Cluster['write'] = async (wanted, options) => {
    await clock.sleep(wait.writeMs)
    if (wanted.verb === 'create') created.push(wanted.ref.name)
    return cluster.write(wanted, options)
  }
  const flinkKnows = () => {
    const began = operator.began()
    if (began === undefined) return 'nothing'
    return clock.now() < began + wait.tookMs ? 'running' : wait.completes ? 'completed' : 'failed'
  }
  const rest: FlinkRest = {
    async ask(_, { timeoutMs: limitMs, signal }) {
      await clock.sleep(Math.min(wait.restMs, limitMs), signal)
      const known = wait.restUp ? flinkKnows() : 'nothing'
      if (known === 'nothing') return unreachable()
      if (known === 'running') return { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } }
      if (known === 'completed') return { answer: 'savepoint', savepoint: { state: 'COMPLETED', location } }
      return { answer: 'savepoint', savepoint: { state: 'FAILED', failure: { message: 'disk full' } } }
    },
    close: async () => undefined,
  }
  const interruption = new AbortController()
  if (wait.interruptedAt !== null) after(wait.interruptedAt, () => interruption.abort())
  const options = { operator: 'apache-1.10', nonce: '0123456789', wait: true } as const
  const protocol: Protocol<unknown, Savepoint> = takeBySnapshot(options) as never
  const [job] = cluster.all('FlinkDeployment')
  assert(job)
  const watchAll = withOutages(cluster, time, wait.outages)
  const driving = drive(protocol, await cluster.get(refOf(job)), {
    cluster: { ...cluster, write, watchAll },
    rest: async () => rest,
    clock,
    person: fakePerson(),
    interrupted: interruption.signal,
    timeoutMs,
  })
  const { result, failure } = await time.until(driving, timeoutMs + leavingMs)
  return { result, failure, created, toldMs, known: flinkKnows(), passedMs: clock.now() - beganAt }
}

describe(`A take by snapshot beside an operator that does what it is asked (seed ${seed})`, () => {
  it('ends, asks once, and says of its savepoint what Flink knows of it', () =>
    holds(anyWait, 250, async wait => {
      const { result, failure, created, toldMs, known, passedMs } = await playOf(wait)
      assert.equal(failure === undefined, result.state === 'Completed', String(failure))
      assert.equal(created.length, 1)
      if (result.state === 'Completed') assert.deepEqual([result.location, known], [location, 'completed'])
      else assert.equal(result.location, undefined)
      if (result.state === 'Failed') assert.equal(known, 'failed')
      if (failure?.code !== 'timed-out') return
      assert(passedMs >= timeoutMs)
      assert(toldMs === undefined || toldMs > timeoutMs - 70_000, 'it was told in time')
    }))
})
