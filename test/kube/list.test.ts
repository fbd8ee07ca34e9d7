import assert from 'node:assert/strict'
import { type ApiServer, apiServer, json, status } from './support/api-server.ts'
import { apiVersion, cluster, collection, kind } from './support/clusters.ts'
import { type Home, home, type Opened, open } from './support/door.ts'

const flinkClusters = { apiVersion, kind, plural: 'flinkclusters' }

describe('listing', () => {
  let at: Home
  let server: ApiServer
  beforeEach(async () => {
    at = home()
    server = await apiServer()
    at.kubeconfig({ server: server.url })
  })
  afterEach(async () => {
    await server.close()
    at.remove()
  })

  const within = async <T>(act: (door: Opened) => Promise<T>, options: object = {}): Promise<T> => {
    const door = await open(at, options)
    try {
      return await act(door)
    } finally {
      await door.close()
    }
  }

  const listed = (labelSelector?: string) =>
    within(async door => {
      const pages: string[][] = []
      for await (const page of door.cluster.list(flinkClusters, 'default', labelSelector)) {
        pages.push(page.items.map(item => item.metadata.name))
      }
      return pages
    })

  const page = (names: readonly string[], next?: string) =>
    json({
      kind: 'FlinkClusterList',
      metadata: { resourceVersion: '9', continue: next },
      items: names.map(name => cluster('1', { name })),
    })

  it('goes page by page', async () => {
    server.on(`GET ${collection}`, page(['a', 'b'], 'next'), page(['c']))
    assert.deepEqual(await listed('app=x'), [['a', 'b'], ['c']])
    assert.deepEqual(
      server.seen.map(seen => seen.query),
      [
        { limit: '500', labelSelector: 'app=x' },
        { limit: '500', continue: 'next', labelSelector: 'app=x' },
      ],
    )
  })

  it('starts over where a page has expired, and gives nothing twice', async () => {
    server.on(
      `GET ${collection}`,
      page(['a', 'b'], 'old'),
      status(410, 'Expired', 'too old'),
      page(['a', 'b', 'c']),
    )
    assert.deepEqual(await listed(), [['a', 'b'], ['c']])
  })

  it('gives up where pages always expire', async () => {
    server.on(`GET ${collection}`, (response, seen) =>
      (seen.query['continue'] ? status(410, 'Expired', 'too old') : page(['a'], 'next'))(response, seen),
    )
    await assert.rejects(listed(), { message: 'Error from server (Expired): too old' })
  })

  it('goes over all namespaces, of built-in kinds too', async () => {
    server.on(
      'GET /api/v1/configmaps',
      json({ items: [{ metadata: { name: 'm', namespace: 'n', uid: 'u' } }] }),
    )
    const found = await within(async door => {
      const kinds = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' }
      for await (const { items } of door.cluster.list(kinds, undefined)) return items
      return []
    })
    assert.deepEqual(
      found.map(each => [each.apiVersion, each.kind, each.metadata.name]),
      [['v1', 'ConfigMap', 'm']],
    )
  })
})
