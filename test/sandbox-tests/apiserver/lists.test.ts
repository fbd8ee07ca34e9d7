import assert from 'node:assert/strict'
import { type Json, type KubeObject, valueAt } from '../../sandbox/apiserver/object.ts'
import {
  clusters,
  configMap,
  configMaps,
  flinkCluster,
  install,
  type TestServer,
  testServer,
} from './support.ts'

const table = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }

describe('the sandbox API server lists', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await testServer()
  })
  afterEach(() => server.close())

  const fill = async (...names: string[]) => {
    for (const name of names)
      await server.call('POST', configMaps, configMap(name, {}, { labels: { first: name[0] } }))
  }
  const page = async (query: string) => {
    const { code, body } = await server.call('GET', `${configMaps}?${query}`)
    const items = (body['items'] ?? []) as KubeObject[]
    const metadata = body['metadata'] as Json
    return { code, body, metadata, names: items.map(item => item.metadata.name) }
  }
  const next = (metadata: Json) => encodeURIComponent(String(metadata['continue']))

  it('in pages that show one state, whatever is written between them', async () => {
    await fill('a', 'b', 'c', 'd', 'e')
    const first = await page('limit=2')
    assert.deepEqual([first.names, first.metadata['remainingItemCount']], [['a', 'b'], 3])
    await fill('bb')
    await server.call('DELETE', `${configMaps}/d`)
    const second = await page(`limit=2&continue=${next(first.metadata)}`)
    const third = await page(`limit=2&continue=${next(second.metadata)}`)
    assert.deepEqual([second.names, third.names, third.metadata['continue']], [['c', 'd'], ['e'], undefined])
    assert.equal(third.metadata['resourceVersion'], first.metadata['resourceVersion'])
  })

  it('says 410 to a continue token that expired, and gives one to go on inconsistently', async () => {
    await fill('a', 'b', 'c')
    const first = await page('limit=1')
    await fill('bb')
    server.faults.forgetHistory()
    const late = await page(`limit=1&continue=${next(first.metadata)}`)
    assert.deepEqual([late.code, late.body['reason']], [410, 'Expired'])
    assert.match(String(late.body['message']), /^The provided continue parameter is too old/)
    assert.deepEqual((await page(`continue=${next(late.metadata)}`)).names, ['b', 'bb', 'c'])
  })

  it('what selectors choose', async () => {
    await fill('ant', 'ape', 'bee')
    assert.deepEqual((await page('labelSelector=first%3Da')).names, ['ant', 'ape'])
    assert.deepEqual((await page('labelSelector=first+notin+(a,c)')).names, ['bee'])
    assert.deepEqual((await page('labelSelector=!first')).names, [])
    assert.deepEqual((await page('fieldSelector=metadata.name%3Dape')).names, ['ape'])
    assert.deepEqual((await page('fieldSelector=metadata.name!%3Dape')).names, ['ant', 'bee'])
    const unknown = await page('fieldSelector=data.x%3D1')
    assert.deepEqual(
      [unknown.code, unknown.body['message']],
      [400, '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    )
  })

  it('one namespace, or all of them', async () => {
    await fill('a')
    await server.call('POST', '/api/v1/namespaces/kube-system/configmaps', configMap('b'))
    const { body } = await server.call('GET', '/api/v1/configmaps')
    const names = (body['items'] as KubeObject[]).map(
      ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    )
    assert.deepEqual([(await page('')).names, names], [['a'], ['default/a', 'kube-system/b']])
  })

  it('as a table with the columns of the definition', async () => {
    await install(server.call, 'spotify')
    await server.call('POST', clusters, flinkCluster('orders'))
    const { body } = await server.call('GET', clusters, undefined, table)
    const columns = (body['columnDefinitions'] as Json[]).map(({ name, priority }) => `${name} ${priority}`)
    assert.deepEqual(columns, [
      'Name 0',
      'version 0',
      'status 0',
      'age 0',
      'jm replicas 1',
      'tm replicas 1',
      'Image 1',
    ])
    const [row] = body['rows'] as Json[]
    const cells = row?.['cells'] as unknown[]
    assert.deepEqual(
      [...cells.slice(0, 3), ...cells.slice(4)],
      ['orders', '1.18', null, null, null, 'flink:1.18'],
    )
    assert.match(String(cells[3]), /^\d+s$/)
    assert.equal(valueAt(row, ['object', 'kind']), 'PartialObjectMetadata')
  })

  it('as a table of name and age where the definition has no columns', async () => {
    await install(server.call, 'gcp')
    const { body } = await server.call('GET', clusters, undefined, table)
    assert.deepEqual(
      (body['columnDefinitions'] as Json[]).map(({ name }) => name),
      ['Name', 'Age'],
    )
  })

  it('nothing in a form it does not speak', async () => {
    const protobuf = { Accept: 'application/vnd.kubernetes.protobuf' }
    const { code, body } = await server.call('GET', configMaps, undefined, protobuf)
    assert.deepEqual([code, body['reason']], [406, 'NotAcceptable'])
  })
})
