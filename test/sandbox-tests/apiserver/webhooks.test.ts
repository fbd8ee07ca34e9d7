import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { type Json, valueAt } from '../../sandbox/apiserver/object.ts'
import {
  type Answer,
  clusters,
  flinkCluster,
  install,
  mergePatch,
  type TestServer,
  testServer,
} from './support.ts'

const registrations = '/apis/admissionregistration.k8s.io/v1'

describe('the sandbox API server asks admission webhooks', () => {
  let server: TestServer
  let hook: Server
  let url: string
  let caBundle: string
  let reviews: Json[]
  let answer: (request: Json) => Json

  before(async () => {
    const certificate = await generate([{ name: 'commonName', value: 'hook' }], {
      keyType: 'ec',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    caBundle = Buffer.from(certificate.cert).toString('base64')
    hook = createServer({ key: certificate.private, cert: certificate.cert }, async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')).request
      reviews.push(review)
      response.end(JSON.stringify({ response: { uid: review.uid, ...answer(review) } }))
    })
    await new Promise<void>(resolve => hook.listen(0, '127.0.0.1', resolve))
    url = `https://127.0.0.1:${(hook.address() as AddressInfo).port}/validate`
  })
  after(() => new Promise(resolve => hook.close(resolve)))
  beforeEach(async () => {
    reviews = []
    answer = () => ({ allowed: true })
    server = await testServer()
    await install(server.call, 'gcp')
  })
  afterEach(() => server.close())

  const register = (kind: 'validating' | 'mutating', webhook: Json = {}) =>
    server.call('POST', `${registrations}/${kind}webhookconfigurations`, {
      metadata: { name: 'flink' },
      webhooks: [
        {
          name: 'vflinkcluster.flinkoperator.k8s.io',
          clientConfig: { url, caBundle },
          rules: [
            {
              apiGroups: ['flinkoperator.k8s.io'],
              apiVersions: ['v1beta1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['flinkclusters'],
            },
          ],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          ...webhook,
        },
      ],
    })
  const failure = ({ code, body }: Answer) => [code, body['reason'], body['message']]
  const patch = (body: Json, path = `${clusters}/orders`) => server.call('PATCH', path, body, mergePatch)

  it('with the object before and after, and who asks; not about the status', async () => {
    await register('validating')
    await server.call('POST', clusters, flinkCluster('orders'))
    await patch({ spec: { job: { savepointGeneration: 1 } } })
    const status = { state: 'Running', components: {} }
    assert.equal((await patch({ status }, `${clusters}/orders/status`)).code, 200)
    await server.call('DELETE', `${clusters}/orders`)
    const generation = ['spec', 'job', 'savepointGeneration']
    const told = reviews.map(({ operation, userInfo, object, oldObject, name, namespace }) => ({
      who: valueAt(userInfo, ['username']),
      what: `${operation} ${namespace}/${name}`,
      from: valueAt(oldObject, generation),
      to: valueAt(object, generation),
    }))
    assert.deepEqual(told, [
      { who: 'admin', what: 'CREATE default/orders', from: undefined, to: undefined },
      { who: 'admin', what: 'UPDATE default/orders', from: undefined, to: 1 },
    ])
  })

  it('and gives on their refusals: the code and reason are theirs, the text is prefixed', async () => {
    await server.call('POST', clusters, flinkCluster('orders'))
    await register('validating')
    // What the GCP operator's webhook answers: its text as the reason, and no message (seen on tag v1beta1-9).
    const why = 'you can only update savepointGeneration to 1'
    answer = () => ({ allowed: false, status: { code: 403, reason: why } })
    assert.deepEqual(failure(await patch({ spec: { job: { savepointGeneration: 7 } } })), [
      403,
      why,
      `admission webhook "vflinkcluster.flinkoperator.k8s.io" denied the request: ${why}`,
    ])
    answer = () => ({ allowed: false })
    assert.deepEqual(failure(await patch({ spec: { job: { savepointGeneration: 7 } } })), [
      400,
      undefined,
      'admission webhook "vflinkcluster.flinkoperator.k8s.io" denied the request without explanation',
    ])
    const { body } = await server.call('GET', `${clusters}/orders`)
    assert.equal(valueAt(body, ['metadata', 'generation']), 1)
  })

  it('and fails without them, unless they may be ignored', async () => {
    const nowhere = { clientConfig: { url: 'https://127.0.0.1:1/validate' } }
    await register('validating', nowhere)
    assert.deepEqual(failure(await server.call('POST', clusters, flinkCluster('orders'))), [
      500,
      'InternalError',
      'Internal error occurred: failed calling webhook "vflinkcluster.flinkoperator.k8s.io": failed to call webhook: Post "https://127.0.0.1:1/validate?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
    ])
    await server.call('DELETE', `${registrations}/validatingwebhookconfigurations/flink`)
    await register('validating', { ...nowhere, failurePolicy: 'Ignore' })
    assert.equal((await server.call('POST', clusters, flinkCluster('orders'))).code, 201)
  })

  it('and lets them change what is written, before it is validated', async () => {
    await install(server.call, 'gcp')
    await register('mutating')
    const added = [{ op: 'add', path: '/spec/job/restartPolicy', value: 'Never' }]
    answer = () => ({
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(added)).toString('base64'),
      warnings: ['restartPolicy was not given'],
    })
    const { body, warnings } = await server.call('POST', clusters, flinkCluster('orders'))
    assert.equal(valueAt(body, ['spec', 'job', 'restartPolicy']), 'Never')
    assert.deepEqual(warnings, ['299 - "restartPolicy was not given"'])
  })

  it('and lets the slower of two writes know of the other', async () => {
    await server.call('POST', clusters, flinkCluster('orders'))
    const { body } = await server.call('GET', `${clusters}/orders`)
    await register('validating')
    const resourceVersion = valueAt(body, ['metadata', 'resourceVersion'])
    const writes = await Promise.all([
      patch({ metadata: { resourceVersion }, spec: { job: { savepointGeneration: 1 } } }),
      patch({ metadata: { resourceVersion }, spec: { job: { savepointGeneration: 2 } } }),
      patch({ spec: { job: { autoSavepointSeconds: 5 } } }),
    ])
    // Both with a precondition cannot win; the one without is tried again until it does.
    assert.deepEqual(writes.map(({ code }) => code).filter(code => code === 409).length >= 1, true)
    assert.equal(writes[2]?.code, 200)
  })

  it('only by https, as the real server', async () => {
    const [code, , message] = failure(
      await register('validating', { clientConfig: { url: 'http://127.0.0.1:1/' } }),
    )
    assert.deepEqual(
      [code, message],
      [
        422,
        'ValidatingWebhookConfiguration.admissionregistration.k8s.io "flink" is invalid: webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
      ],
    )
  })
})
