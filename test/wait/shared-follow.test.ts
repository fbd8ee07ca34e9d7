import assert from 'node:assert/strict'
import type { Fields } from '../../src/domain/fields.ts'
import type { CollectionSighting } from '../../src/domain/ports.ts'
import { sharedFollows } from '../../src/wait/shared-follow.ts'
import { type FakeCluster, fakeCluster, refusal } from '../support/fake-cluster.ts'
import { until } from '../support/fakes.ts'

const kind = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkStateSnapshot',
  plural: 'flinkstatesnapshots',
}
const labels = 'app.kubernetes.io/managed-by=kubectl-flinksp'

const ours = (name: string, status: Fields = {}) => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  metadata: { name, namespace: 'default', labels: { 'app.kubernetes.io/managed-by': 'kubectl-flinksp' } },
  status,
})

function scene() {
  const fake = fakeCluster({ kinds: [kind] })
  const told: string[] = []
  const shared = sharedFollows(fake, { namespace: 'default', labels }, text => void told.push(text))
  return { fake, told, shared }
}

/** What is seen of one object, until `signal`. */
function follow(
  { shared }: ReturnType<typeof scene>,
  name: string,
  version: string,
  signal = new AbortController().signal,
): { seen: string[]; ended: Promise<void> } {
  const seen: string[] = []
  const watched = shared.cluster.watchAll(kind, 'default', version, signal, {
    fields: `metadata.name=${name}`,
  })
  const ended = (async () => {
    for await (const sighting of watched) seen.push(textOf(sighting))
  })()
  return { seen, ended }
}

function textOf(sighting: CollectionSighting): string {
  return sighting.type === 'object' ? String(sighting.object.status['state']) : sighting.type
}

const watches = (fake: FakeCluster) => fake.requests.filter(each => each.startsWith('watch'))

describe('objects that many waits follow', () => {
  it('are seen by whom they concern, in one watch', async () => {
    const there = scene()
    const { fake } = there
    const version = fake.put(ours('a')).metadata.resourceVersion
    const a = follow(there, 'a', version)
    const b = follow(there, 'b', fake.put(ours('b')).metadata.resourceVersion)
    fake.put(ours('a', { state: 'COMPLETED' }))
    fake.put(ours('b', { state: 'FAILED' }))
    fake.put({ ...ours('c', { state: 'COMPLETED' }) })
    await until(() => a.seen.includes('COMPLETED') && b.seen.includes('FAILED'))
    fake.vanish({ ...kind, namespace: 'default', name: 'a' })
    await until(() => a.seen.includes('deleted'))
    await there.shared.end()
    await Promise.all([a.ended, b.ended])
    assert.deepEqual([a.seen.at(-1), watches(fake)], ['deleted', ['watch FlinkStateSnapshot/default']])
  })

  it('are not missed where they change before anybody follows them', async () => {
    const there = scene()
    const { fake } = there
    const a = follow(there, 'a', fake.put(ours('a')).metadata.resourceVersion)
    const { resourceVersion } = fake.put(ours('b')).metadata
    fake.put(ours('b', { state: 'COMPLETED' }))
    fake.put(ours('a', { state: 'COMPLETED' }))
    await until(() => a.seen.includes('COMPLETED'))
    const b = follow(there, 'b', resourceVersion)
    await until(() => b.seen.includes('COMPLETED'))
    await there.shared.end()
    await Promise.all([a.ended, b.ended])
  })

  it('are watched one by one where all of them may not be', async () => {
    const there = scene()
    const { fake } = there
    fake.fail('watch FlinkStateSnapshot', refusal(403, 'Forbidden', 'no'), 1)
    const over = new AbortController()
    const a = follow(there, 'a', fake.put(ours('a')).metadata.resourceVersion, over.signal)
    await until(() => watches(fake).length === 2)
    fake.put(ours('a', { state: 'COMPLETED' }))
    await until(() => a.seen.includes('COMPLETED'))
    over.abort()
    await a.ended
    await there.shared.end()
  })

  it('end with what no watching again can mend', async () => {
    const there = scene()
    there.fake.fail('watch FlinkStateSnapshot', refusal(500, 'InternalError', 'broken'))
    const a = follow(there, 'a', '1')
    await assert.rejects(a.ended, { message: 'Error from server (InternalError): broken' })
    await there.shared.end()
  })

  it('that are not named are watched as they were', async () => {
    const there = scene()
    const over = new AbortController()
    const all = there.shared.cluster.watchAll(kind, 'default', '1', over.signal)[Symbol.asyncIterator]()
    const next = all.next()
    there.fake.put(ours('x', { state: 'COMPLETED' }))
    assert.equal(textOf((await next).value as CollectionSighting), 'COMPLETED')
    over.abort()
    await there.shared.end()
  })
})
