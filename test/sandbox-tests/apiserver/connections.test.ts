import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { KubeConfig, PortForward } from '@kubernetes/client-node'
import type { Json } from '../../sandbox/apiserver/object.ts'
import { type Answer, type TestServer, testServer } from './support.ts'

const namespace = '/api/v1/namespaces/default'

describe('the sandbox API server reaches into pods', () => {
  let server: TestServer
  let rest: Server
  let restUrl: string
  let asked: { line: string; body: string; headers: IncomingHttpHeaders }[]

  before(async () => {
    rest = createServer(async (request, response) => {
      const { method, url, headers } = request
      asked.push({ line: `${method} ${url}`, headers, body: await text(request) })
      if (url === '/moved') response.writeHead(307, { Location: '/overview' }).end()
      else response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"request-id":"1"}')
    })
    rest.listen(0, '127.0.0.1')
    await once(rest, 'listening')
    restUrl = `http://127.0.0.1:${(rest.address() as AddressInfo).port}`
  })
  after(() => {
    rest.closeAllConnections()
    return new Promise(resolve => rest.close(resolve))
  })
  beforeEach(async () => {
    asked = []
    server = await testServer()
    await server.call('POST', `${namespace}/services`, {
      metadata: { name: 'orders-jobmanager' },
      spec: { selector: labels, ports: [{ name: 'ui', port: 8081, targetPort: 'ui' }] },
    })
  })
  afterEach(() => server.close())

  const labels = { cluster: 'orders', component: 'jobmanager' }
  const pod = async (annotations: Json, ready = 'True') => {
    await server.call('POST', `${namespace}/pods`, {
      metadata: { name: 'orders-jobmanager-0', labels, annotations },
      spec: { containers: [{ name: 'main', ports: [{ name: 'ui', containerPort: 8081 }] }] },
    })
    const { body } = await server.call('GET', `${namespace}/pods/orders-jobmanager-0`)
    const status = { phase: 'Running', podIP: '10.1.2.3', conditions: [{ type: 'Ready', status: ready }] }
    await server.call('PUT', `${namespace}/pods/orders-jobmanager-0/status`, { ...body, status })
  }
  const running = () => pod({ 'flinksp.test/rest-url': restUrl })
  const proxied = (service: string, path = '/overview', method = 'GET', body?: Json) =>
    server.call(method, `${namespace}/services/${service}/proxy${path}`, body)
  const failure = ({ code, body }: Answer) => [code, body['reason'], body['message']]

  it('through the service proxy, by port name or number', async () => {
    await running()
    for (const service of ['orders-jobmanager:ui', 'orders-jobmanager:8081', 'http:orders-jobmanager:ui']) {
      assert.deepEqual(await proxied(service), { code: 202, body: { 'request-id': '1' }, warnings: [] })
    }
  })

  it('with method, query and body as they came, and without the credentials', async () => {
    await running()
    await proxied('orders-jobmanager:ui', '/jobs/1/savepoints?a=b%20c', 'POST', { 'cancel-job': false })
    const [{ line, body, headers } = { line: '', body: '', headers: {} }] = asked
    assert.deepEqual(
      [line, body, headers.authorization],
      ['POST /jobs/1/savepoints?a=b%20c', '{"cancel-job":false}', undefined],
    )
  })

  it('and keeps redirects under the proxy', async () => {
    await running()
    const path = `${server.url}${namespace}/services/orders-jobmanager:ui/proxy`
    const location = async (from: string) => {
      const headers = { Authorization: 'Bearer admin-token' }
      return (await fetch(from, { redirect: 'manual', headers })).headers.get('location')
    }
    assert.equal(await location(`${path}/moved`), `${namespace}/services/orders-jobmanager:ui/proxy/overview`)
    assert.equal(await location(path), `${namespace}/services/orders-jobmanager:ui/proxy/`)
  })

  it('and says why it cannot', async () => {
    assert.deepEqual(failure(await proxied('nobody:ui')), [404, 'NotFound', 'services "nobody" not found'])
    const nothing = (service: string) => [
      503,
      'ServiceUnavailable',
      `no endpoints available for service "${service}"`,
    ]
    assert.deepEqual(failure(await proxied('orders-jobmanager:ui')), nothing('orders-jobmanager'))
    await pod({ 'flinksp.test/rest-url': restUrl }, 'False')
    assert.deepEqual(failure(await proxied('orders-jobmanager:ui')), nothing('orders-jobmanager:ui'))
    const missing = await proxied('orders-jobmanager:99')
    assert.equal(failure(missing)[2], 'no service port 99 found for service "orders-jobmanager"')
    await server.call('DELETE', `${namespace}/pods/orders-jobmanager-0`)
    await pod({})
    assert.deepEqual(failure(await proxied('orders-jobmanager:ui')), [
      503,
      'ServiceUnavailable',
      'error trying to reach service: dial tcp 10.1.2.3:8081: connect: connection refused',
    ])
    await server.call('DELETE', `${namespace}/pods/orders-jobmanager-0`)
    await pod({ 'flinksp.test/rest-url': 'http://127.0.0.1:1' })
    assert.deepEqual(
      failure(await proxied('orders-jobmanager:ui'))[2],
      'error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused',
    )
    const forbidden = await server.as('bob-token')('GET', `${namespace}/services/orders-jobmanager:ui/proxy/`)
    assert.deepEqual(
      failure(forbidden)[2],
      'services "orders-jobmanager:ui" is forbidden: User "bob" cannot get resource "services/proxy" in API group "" in the namespace "default"',
    )
  })

  const forwarder = (token: string) => {
    const config = new KubeConfig()
    config.loadFromOptions({
      clusters: [{ name: 'sandbox', server: server.url, skipTLSVerify: true }],
      users: [{ name: 'user', token }],
      contexts: [{ name: 'sandbox', cluster: 'sandbox', user: 'user' }],
      currentContext: 'sandbox',
    })
    return new PortForward(config)
  }

  it("through a port-forward of client-node's", async () => {
    await running()
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const socket = await forwarder('admin-token').portForward(
      'default',
      'orders-jobmanager-0',
      [8081],
      output,
      errors,
      input,
    )
    input.write('GET /overview HTTP/1.1\r\nHost: flink\r\nConnection: close\r\n\r\n')
    const ended = new Promise<void>(resolve => Object.assign(socket, { onclose: () => resolve() }))
    await ended
    output.end()
    const answer = await text(output)
    assert.match(answer, /^HTTP\/1\.1 202 Accepted\r\n[\s\S]*\{"request-id":"1"\}/)
    assert.deepEqual([asked.map(({ line }) => line), errors.read()], [['GET /overview'], null])
  })

  it('and tells in the error channel that nothing listens', async () => {
    await pod({})
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()]
    await forwarder('admin-token').portForward(
      'default',
      'orders-jobmanager-0',
      [8081],
      output,
      errors,
      input,
    )
    const [chunk] = await once(errors, 'data')
    assert.match(
      String(chunk),
      /^error forwarding port 8081 to pod orders-jobmanager-0_default, uid [0-9a-f-]+: dial tcp4 127\.0\.0\.1:8081: connect: connection refused$/,
    )
  })

  it('but only for who may, and only where the pod is', async () => {
    await running()
    const refused = async (token: string, name: string, protocol = 'v4.channel.k8s.io') => {
      const upgrade = httpRequest(`${server.url}${namespace}/pods/${name}/portforward?ports=8081`, {
        headers: {
          Authorization: `Bearer ${token}`,
          Connection: 'Upgrade',
          Upgrade: 'websocket',
          'Sec-WebSocket-Version': 13,
          'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
          'Sec-WebSocket-Protocol': protocol,
        },
      }).end()
      const [response] = await once(upgrade, 'response')
      return [response.statusCode, JSON.parse(await text(response)).message]
    }
    assert.deepEqual(await refused('bob-token', 'orders-jobmanager-0'), [
      403,
      'pods "orders-jobmanager-0" is forbidden: User "bob" cannot get resource "pods/portforward" in API group "" in the namespace "default"',
    ])
    assert.deepEqual(await refused('admin-token', 'nobody'), [404, 'pods "nobody" not found'])
    const [code] = await refused('admin-token', 'orders-jobmanager-0', 'SPDY/3.1+portforward.k8s.io')
    assert.equal(code, 400)
  })
})
