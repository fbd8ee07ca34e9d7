import assert from 'node:assert/strict'
import type { Selector } from '../../src/domain/ports.ts'
import { json, status } from './support/api-server.ts'
import { bench } from './support/bench.ts'
import { apiVersion, cluster, collection, kind } from './support/clusters.ts'

const flinkClusters = { apiVersion, kind, plural: 'flinkclusters' }

describe('listing', () => {
  const b = bench()
  const { within } = b

  const listed = (selector?: Selector) =>
    within(async door => {
      const pages: string[][] = []
      for await (const page of door.cluster.list(flinkClusters, 'default', selector)) {
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
    b.server.on(`GET ${collection}`, page(['a', 'b'], 'next'), page(['c']))
    assert.deepEqual(await listed({ labels: 'app=x', fields: 'metadata.name!=d' }), [['a', 'b'], ['c']])
    assert.deepEqual(
      b.server.seen.map(seen => seen.query),
      [
        { limit: '500', labelSelector: 'app=x', fieldSelector: 'metadata.name!=d' },
        { limit: '500', continue: 'next', labelSelector: 'app=x', fieldSelector: 'metadata.name!=d' },
      ],
    )
  })

  it('starts over where a page has expired, and gives nothing twice', async () => {
    b.server.on(
      `GET ${collection}`,
      page(['a', 'b'], 'old'),
      status(410, 'Expired', 'too old'),
      page(['a', 'b', 'c']),
    )
    assert.deepEqual(await listed(), [['a', 'b'], ['c']])
  })

  it('gives up where pages always expire', async () => {
    b.server.on(`GET ${collection}`, (response, seen) =>
      (seen.query['continue'] ? status(410, 'Expired', 'too old') : page(['a'], 'next'))(response, seen),
    )
    await assert.rejects(listed(), { message: 'Error from server (Expired): too old' })
  })

  it('goes over all namespaces, of built-in kinds too', async () => {
    b.server.on(
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
