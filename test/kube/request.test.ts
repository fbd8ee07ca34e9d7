import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { type ApiServer, apiServer, json, status, text } from './support/api-server.ts'
import { cluster, orders, ordersPath } from './support/clusters.ts'
import { type Home, home, messageOf, open } from './support/door.ts'

describe('a request to the API server', () => {
  let at: Home
  let server: ApiServer
  beforeEach(async () => {
    at = home()
    server = await apiServer()
    at.kubeconfig({ server: server.url })
    server.on(`GET ${ordersPath}`, json(cluster('7')))
  })
  afterEach(async () => {
    await server.close()
    at.remove()
  })

  it('gives the object, and says who asks', async () => {
    const door = await open(at)
    const found = await door.cluster.get(orders)
    await door.close()
    assert.deepEqual([found.metadata.name, found.metadata.resourceVersion], ['orders', '7'])
    const { 'kubectl-session': session, ...headers } = server.seen[0]?.headers ?? {}
    assert.match(String(session), /^[0-9a-f-]{36}$/)
    assert.deepEqual(headers, {
      host: server.url.slice('http://'.length),
      connection: 'keep-alive',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'kubectl-command': 'kubectl flinksp test',
      'user-agent': 'kubectl-flinksp/1.2.3 (linux/amd64)',
    })
  })

  it('unpacks gzip, and does not ask for it with --disable-compression', async () => {
    server.on(`GET ${ordersPath}`, (response, seen) => {
      const packed = seen.headers['accept-encoding'] === 'gzip'
      const body = JSON.stringify(cluster(packed ? 'packed' : 'plain'))
      response
        .writeHead(200, packed ? { 'content-encoding': 'gzip' } : {})
        .end(packed ? gzipSync(body) : body)
    })
    const versions = []
    for (const disableCompression of [false, true]) {
      const door = await open(at, { disableCompression })
      versions.push((await door.cluster.get(orders)).metadata.resourceVersion)
      await door.close()
    }
    assert.deepEqual(versions, ['packed', 'plain'])
  })

  it('uses one connection for several requests', async () => {
    let connections = 0
    server.http.on('connection', () => {
      connections++
    })
    const door = await open(at)
    for (let i = 0; i < 3; i++) await door.cluster.get(orders)
    await door.close()
    assert.deepEqual([server.seen.length, connections], [3, 1])
  })

  it('reads again where a kept connection turns out to be closed', async () => {
    const door = await open(at)
    await door.cluster.get(orders)
    server.on(`GET ${ordersPath}`, response => response.socket?.destroy(), json(cluster('8')))
    assert.equal((await door.cluster.get(orders)).metadata.resourceVersion, '8')
    await door.close()
  })

  it('sends impersonation as the server reads it, over http too', async () => {
    const door = await open(at, {
      as: 'jürgen',
      asUid: '7',
      asGroup: ['a', 'b, c'],
      asUserExtra: ['example.com/scope=one', 'example.com/scope=two'],
    })
    await door.cluster.get(orders)
    await door.close()
    const raw = server.seen[0]?.rawHeaders ?? []
    const pairs = raw.flatMap((name, i) =>
      i % 2 === 0 && /^impersonate/i.test(name) ? [[name, raw[i + 1]]] : [],
    )
    assert.deepEqual(pairs, [
      ['Impersonate-User', Buffer.from('jürgen').toString('latin1')],
      ['Impersonate-Uid', '7'],
      ['Impersonate-Group', 'a'],
      ['Impersonate-Group', 'b, c'],
      ['Impersonate-Extra-example.com%2Fscope', 'one'],
      ['Impersonate-Extra-example.com%2Fscope', 'two'],
    ])
  })

  it('waits as long as the server asks for, and then asks again', async () => {
    const busy = text(429, 'slow down', { 'retry-after': '1' })
    const starting = text(503, 'starting', { 'retry-after': '1' })
    server.on(`GET ${ordersPath}`, busy, starting, json(cluster('9')))
    const door = await open(at)
    assert.equal((await door.cluster.get(orders)).metadata.resourceVersion, '9')
    await door.close()
    assert.equal(server.seen.length, 3)
  })

  it('gives up where the server asks for too much patience, and tells how much', async () => {
    server.on(`GET ${ordersPath}`, text(429, 'slow down', { 'retry-after': '3600' }))
    const door = await open(at)
    await assert.rejects(door.cluster.get(orders), {
      status: { code: 429, reason: 'TooManyRequests', retryAfter: 3600, message: tooMany },
    })
    await door.close()
  })

  const tooMany =
    'the server has received too many requests and has asked us to try again later (get flinkclusters.flinkoperator.k8s.io orders)'

  it('reads no answer without end', async () => {
    server.on(`GET ${ordersPath}`, response => {
      response.writeHead(200)
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    })
    const door = await open(at)
    assert.equal(
      await messageOf(() => door.cluster.get(orders)),
      'error: the server answered with more than 4194304 bytes',
    )
    await door.close()
  })

  it('waits for no answer without end', async () => {
    const trickle = new AbortController()
    server.on(`GET ${ordersPath}`, response => {
      response.writeHead(200)
      const more = setInterval(() => response.write(' '), 20)
      trickle.signal.addEventListener('abort', () => clearInterval(more))
    })
    const door = await open(at)
    const { sleep } = door.clock
    door.clock.sleep = (ms, signal) => sleep(ms > 100_000 ? 2_000 : ms, signal)
    assert.equal(
      await messageOf(() => door.cluster.get(orders)),
      'Unable to connect to the server: the answer did not end in time',
    )
    trickle.abort()
    await door.close()
  })

  it('says that the connection was lost in the middle of an answer', async () => {
    server.on(`GET ${ordersPath}`, response => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"kind"', () => response.socket?.destroy())
    })
    const door = await open(at)
    assert.equal(
      await messageOf(() => door.cluster.get(orders)),
      'Unable to connect to the server: unexpected EOF',
    )
    await door.close()
  })

  it('takes nothing for an object that is none', async () => {
    const door = await open(at)
    const said = []
    for (const answer of [
      text(200, '<html>'),
      json([]),
      json({ kind: 'List' }),
      json({ ...cluster('1'), kind: 'Other' }),
    ]) {
      server.on(`GET ${ordersPath}`, answer)
      said.push(await messageOf(() => door.cluster.get(orders)))
    }
    await door.close()
    assert.deepEqual(said, [
      'error: the server did not answer with JSON',
      'error: the server did not answer with a JSON object',
      'error: the server answered with List instead of FlinkCluster',
      'error: the server answered with Other instead of FlinkCluster',
    ])
  })

  it('follows no redirect', async () => {
    server.on(`GET ${ordersPath}`, text(302, '', { location: `${server.url}/elsewhere` }))
    const door = await open(at)
    assert.match(await messageOf(() => door.cluster.get(orders)), /status code 302/)
    await door.close()
    assert.deepEqual(
      server.seen.map(seen => seen.path),
      [ordersPath],
    )
  })

  it('lets no name change the path', async () => {
    const door = await open(at)
    const said = []
    for (const name of ['..', 'a/b', 'a%2fb', 'a?b']) {
      said.push(await messageOf(() => door.cluster.get({ ...orders, name })))
    }
    await door.close()
    assert.deepEqual(said.slice(0, 3), [
      'error: invalid resource name "..": [may not be \'..\']',
      'error: invalid resource name "a/b": [may not contain \'/\']',
      'error: invalid resource name "a%2fb": [may not contain \'%\']',
    ])
    assert.deepEqual(server.seen.map(seen => seen.path)[0], `${ordersPath.replace('orders', 'a%3Fb')}`)
  })

  it("cuts what Spotify's webhook says before the job's whole status", async () => {
    const why = `cannot update spec: taking savepoint is skipped but no up-to-date savepoint, job status: "{${'x'.repeat(9000)}}"`
    server.on(
      `GET ${ordersPath}`,
      status(403, 'Forbidden', `admission webhook "v" denied the request: ${why}`),
    )
    const door = await open(at)
    assert.equal(
      await messageOf(() => door.cluster.get(orders)),
      'Error from server (Forbidden): admission webhook "v" denied the request: cannot update spec: taking savepoint is skipped but no up-to-date savepoint',
    )
    await door.close()
  })

  it('tells each warning of the server once', async () => {
    server.on(
      `GET ${ordersPath}`,
      json(cluster('1'), 200, { warning: '299 - "old version", 110 cache "stale"' }),
    )
    const door = await open(at)
    await door.cluster.get(orders)
    await door.cluster.get(orders)
    await door.close()
    assert.deepEqual(door.warnings, ['Warning: old version'])
  })

  it('ends at once when it is interrupted', async () => {
    const arrived = Promise.withResolvers<void>()
    server.on(`GET ${ordersPath}`, () => arrived.resolve())
    const door = await open(at)
    const got = door.cluster.get(orders)
    await arrived.promise
    door.interrupt.abort()
    await assert.rejects(got, { code: 'interrupted' })
    await door.close()
  })
})
