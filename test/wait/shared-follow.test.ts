import assert from 'node:assert/strict'
import type { Fields } from '../../src/domain/fields.ts'
import type { CollectionSighting, ServedKind } from '../../src/domain/ports.ts'
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

/** The jobs are not for all to list. */
const shares = (of: ServedKind) => of.kind === kind.kind

function scene() {
  const fake = fakeCluster({ kinds: [kind] })
  const told: string[] = []
  const shared = sharedFollows(fake, { namespace: 'default', labels, shares }, text => void told.push(text))
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

  it('of another kind, and those that a selector chooses, are asked for as they were', async () => {
    const { fake, shared } = scene()
    const job = { ...kind, kind: 'FlinkDeployment', plural: 'flinkdeployments' }
    for (const [of, selector] of [[job], [job], [kind, { labels }], [kind, { labels }]] as const)
      for await (const page of shared.cluster.list(of, 'default', selector)) assert.deepEqual(page.items, [])
    assert.equal(fake.requests.length, 4)
    await shared.end()
  })
})

/** Lists all, then watches them until `signal`. */
function listAndWatch({ shared }: ReturnType<typeof scene>, signal = new AbortController().signal) {
  const listed: string[] = []
  const seen: string[] = []
  const ended = (async () => {
    let version = ''
    for await (const { items, resourceVersion } of shared.cluster.list(kind, 'default')) {
      listed.push(...items.map(({ metadata }) => metadata.name))
      version = resourceVersion
    }
    for await (const sighting of shared.cluster.watchAll(kind, 'default', version, signal))
      if (sighting.type !== 'resumed') seen.push(`${sighting.object.metadata.name} ${textOf(sighting)}`)
  })()
  return { listed, seen, ended }
}

describe('objects that many waits list and watch', () => {
  it('are listed once, and watched once, and nobody misses any', async () => {
    const there = scene()
    const { fake } = there
    fake.put(ours('a'))
    const early = listAndWatch(there)
    const same = listAndWatch(there)
    await until(() => watches(fake).length === 1)
    fake.put(ours('b', { state: 'IN_PROGRESS' }))
    await until(() => early.seen.length === 1 && same.seen.length === 1)
    fake.vanish({ ...kind, namespace: 'default', name: 'a' })
    await until(() => early.seen.length === 2)
    const late = listAndWatch(there)
    await until(() => late.listed.length === 1)
    fake.put(ours('b', { state: 'COMPLETED' }))
    await until(() => [early, same, late].every(({ seen }) => seen.at(-1) === 'b COMPLETED'))
    await there.shared.end()
    await Promise.all([early.ended, same.ended, late.ended])
    assert.deepEqual(
      [early, same, late].map(({ listed, seen }) => [listed, seen]),
      [
        [['a'], ['b IN_PROGRESS', 'a deleted', 'b COMPLETED']],
        [['a'], ['b IN_PROGRESS', 'a deleted', 'b COMPLETED']],
        [['b'], ['b COMPLETED']],
      ],
    )
    assert.deepEqual(fake.requests, ['list FlinkStateSnapshot/default', 'watch FlinkStateSnapshot/default'])
  })

  it('are seen by who lists them before, and watches them after they change', async () => {
    const there = scene()
    const { fake, shared } = there
    const other = listAndWatch(there)
    await until(() => watches(fake).length === 1)
    let version = ''
    for await (const { resourceVersion } of shared.cluster.list(kind, 'default')) version = resourceVersion
    fake.put(ours('a', { state: 'COMPLETED' }))
    await until(() => other.seen.length === 1)
    const over = new AbortController()
    const [first] = await firstOf(shared.cluster.watchAll(kind, 'default', version, over.signal))
    assert.equal(first, 'COMPLETED')
    over.abort()
    await shared.end()
    await other.ended
  })

  it('are listed again where the list failed for another', async () => {
    const there = scene()
    const { fake, shared } = there
    fake.put(ours('a'))
    fake.fail('list FlinkStateSnapshot', refusal(500, 'InternalError', 'broken'), 1)
    await assert.rejects(listAndWatch(there).ended, { message: 'Error from server (InternalError): broken' })
    const again = listAndWatch(there)
    await until(() => again.listed.length === 1)
    await shared.end()
    await again.ended
  })

  it('are watched by each where one may list and not watch them, and end with what nothing mends', async () => {
    const there = scene()
    const { fake, shared } = there
    fake.fail('watch FlinkStateSnapshot', refusal(403, 'Forbidden', 'no'), 1)
    const over = new AbortController()
    const each = listAndWatch(there, over.signal)
    await until(() => watches(fake).length === 2)
    fake.put(ours('a', { state: 'COMPLETED' }))
    await until(() => each.seen.length === 1)
    over.abort()
    await each.ended
    await shared.end()
    const broken = scene()
    broken.fake.fail('watch FlinkStateSnapshot', refusal(500, 'InternalError', 'broken'))
    await assert.rejects(listAndWatch(broken).ended, { message: 'Error from server (InternalError): broken' })
    await broken.shared.end()
  })
})

async function firstOf(watched: AsyncIterable<CollectionSighting>): Promise<string[]> {
  for await (const sighting of watched) return [textOf(sighting)]
  return []
}
