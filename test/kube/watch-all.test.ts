import assert from 'node:assert/strict'
import type { CollectionSighting, Selector } from '../../src/domain/ports.ts'
import { type Resource, resourceOf } from '../../src/domain/resource.ts'
import { events, json, status } from './support/api-server.ts'
import { bench } from './support/bench.ts'
import { apiVersion, cluster, collection, kind } from './support/clusters.ts'
import type { Opened } from './support/door.ts'

const flinkClusters = { apiVersion, kind, plural: 'flinkclusters' }
const watchPath = `GET ${collection}`

const changed = (name: string, version: string) => ({ type: 'MODIFIED', object: cluster(version, { name }) })
const deleted = (name: string, version: string) => ({ type: 'DELETED', object: cluster(version, { name }) })
const bookmark = (version: string) => ({
  type: 'BOOKMARK',
  object: { kind, metadata: { resourceVersion: version } },
})
const gone = {
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (9)' },
}
const listed = (version: string, ...items: readonly object[]) =>
  json({ kind: 'FlinkClusterList', metadata: { resourceVersion: version }, items })

describe('watching all objects of a kind', () => {
  const b = bench()

  interface Wish {
    readonly selector?: Selector
    readonly listed?: readonly Resource[]
  }

  /** What is seen until `last` deleted, shortened: `orders 2`, `deleted orders 7`, `resumed`. */
  const seen = (last: string, { selector, listed: before }: Wish = {}) =>
    b.within(async door => {
      const list: string[] = []
      for await (const sighting of watching(door, selector, before)) {
        list.push(short(sighting))
        if (list.at(-1)?.startsWith(`deleted ${last} `)) return list
      }
      return list
    })

  const watching = (door: Opened, selector?: Selector, before?: readonly Resource[]) =>
    door.cluster.watchAll(flinkClusters, 'default', '1', new AbortController().signal, selector, before)

  const short = (sighting: CollectionSighting) => {
    if (sighting.type === 'resumed') return sighting.type
    const { name, resourceVersion } = sighting.object.metadata
    return `${sighting.type === 'deleted' ? 'deleted ' : ''}${name} ${resourceVersion}`
  }

  const queries = () => b.server.seen.map(({ query: { timeoutSeconds: _, ...query } }) => query)

  it('brings what changes and what goes, from one request', async () => {
    b.server.on(
      watchPath,
      events([changed('a', '2'), changed('b', '3'), deleted('a', '4'), deleted('b', '5')]),
    )
    assert.deepEqual(await seen('b'), ['a 2', 'b 3', 'deleted a 4', 'deleted b 5'])
    assert.deepEqual(queries(), [{ watch: '1', resourceVersion: '1', allowWatchBookmarks: 'true' }])
  })

  it('asks for those that labels and fields choose', async () => {
    b.server.on(watchPath, events([deleted('a', '4')]))
    await seen('a', { selector: { labels: 'team=x', fields: 'metadata.name!=b' } })
    assert.deepEqual(queries(), [
      {
        watch: '1',
        labelSelector: 'team=x',
        fieldSelector: 'metadata.name!=b',
        resourceVersion: '1',
        allowWatchBookmarks: 'true',
      },
    ])
  })

  it('takes a lost stream up where it was, bookmarks counted, and asks for no list', async () => {
    b.server.on(watchPath, events([changed('a', '2'), bookmark('6')], 'cut'), events([deleted('a', '7')]))
    assert.deepEqual(await seen('a'), ['a 2', 'resumed', 'deleted a 7'])
    assert.deepEqual(
      queries().map(query => query['resourceVersion']),
      ['1', '6'],
    )
  })

  it('lists again where the server has forgotten, and tells what changed and what went meanwhile', async () => {
    b.server.on(
      watchPath,
      events([changed('a', '2'), changed('b', '3'), changed('c', '4'), gone]),
      listed('9', cluster('2', { name: 'a' }), cluster('8', { name: 'c' }), cluster('9', { name: 'd' })),
      events([deleted('a', '11')]),
    )
    assert.deepEqual(await seen('a'), [
      'a 2',
      'b 3',
      'c 4',
      'resumed',
      'c 8',
      'd 9',
      'deleted b 3',
      'deleted a 11',
    ])
    assert.deepEqual(
      queries().map(query => query['resourceVersion'] ?? 'list'),
      ['1', 'list', '9'],
    )
  })

  it('misses one that the list held and the watch never showed', async () => {
    const before = [cluster('1', { name: 'quiet' }), cluster('1', { name: 'still' })].map(body =>
      resourceOf(body),
    )
    b.server.on(watchPath, events([gone]), listed('9', cluster('1', { name: 'still' })), events([]))
    assert.deepEqual(await seen('quiet', { listed: before.filter(each => each !== undefined) }), [
      'resumed',
      'deleted quiet 1',
    ])
  })

  it('takes an object of the same name for another one', async () => {
    b.server.on(
      watchPath,
      events([changed('a', '2'), gone]),
      listed('9', cluster('8', { name: 'a', uid: 'another' })),
      events([]),
    )
    assert.deepEqual(await seen('a'), ['a 2', 'resumed', 'a 8', 'deleted a 2'])
  })

  it('tries the list again until the server answers', async () => {
    b.server.on(
      watchPath,
      events([changed('a', '2'), gone]),
      status(503, 'ServiceUnavailable', 'starting'),
      status(403, 'Forbidden', 'RBAC: clusterrole.rbac.authorization.k8s.io "x" not found'),
      listed('9'),
      events([]),
    )
    assert.deepEqual(await seen('a'), ['a 2', 'resumed', 'deleted a 2'])
  })

  it('watches from the first page of a list that had to start over', async () => {
    const page = (version: string, next: string | undefined, ...names: readonly string[]) =>
      json({
        kind: 'FlinkClusterList',
        metadata: { resourceVersion: version, continue: next },
        items: names.map(name => cluster(version, { name })),
      })
    b.server.on(
      watchPath,
      events([gone]),
      page('9', 'next', 'a'),
      status(410, 'Expired', 'the provided continue parameter is too old'),
      page('12', undefined, 'a', 'b'),
      events([changed('a', '12'), deleted('a', '13')]),
    )
    assert.deepEqual(await seen('a'), ['resumed', 'a 9', 'b 12', 'a 12', 'deleted a 13'])
    assert.equal(queries().at(-1)?.['resourceVersion'], '9')
  })

  it('throws what waiting cannot mend', async () => {
    b.server.on(watchPath, status(403, 'Forbidden', 'you may not watch'))
    await assert.rejects(seen('a'), { message: 'Error from server (Forbidden): you may not watch' })
  })

  it('ends with its signal', async () => {
    b.server.on('GET /apis/flinkoperator.k8s.io/v1beta1/flinkclusters', events([changed('a', '2')]))
    const list = await b.within(async door => {
      const stop = new AbortController()
      const found: string[] = []
      for await (const sighting of door.cluster.watchAll(flinkClusters, undefined, '1', stop.signal)) {
        found.push(short(sighting))
        stop.abort()
      }
      return found
    })
    assert.deepEqual(list, ['a 2'])
  })
})
