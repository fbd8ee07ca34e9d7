import assert from 'node:assert/strict'
import { type Json, type KubeObject, valueAt } from '../../sandbox/apiserver/object.ts'
import { configMap, configMaps, mergePatch, openWatch, type TestServer, testServer } from './support.ts'

describe('the sandbox API server is watched', () => {
  let server: TestServer
  const start = async (options: Parameters<typeof testServer>[0] = {}) => {
    server = await testServer(options)
    return server
  }
  afterEach(() => server.close())

  const create = async (name: string, labels: Json = {}) =>
    (await server.call('POST', configMaps, configMap(name, {}, { labels }))).body as KubeObject
  const patch = (name: string, body: Json) => server.call('PATCH', `${configMaps}/${name}`, body, mergePatch)
  const watch = (query: string) => openWatch(server, `${configMaps}?watch=true&${query}`)
  const seen = (event: { type: string; object: Json } | undefined) =>
    event && `${event.type} ${valueAt(event.object, ['metadata', 'name'])}`

  it('from a version on', async () => {
    await start()
    const { metadata } = await create('a')
    await create('b')
    const { next, close } = await watch(`resourceVersion=${metadata.resourceVersion}`)
    assert.equal(seen(await next()), 'ADDED b')
    await patch('a', { data: { x: '1' } })
    await server.call('DELETE', `${configMaps}/b`)
    assert.deepEqual([seen(await next()), seen(await next())], ['MODIFIED a', 'DELETED b'])
    close()
  })

  it('from what is there, where no version is given', async () => {
    await start()
    await create('a')
    const { next, close } = await watch('')
    assert.equal(seen(await next()), 'ADDED a')
    await create('b')
    assert.equal(seen(await next()), 'ADDED b')
    close()
  })

  it('through a selector: what comes to match was added, what stops was deleted', async () => {
    await start()
    const { metadata } = await create('a')
    const { next, close } = await watch(`resourceVersion=${metadata.resourceVersion}&labelSelector=on%3Dyes`)
    await create('b')
    await patch('a', { metadata: { labels: { on: 'yes' } } })
    await patch('a', { data: { x: '1' } })
    await patch('a', { metadata: { labels: { on: 'no' } } })
    assert.deepEqual(
      [seen(await next()), seen(await next()), seen(await next())],
      ['ADDED a', 'MODIFIED a', 'DELETED a'],
    )
    close()
  })

  it('not from a version that history has forgotten: an ERROR event with 410', async () => {
    await start({ watchHistory: 2 })
    const { metadata } = await create('a')
    for (const name of ['b', 'c', 'd']) await create(name)
    const { code, next } = await watch(`resourceVersion=${metadata.resourceVersion}`)
    const event = await next()
    const status = event?.object ?? {}
    assert.deepEqual([code, event?.type, status['code'], status['reason']], [200, 'ERROR', 410, 'Expired'])
    assert.match(
      String(status['message']),
      new RegExp(`^too old resource version: ${metadata.resourceVersion} \\(\\d+\\)$`),
    )
    assert.equal(await next(), undefined)
  })

  it('with bookmarks, where they are asked for', async () => {
    await start({ bookmarkMillis: 5 })
    const { metadata } = await create('a')
    const { next, close } = await watch(
      `resourceVersion=${metadata.resourceVersion}&allowWatchBookmarks=true`,
    )
    await server.call('POST', '/api/v1/namespaces/kube-system/configmaps', configMap('elsewhere'))
    let event = await next()
    const reached = () => Number(valueAt(event?.object, ['metadata', 'resourceVersion']))
    while (event?.type === 'BOOKMARK' && reached() <= Number(metadata.resourceVersion)) event = await next()
    assert.deepEqual([event?.type, event?.object['kind']], ['BOOKMARK', 'ConfigMap'])
    close()
  })

  it('with its state first and a bookmark at the end of it (a streamed list)', async () => {
    await start()
    await create('a')
    const { next, close } = await watch(
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    )
    assert.equal(seen(await next()), 'ADDED a')
    const event = await next()
    const annotations = valueAt(event?.object, ['metadata', 'annotations'])
    assert.deepEqual([event?.type, annotations], ['BOOKMARK', { 'k8s.io/initial-events-end': 'true' }])
    close()
  })

  it('for as long as was asked', async () => {
    await start()
    const { next } = await watch('timeoutSeconds=1')
    assert.equal(await next(), undefined)
  })

  it('until it is cut', async () => {
    await start()
    await create('a')
    const { next } = await watch('')
    await next()
    server.faults.dropWatches()
    assert.equal(await next(), undefined)
  })

  it('while owners go, and what they owned with them', async () => {
    await start()
    const { metadata } = await create('owner')
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid }
    const owned = configMap('owned', {}, { ownerReferences: [owner] })
    await server.call('POST', configMaps, owned)
    const second = (await create('second-owner')).metadata.uid
    const shared = configMap(
      'shared',
      {},
      { ownerReferences: [owner, { ...owner, name: 'second-owner', uid: second }] },
    )
    await server.call('POST', configMaps, shared)
    const { next, close } = await watch('fieldSelector=metadata.name%3Downed')
    assert.equal(seen(await next()), 'ADDED owned')
    await server.call('DELETE', `${configMaps}/owner`)
    assert.equal(seen(await next()), 'DELETED owned')
    assert.equal((await server.call('GET', `${configMaps}/shared`)).code, 200)
    close()
  })
})
