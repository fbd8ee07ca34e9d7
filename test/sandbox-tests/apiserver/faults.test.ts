import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { configMap, configMaps, type TestServer, testServer } from './support.ts'

describe('the sandbox API server can be made to fail', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await testServer()
  })
  afterEach(() => server.close())

  it('once, for the request that is meant', async () => {
    const answer = {
      code: 429,
      reason: 'TooManyRequests',
      message: 'too many requests',
      headers: { 'Retry-After': '1' },
    }
    server.faults.answerOnce({ method: 'GET', path: /configmaps$/ }, answer)
    const others = await server.call('GET', '/api/v1/namespaces/default/pods')
    const { code, body } = await server.call('GET', configMaps)
    assert.deepEqual([others.code, code, body['reason']], [200, 429, 'TooManyRequests'])
    assert.equal((await server.call('GET', configMaps)).code, 200)
  })

  it('until it is told to stop', async () => {
    const stop = server.faults.answer(
      { path: '/configmaps', user: 'admin' },
      { code: 503, body: 'no healthy upstream' },
    )
    const codes = [
      await server.call('GET', configMaps),
      await server.call('POST', configMaps, configMap('x')),
    ]
    assert.deepEqual(
      codes.map(({ code, body }) => [code, body['text']]),
      [
        [503, 'no healthy upstream'],
        [503, 'no healthy upstream'],
      ],
    )
    stop()
    assert.equal((await server.call('GET', `${configMaps}/x`)).code, 404)
  })

  it('by warning', async () => {
    const stop = server.faults.warn({ path: '/configmaps' }, 'this "may" end')
    assert.deepEqual((await server.call('GET', configMaps)).warnings, ['299 - "this \\"may\\" end"'])
    stop()
    assert.deepEqual((await server.call('GET', configMaps)).warnings, [])
  })

  it('by letting requests wait', async () => {
    const release = server.faults.hold({ method: 'POST' })
    const created = server.call('POST', configMaps, configMap('late'))
    assert.equal((await server.call('GET', `${configMaps}/late`)).code, 404)
    release()
    assert.equal((await created).code, 201)
  })

  it('by refusing connections for a while, and remembers everything afterwards', async () => {
    await server.call('POST', configMaps, configMap('kept'))
    const back = server.faults.refuseConnections(20)
    const [error] = await once(connect(Number(new URL(server.url).port), '127.0.0.1'), 'error')
    assert.equal(error.code, 'ECONNREFUSED')
    await back
    assert.equal((await server.call('GET', `${configMaps}/kept`)).code, 200)
  })

  it('and counts what it was asked', async () => {
    const before = server.requests().length
    await server.call('GET', `${configMaps}?limit=1`)
    await server.as('bob-token')('GET', configMaps)
    assert.deepEqual(server.requests().slice(before), [
      { method: 'GET', path: `${configMaps}?limit=1`, user: 'admin', code: 200 },
      { method: 'GET', path: configMaps, user: 'bob', code: 403 },
    ])
  })
})
