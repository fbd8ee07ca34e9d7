import assert from 'node:assert/strict'
import type { Cluster, CollectionSighting, Sighting } from '../../src/domain/ports.ts'
import { refOf } from '../../src/domain/resource.ts'
import { type SharedWatch, sharedWatch } from '../../src/wait/shared-watch.ts'
import { type FakeCluster, fakeCluster, refusal } from '../support/fake-cluster.ts'
import { until } from '../support/fakes.ts'
import { spotifyCluster } from '../support/flink-clusters.ts'

const kind = { apiVersion: 'flinkoperator.k8s.io/v1beta1', kind: 'FlinkCluster', plural: 'flinkclusters' }
const refTo = (name: string) => ({ apiVersion: kind.apiVersion, kind: kind.kind, namespace: 'default', name })

interface Scene {
  readonly fake: FakeCluster
  readonly shared: SharedWatch
  readonly told: string[]
  /** Somebody changes the object; gives its new version. */
  change(name: string, uid?: string): string
}

/** Three jobs, and a watch of all from the list that shows them. */
function scene(more: Partial<Cluster> = {}): Scene {
  const fake = fakeCluster({ objects: ['a', 'b', 'c'].map(name => spotifyCluster({ name })) })
  const told: string[] = []
  const shared = sharedWatch(
    { ...fake, ...more },
    { kind, namespace: 'default', resourceVersion: '103' },
    text => void told.push(text),
  )
  const change = (name: string, uid?: string) =>
    fake.put(spotifyCluster({ name, ...(uid && { uid }) })).metadata.resourceVersion
  return { fake, shared, told, change }
}

/** What one wait sees, shortened, as it comes: versions, and `deleted`. */
function reader(cluster: Cluster, ref: ReturnType<typeof refTo>, version: string) {
  const stop = new AbortController()
  const seen: string[] = []
  const ended = (async () => {
    for await (const sighting of cluster.watch(ref, version, stop.signal)) seen.push(short(sighting))
    seen.push('ended')
  })()
  return { seen, stop, ended }
}

function short(sighting: Sighting): string {
  return sighting.type === 'object' ? sighting.object.metadata.resourceVersion : sighting.type
}

const watches = ({ requests }: FakeCluster) => requests.filter(request => request.startsWith('watch'))

describe('a watch that many waits share', () => {
  it('asks the server once, and gives each wait what is about its object', async () => {
    const { fake, shared, change } = scene()
    const readers = ['a', 'b'].map(name => reader(shared.follow(refTo(name)).cluster, refTo(name), '103'))
    const versions = [change('a'), change('b'), change('c'), change('a')]
    await until(() => readers[0]?.seen.length === 2 && readers[1]?.seen.length === 1)
    await shared.end()
    await Promise.all(readers.map(({ ended }) => ended))
    assert.deepEqual(
      readers.map(({ seen }) => seen),
      [
        [versions[0], versions[3], 'ended'],
        [versions[1], 'ended'],
      ],
    )
    assert.deepEqual(watches(fake), ['watch FlinkCluster/default'])
  })

  it('loses nothing between a write and the wait for what it does, and shows nothing from before it', async () => {
    const { fake, shared, change } = scene()
    const other = reader(shared.follow(refTo('b')).cluster, refTo('b'), '103')
    const { cluster } = shared.follow(refTo('a'))
    const before = await cluster.get(refTo('a'))
    change('a')
    const { resourceVersion } = fake.object(refTo('a'))?.metadata ?? {}
    const written = await cluster.write({
      verb: 'patch',
      ref: refOf(before),
      type: 'merge',
      body: { metadata: { resourceVersion, labels: { asked: 'yes' } } },
    })
    const after = [change('a'), change('a')]
    change('b')
    // All of it has come before the wait begins.
    await until(() => other.seen.length === 1)
    const { seen, stop, ended } = reader(cluster, refTo('a'), written.object.metadata.resourceVersion)
    await until(() => seen.length === 2)
    stop.abort()
    await ended
    assert.deepEqual(seen, [...after, 'ended'])
    await shared.end()
  })

  it('takes up one wait after another on the same object', async () => {
    const { shared, change } = scene()
    const { cluster } = shared.follow(refTo('a'))
    const first = reader(cluster, refTo('a'), '103')
    const one = change('a')
    await until(() => first.seen.length === 1)
    first.stop.abort()
    await first.ended
    const two = change('a')
    const second = reader(cluster, refTo('a'), one)
    await until(() => second.seen.length === 1)
    await shared.end()
    await second.ended
    assert.deepEqual(
      [first.seen, second.seen],
      [
        [one, 'ended'],
        [two, 'ended'],
      ],
    )
  })

  it('tells of the end of an object, before and after the wait for it begins', async () => {
    const { fake, shared } = scene()
    const early = reader(shared.follow(refTo('a')).cluster, refTo('a'), '103')
    const { cluster } = shared.follow(refTo('b'))
    await cluster.get(refTo('b'))
    fake.vanish(refTo('b'))
    fake.vanish(refTo('a'))
    await early.ended
    const late = reader(cluster, refTo('b'), '103')
    await late.ended
    assert.deepEqual(
      [early.seen, late.seen],
      [
        ['deleted', 'ended'],
        ['deleted', 'ended'],
      ],
    )
    await shared.end()
  })

  it('does not take the end of an earlier object of the name for the end of this one', async () => {
    const { fake, shared, change } = scene()
    const { cluster } = shared.follow(refTo('a'))
    fake.vanish(refTo('a'))
    const again = change('a', 'another-uid')
    await cluster.get(refTo('a'))
    const { seen } = reader(cluster, refTo('a'), again)
    const next = change('a', 'another-uid')
    await until(() => seen.length === 1)
    await shared.end()
    assert.deepEqual(seen.slice(0, 1), [next])
  })

  it('believes that an object is gone which a list after an outage no longer has, at the version it was last seen', async () => {
    const sightings = Promise.withResolvers<CollectionSighting>()
    const { shared, change, told } = scene({
      async *watchAll() {
        yield { type: 'resumed', reason: 'unexpected EOF' }
        yield await sightings.promise
      },
    })
    const { cluster } = shared.follow(refTo('a'))
    const listed = await cluster.get(refTo('a'))
    const newest = change('a')
    const { seen, ended } = reader(cluster, refTo('a'), newest)
    sightings.resolve({ type: 'deleted', object: listed })
    await ended
    assert.deepEqual(seen, ['deleted', 'ended'])
    assert.deepEqual(told, ['unexpected EOF'])
  })

  it('keeps a bounded number of what nobody reads, the newest', async () => {
    const { shared, change } = scene()
    const other = reader(shared.follow(refTo('b')).cluster, refTo('b'), '103')
    const { cluster } = shared.follow(refTo('a'))
    const versions = Array.from({ length: 60 }, () => change('a'))
    change('b')
    await until(() => other.seen.length === 1)
    const { seen } = reader(cluster, refTo('a'), '103')
    await until(() => seen.length > 0)
    await shared.end()
    assert.deepEqual(
      seen.filter(each => each !== 'ended'),
      versions.slice(10),
    )
  })

  it('keeps nothing of an object that nobody follows any more', async () => {
    const { shared, change } = scene()
    const other = reader(shared.follow(refTo('b')).cluster, refTo('b'), '103')
    const { cluster, end } = shared.follow(refTo('a'))
    end()
    change('a')
    change('b')
    await until(() => other.seen.length === 1)
    const { seen, stop, ended } = reader(cluster, refTo('a'), '103')
    stop.abort()
    await ended
    await shared.end()
    assert.deepEqual(seen, ['ended'])
  })

  it('watches one by one where the user may not watch them all', async () => {
    const { fake, shared, change } = scene({
      // biome-ignore lint/correctness/useYield: it fails before it brings anything
      async *watchAll() {
        throw refusal(403, 'Forbidden', 'you may not watch them all')
      },
    })
    const { seen, stop, ended } = reader(shared.follow(refTo('a')).cluster, refTo('a'), '103')
    const version = change('a')
    await until(() => seen.length === 1)
    stop.abort()
    await ended
    await shared.end()
    assert.deepEqual(seen, [version, 'ended'])
    assert.deepEqual(watches(fake), ['watch FlinkCluster/default/a'])
  })

  it('ends every wait with what ended the watch', async () => {
    const broken = new Error('a bug')
    const { shared } = scene({
      // biome-ignore lint/correctness/useYield: it fails before it brings anything
      async *watchAll() {
        throw broken
      },
    })
    const readers = ['a', 'b'].map(name => reader(shared.follow(refTo(name)).cluster, refTo(name), '103'))
    const ends = await Promise.allSettled(readers.map(({ ended }) => ended))
    assert.deepEqual(
      ends.map(end => end.status === 'rejected' && end.reason),
      [broken, broken],
    )
  })

  it('asks for nothing where nobody waits', async () => {
    const { fake, shared } = scene()
    const { cluster } = shared.follow(refTo('a'))
    await cluster.get(refTo('a'))
    await shared.end()
    assert.deepEqual(watches(fake), [])
  })
})
