import assert from 'node:assert/strict'
import { type Json, type KubeObject, valueAt } from '../../sandbox/apiserver/object.ts'
import {
  clusters,
  configMap,
  configMaps,
  flinkCluster,
  install,
  jsonPatch,
  mergePatch,
  strategicPatch,
  type TestServer,
  testServer,
} from './support.ts'

describe('the sandbox API server keeps objects as Kubernetes does', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await testServer()
    await install(server.call, 'spotify')
  })
  afterEach(() => server.close())

  const created = async (job: Json = {}) =>
    (await server.call('POST', clusters, flinkCluster('orders', job))).body as KubeObject
  const patched = async (body: unknown, headers = mergePatch, path = `${clusters}/orders`) =>
    server.call('PATCH', path, body, headers)
  const generationOf = (body: Json) => valueAt(body, ['metadata', 'generation'])
  const failure = ({ code, body }: { code: number; body: Json }) => [code, body['reason'], body['message']]

  it('gives a new object its identity and generation 1', async () => {
    const { metadata } = await created()
    const { uid, creationTimestamp, resourceVersion, ...rest } = metadata
    assert.deepEqual(rest, { name: 'orders', namespace: 'default', generation: 1 })
    assert.match(String(uid), /^[0-9a-f-]{36}$/)
    assert.match(String(creationTimestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.ok(Number(resourceVersion) > 0)
  })

  it('refuses a second object of the same name, and any in a namespace that is not there', async () => {
    await created()
    assert.deepEqual(failure(await server.call('POST', clusters, flinkCluster('orders'))), [
      409,
      'AlreadyExists',
      'flinkclusters.flinkoperator.k8s.io "orders" already exists',
    ])
    const elsewhere = clusters.replace('default', 'nowhere')
    assert.deepEqual(failure(await server.call('POST', elsewhere, flinkCluster('orders'))), [
      404,
      'NotFound',
      'namespaces "nowhere" not found',
    ])
  })

  it('makes a name where only generateName is given', async () => {
    const { body } = await server.call(
      'POST',
      configMaps,
      configMap('', {}, { name: undefined, generateName: 'record-' }),
    )
    assert.match(String(valueAt(body, ['metadata', 'name'])), /^record-[b-z2-9]{5}$/)
  })

  it('moves the generation with the spec only', async () => {
    await created()
    assert.equal(generationOf((await patched({ metadata: { labels: { a: 'b' } } })).body), 1)
    assert.equal(generationOf((await patched({ spec: { job: { savepointGeneration: 1 } } })).body), 2)
    assert.equal(generationOf((await patched({ spec: { job: { savepointGeneration: 1 } } })).body), 2)
  })

  it('leaves an object that a write does not change at its resourceVersion', async () => {
    const { metadata } = await created()
    const { body } = await patched({ spec: { job: { jarFile: 'count.jar' } } })
    assert.deepEqual(body['metadata'], metadata)
  })

  it('keeps status and the rest apart', async () => {
    await created()
    const status = { state: 'Running', components: { job: { state: 'Running' } } }
    const ignored = await patched({ status })
    assert.equal(ignored.body['status'], undefined)
    const path = `${clusters}/orders/status`
    const written = await patched(
      { status, spec: { flinkVersion: '2.0' }, metadata: { labels: { a: 'b' } } },
      mergePatch,
      path,
    )
    assert.deepEqual(written.body['status'], status)
    assert.equal(valueAt(written.body, ['spec', 'flinkVersion']), '1.18')
    assert.equal(valueAt(written.body, ['metadata', 'labels']), undefined)
    assert.equal(generationOf(written.body), 1)
  })

  it('refuses a write that was made for an older version of the object', async () => {
    const { metadata } = await created()
    await patched({ metadata: { labels: { a: 'b' } } })
    const stale = [
      409,
      'Conflict',
      'Operation cannot be fulfilled on flinkclusters.flinkoperator.k8s.io "orders": the object has been modified; please apply your changes to the latest version and try again',
    ]
    const { resourceVersion } = metadata
    assert.deepEqual(
      failure(await patched({ metadata: { resourceVersion }, spec: { flinkVersion: '2.0' } })),
      stale,
    )
    const update = { ...flinkCluster('orders'), metadata: { name: 'orders', resourceVersion } }
    assert.deepEqual(failure(await server.call('PUT', `${clusters}/orders`, update)), stale)
  })

  it('refuses an update of a custom resource that names no version', async () => {
    await created()
    assert.deepEqual(failure(await server.call('PUT', `${clusters}/orders`, flinkCluster('orders'))), [
      422,
      'Invalid',
      'flinkclusters.flinkoperator.k8s.io "orders" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    ])
  })

  it('refuses writes to another object of the same name', async () => {
    const { metadata } = await created()
    const patch = failure(await patched({ metadata: { uid: 'another' } }))
    assert.deepEqual(patch, [
      422,
      'Invalid',
      'FlinkCluster.flinkoperator.k8s.io "orders" is invalid: metadata.uid: Invalid value: "another": field is immutable',
    ])
    const options = { preconditions: { uid: 'another' } }
    assert.deepEqual(failure(await server.call('DELETE', `${clusters}/orders`, options)), [
      409,
      'Conflict',
      `Operation cannot be fulfilled on FlinkCluster.flinkoperator.k8s.io "orders": the UID in the precondition (another) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    ])
  })

  it('applies a JSON patch, or none of it', async () => {
    const { metadata } = await created()
    const test = (value: unknown) => [
      { op: 'test', path: '/metadata/uid', value },
      { op: 'add', path: '/spec/job/savepointGeneration', value: 1 },
    ]
    assert.deepEqual(failure(await patched(test('another'), jsonPatch)), [
      422,
      'Invalid',
      'the server rejected our request due to an error in our request',
    ])
    const { body } = await patched(test(metadata.uid), jsonPatch)
    assert.equal(valueAt(body, ['spec', 'job', 'savepointGeneration']), 1)
  })

  it("reads JSON patches as kube-apiserver's library does: a replace adds, a test for null holds of nothing", async () => {
    await created()
    const generation = '/spec/job/savepointGeneration'
    const { code, body } = await patched(
      [
        { op: 'test', path: generation, value: null },
        { op: 'replace', path: generation, value: 1 },
      ],
      jsonPatch,
    )
    assert.deepEqual([code, valueAt(body, ['spec', 'job', 'savepointGeneration'])], [200, 1])
    const deep = [{ op: 'replace', path: '/spec/nobody/home', value: 1 }]
    assert.equal((await patched(deep, jsonPatch)).code, 422)
  })

  it('refuses strategic merge patches and server-side apply of custom resources, and takes them of its own kinds', async () => {
    await created()
    const refusal = [
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    ]
    const body = { spec: { job: { savepointGeneration: 1 } } }
    assert.deepEqual(failure(await patched(body, strategicPatch)), refusal)
    assert.deepEqual(
      failure(await patched(body, { 'Content-Type': 'application/apply-patch+yaml' })),
      refusal,
    )
    await server.call('POST', configMaps, configMap('x', { a: '1' }))
    const own = await patched({ data: { b: '2' } }, strategicPatch, `${configMaps}/x`)
    assert.deepEqual(own.body['data'], { a: '1', b: '2' })
  })

  it('answers a dry run as if it were done, and does nothing', async () => {
    await created()
    const path = `${clusters}/orders?dryRun=All`
    const patch = await patched({ spec: { flinkVersion: '2.0' } }, mergePatch, path)
    assert.deepEqual([valueAt(patch.body, ['spec', 'flinkVersion']), generationOf(patch.body)], ['2.0', 2])
    await server.call('DELETE', path)
    assert.equal((await server.call('POST', `${clusters}?dryRun=All`, flinkCluster('payments'))).code, 201)
    const { body } = await server.call('GET', clusters)
    const items = body['items'] as KubeObject[]
    assert.deepEqual(
      items.map(({ metadata: { name, generation } }) => ({ name, generation })),
      [{ name: 'orders', generation: 1 }],
    )
  })

  it('keeps an object whose finalizers hold it, marked, until they are gone', async () => {
    await server.call('POST', configMaps, configMap('held', {}, { finalizers: ['flinksp.test/hold'] }))
    const { body } = await server.call('DELETE', `${configMaps}/held`)
    assert.match(String(valueAt(body, ['metadata', 'deletionTimestamp'])), /Z$/)
    assert.equal((await server.call('GET', `${configMaps}/held`)).code, 200)
    await patched({ metadata: { finalizers: null } }, mergePatch, `${configMaps}/held`)
    assert.equal((await server.call('GET', `${configMaps}/held`)).code, 404)
  })
})
