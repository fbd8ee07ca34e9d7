import assert from 'node:assert/strict'
import { Failure, failure } from '../../src/domain/failure.ts'
import type { Passage } from '../../src/domain/passage.ts'
import type { RestQuestion } from '../../src/domain/rest.ts'
import { flinkRest } from '../../src/flink/rest.ts'
import { passageTo, place } from './support/passage.ts'
import { deserted, type Script, scriptedServer, scriptedTlsServer } from './support/scripted-server.ts'

const jobId = '29a0271b9fa5d4b5c5bd54e94487087a'
const triggerId = 'b04cf057274967135560b7d3c207bfa7'
const version: RestQuestion = { ask: 'version' }
const take: RestQuestion = { ask: 'take', jobId }
const takeOnce: RestQuestion = { ask: 'take', jobId, triggerId }
const limits = { timeoutMs: 5_000 }

const flink: Script = { json: { 'flink-version': '1.18.1' } }
const said = { answer: 'version', version: '1.18.1' }
const accepted: Script = { status: 202, json: { 'request-id': triggerId } }
const taken = { answer: 'taken', triggerId }

function status(code: number, message: string): Script {
  return { status: code, json: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message } }
}

const silent: Script = () => {}
const reset: Script = response => response.destroy()

describe('Flink’s REST API at a given address', () => {
  it('is asked there alone, with a path and without a redirect', async () => {
    await using server = await scriptedServer(flink, accepted)
    const rest = flinkRest({ url: `${server.url}/flink/?x=1#y` }, place, 'any')
    assert.deepEqual(await rest.ask(version, limits), said)
    const question: RestQuestion = { ...takeOnce, directory: 's3://b/sp', format: 'NATIVE' }
    assert.deepEqual(await rest.ask(question, limits), taken)
    assert.deepEqual(
      server.seen.map(({ method, path, body }) => [method, path, body && JSON.parse(body)]),
      [
        ['GET', '/flink/config', ''],
        [
          'POST',
          `/flink/jobs/${jobId}/savepoints`,
          { 'target-directory': 's3://b/sp', 'cancel-job': false, formatType: 'NATIVE', triggerId },
        ],
      ],
    )
    await rest.close()
  })

  it('gets each question by its route', async () => {
    await using server = await scriptedServer({ json: {} })
    const rest = flinkRest({ url: server.url }, place, 'any')
    const questions: RestQuestion[] = [
      { ask: 'savepoint', jobId, triggerId },
      { ask: 'checkpoints', jobId },
      { ask: 'exceptions', jobId },
      { ask: 'jobs' },
      { ask: 'default-directory' },
      take,
      { ask: 'stop', jobId, drain: false },
      { ask: 'stop', jobId, drain: true, directory: 's3://b/sp', format: 'NATIVE', triggerId },
    ]
    for (const question of questions) await rest.ask(question, limits)
    assert.deepEqual(
      server.seen.map(({ method, path, body }) => `${method} ${path} ${body}`.trim()),
      [
        `GET /jobs/${jobId}/savepoints/${triggerId}`,
        `GET /jobs/${jobId}/checkpoints`,
        `GET /jobs/${jobId}/exceptions`,
        'GET /jobs/overview',
        'GET /jobmanager/config',
        `POST /jobs/${jobId}/savepoints {"cancel-job":false}`,
        `POST /jobs/${jobId}/stop {"drain":false}`,
        `POST /jobs/${jobId}/stop {"targetDirectory":"s3://b/sp","drain":true,"formatType":"NATIVE","triggerId":"${triggerId}"}`,
      ],
    )
    await rest.close()
  })

  it('gets the user name and password of the address in a header', async () => {
    await using server = await scriptedServer(flink)
    const rest = flinkRest({ url: server.url.replace('//', '//ann:p%40ss@') }, place, 'any')
    assert.deepEqual(await rest.ask(version, limits), said)
    assert.equal(server.seen[0]?.headers.authorization, `Basic ${btoa('ann:p@ss')}`)
    await rest.close()
  })

  it('is not asked with an id that would change the path', async () => {
    await using server = await scriptedServer(flink)
    const rest = flinkRest({ url: server.url }, place, 'any')
    const ids = ['../../../secrets', jobId.toUpperCase(), `${jobId}/x`, '', 'a']
    const answers = await Promise.all(ids.map(id => rest.ask({ ask: 'checkpoints', jobId: id }, limits)))
    assert.deepEqual(new Set(answers.map(answer => answer.answer)), new Set(['refused']))
    assert.deepEqual(server.seen, [])
    await rest.close()
  })

  it('does not take an address that is none', async () => {
    for (const url of ['', 'jobmanager:8081', 'file:///etc/passwd', 'http://']) {
      assert.deepEqual(await flinkRest({ url }, place, 'any').ask(version, limits), {
        answer: 'unreachable',
        reason: 'the given address: it is not an http or https URL',
        mayHaveBeenSent: false,
      })
    }
  })
})

describe('what comes back instead of Flink’s answer', () => {
  const cases: readonly [what: string, script: Script, reason: string, sent: boolean][] = [
    [
      'a page of something else',
      { text: '<html>login</html>' },
      "HTTP 200 with text/html, which is not Flink's REST API",
      true,
    ],
    [
      'a missing page',
      { status: 404, text: 'nope' },
      "HTTP 404 with text/html, which is not Flink's REST API",
      false,
    ],
    [
      'a gateway in trouble',
      { status: 502, text: 'bad' },
      "HTTP 502 with text/html, which is not Flink's REST API",
      true,
    ],
    [
      'JSON of something else',
      { json: { hello: 1 } },
      "HTTP 200, which is not an answer of Flink's REST API",
      true,
    ],
    [
      'an election',
      {
        status: 503,
        json: {
          errors: ['Service temporarily unavailable due to an ongoing leader election. Please refresh.'],
        },
      },
      'Service temporarily unavailable due to an ongoing leader election. Please refresh.',
      false,
    ],
    ['a reset', reset, 'HOST: the connection was reset', true],
    [
      'half an answer',
      response => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{')
        setImmediate(() => response.destroy())
      },
      'HOST: the connection was reset',
      true,
    ],
    [
      'too large an answer',
      { text: `"${'x'.repeat(8 * 1024 * 1024)}"` },
      'HOST: the answer is larger than 8 MiB',
      true,
    ],
    [
      'a redirect',
      { status: 307, json: {}, headers: { location: 'https://elsewhere.example/jobs?token=1' } },
      'it redirects to https://elsewhere.example, where nothing is sent',
      false,
    ],
    [
      'a redirect to nowhere',
      { status: 302, json: {} },
      'it redirects to nowhere, where nothing is sent',
      false,
    ],
  ]
  for (const [what, script, reason, sent] of cases) {
    it(`is told where it is ${what}, and whether the POST may have been carried out`, async () => {
      await using server = await scriptedServer(script)
      const rest = flinkRest({ url: server.url }, place, 'any')
      const answer = await rest.ask(take, limits)
      const host = new URL(server.url).host
      const prefix = what === 'an election' ? '' : 'the given address: '
      assert.deepEqual(answer, {
        answer: 'unreachable',
        reason: `${prefix}${reason.replace('HOST', host)}`,
        mayHaveBeenSent: sent,
      })
      assert.equal(server.seen.length, 1)
      await rest.close()
    })
  }

  it('is nothing where nobody listens', async () => {
    const url = await deserted()
    assert.deepEqual(await flinkRest({ url }, place, 'any').ask(take, limits), {
      answer: 'unreachable',
      reason: `the given address: ${new URL(url).host}: connection refused`,
      mayHaveBeenSent: false,
    })
  })

  it('is nothing in time where the server is silent', async () => {
    await using server = await scriptedServer(silent)
    const rest = flinkRest({ url: server.url }, place, 'any')
    const lost = { answer: 'unreachable', reason: 'the given address: no answer in time' }
    assert.deepEqual(await rest.ask(take, { timeoutMs: 50 }), { ...lost, mayHaveBeenSent: true })
    assert.deepEqual(await rest.ask(version, { timeoutMs: 50 }), { ...lost, mayHaveBeenSent: false })
    await rest.close()
  })

  it('is nothing more once the wait is interrupted', async () => {
    await using server = await scriptedServer(silent)
    const rest = flinkRest({ url: server.url }, place, 'any')
    const stop = new AbortController()
    server.play(() => stop.abort())
    assert.deepEqual(await rest.ask(take, { ...limits, signal: stop.signal }), {
      answer: 'unreachable',
      reason: 'the given address: interrupted',
      mayHaveBeenSent: true,
    })
    await rest.close()
  })
})

describe('the way through the cluster', () => {
  it('is the service proxy, with the kubeconfig’s credentials and without a port-forward', async () => {
    await using proxy = await scriptedServer(flink)
    const { passage, forwards } = passageTo(proxy.url, await deserted())
    const rest = flinkRest(passage, place, 'any')
    assert.deepEqual(await rest.ask(version, limits), said)
    assert.deepEqual(
      proxy.seen.map(({ path, headers }) => [path, headers.authorization]),
      [['/proxy/config', 'Bearer s3cret']],
    )
    await rest.close()
    assert.deepEqual(forwards, { made: 0, closed: 0 })
  })

  const closed: readonly [what: string, script: Script][] = [
    [
      'forbids it',
      status(
        403,
        'services "orders-jobmanager:ui" is forbidden: User "bob" cannot get resource "services/proxy"',
      ),
    ],
    ['knows no such service', status(404, 'services "orders-jobmanager" not found')],
    ['has no endpoints', status(503, 'no endpoints available for service "orders-jobmanager"')],
    [
      'cannot dial',
      status(503, 'error trying to reach service: dial tcp 10.0.0.1:8081: connect: connection refused'),
    ],
    [
      'cannot dial, in an old server’s words',
      { status: 503, text: "Error trying to reach service: 'dial tcp 10.0.0.1:8081: i/o timeout'" },
    ],
  ]
  for (const [what, script] of closed) {
    it(`is a port-forward where the proxy ${what}: also for a POST, which cannot have arrived`, async () => {
      await using proxy = await scriptedServer(script)
      await using pod = await scriptedServer(accepted)
      const { passage, forwards } = passageTo(proxy.url, pod.url)
      const rest = flinkRest(passage, place, 'any')
      assert.deepEqual(await rest.ask(take, limits), taken)
      assert.deepEqual([proxy.seen.length, pod.seen.length], [1, 1])
      assert.equal(pod.seen[0]?.headers.authorization, undefined)
      await rest.close()
      assert.deepEqual(forwards, { made: 1, closed: 1 })
    })
  }

  const doubtful: readonly [what: string, script: Script][] = [
    ['is reset', reset],
    ['gives up on the JobManager', status(504, 'context deadline exceeded')],
    ['loses the JobManager', status(503, 'error trying to reach service: EOF')],
    ['answers with a page of its own', { status: 502, text: 'bad gateway' }],
  ]
  for (const [what, script] of doubtful) {
    it(`is not the next one for a POST without an id of ours where the proxy ${what}`, async () => {
      await using proxy = await scriptedServer(script)
      await using pod = await scriptedServer(accepted)
      const { passage, forwards } = passageTo(proxy.url, pod.url)
      const rest = flinkRest(passage, place, 'any')
      const answer = await rest.ask(take, limits)
      assert.deepEqual(
        { ...answer, reason: '' },
        { answer: 'unreachable', reason: '', mayHaveBeenSent: true },
      )
      assert.deepEqual([proxy.seen.length, pod.seen.length, forwards.made], [1, 0, 0])
      assert.deepEqual(await rest.ask(takeOnce, limits), taken)
      assert.deepEqual([proxy.seen.length, pod.seen.length, forwards.made], [2, 1, 1])
      await rest.close()
    })
  }

  it('is kept once it works', async () => {
    await using proxy = await scriptedServer(status(403, 'no'))
    await using pod = await scriptedServer(flink)
    const { passage, forwards } = passageTo(proxy.url, pod.url)
    const rest = flinkRest(passage, place, 'any')
    for (let i = 0; i < 3; i++) assert.deepEqual(await rest.ask(version, limits), said)
    assert.deepEqual([proxy.seen.length, pod.seen.length, forwards.made], [1, 3, 1])
    await rest.close()
  })

  it('is kept when Flink says no', async () => {
    await using proxy = await scriptedServer({ status: 404, json: { errors: ['Job not found'] } })
    const { passage, forwards } = passageTo(proxy.url, new Error('unused'))
    const rest = flinkRest(passage, place, 'any')
    const refused = { answer: 'refused', status: 404, reason: 'Job not found' }
    assert.deepEqual(await rest.ask({ ask: 'checkpoints', jobId }, limits), refused)
    proxy.play(status(503, 'no endpoints available'))
    assert.deepEqual(await rest.ask(version, limits), {
      answer: 'unreachable',
      reason: "the API server's service proxy: no endpoints available",
      mayHaveBeenSent: false,
    })
    assert.equal(forwards.made, 0)
    await rest.close()
  })

  it('is the proxy alone where a port-forward would go too far', async () => {
    await using proxy = await scriptedServer(status(403, 'services is forbidden'))
    const { passage, forwards } = passageTo(proxy.url, new Error('unused'))
    const rest = flinkRest(passage, place, 'proxy')
    assert.deepEqual(await rest.ask(version, limits), {
      answer: 'unreachable',
      reason: "the API server's service proxy: services is forbidden",
      mayHaveBeenSent: false,
      forbidden: true,
    })
    assert.equal(forwards.made, 0)
  })

  it('is forbidden where the right is missing on every way, and not where one is only closed', async () => {
    await using proxy = await scriptedServer(status(403, 'cannot create resource "services/proxy"'))
    const noPods = new Failure('not-asked', 'Error from server (Forbidden): cannot list resource "pods"', {
      status: { code: 403, reason: 'Forbidden', message: 'cannot list' },
    })
    for (const [closed, forbidden] of [
      [noPods, true],
      [new Error('no ready pod'), undefined],
    ] as const) {
      const { passage } = passageTo(proxy.url, closed)
      const answer = await flinkRest(passage, place, 'any').ask(version, limits)
      assert.equal(answer.answer === 'unreachable' && answer.forbidden, forbidden)
    }
  })

  it('is found in time where the proxy swallows everything', async () => {
    await using proxy = await scriptedServer(silent)
    await using pod = await scriptedServer(flink)
    const rest = flinkRest(passageTo(proxy.url, pod.url).passage, place, 'any')
    assert.deepEqual(await rest.ask(version, { timeoutMs: 600 }), said)
    await rest.close()
  })

  it('is none where both fail, for two reasons', async () => {
    await using proxy = await scriptedServer(status(404, 'services "orders-jobmanager" not found'))
    const { passage } = passageTo(proxy.url, failure('not-asked', 'no JobManager pod is ready'))
    const rest = flinkRest(passage, place, 'any')
    assert.deepEqual(await rest.ask(takeOnce, limits), {
      answer: 'unreachable',
      reason:
        'the API server\'s service proxy: services "orders-jobmanager" not found; a port-forward: no JobManager pod is ready',
      mayHaveBeenSent: false,
    })
    await rest.close()
  })

  it('is a new port-forward after the JobManager pod was lost', async () => {
    await using pod = await scriptedServer(flink)
    const { passage, forwards } = passageTo(new Error('no proxy'), pod.url)
    const rest = flinkRest(passage, place, 'any')
    assert.deepEqual(await rest.ask(version, limits), said)
    pod.play(reset)
    assert.equal((await rest.ask(version, limits)).answer, 'unreachable')
    pod.play(flink)
    assert.deepEqual(await rest.ask(version, limits), said)
    await rest.close()
    assert.deepEqual(forwards, { made: 2, closed: 2 })
  })

  it('is one port-forward for questions at the same time', async () => {
    await using pod = await scriptedServer(flink)
    const { passage, forwards } = passageTo(new Error('no proxy'), pod.url)
    const rest = flinkRest(passage, place, 'any')
    assert.deepEqual(await Promise.all([rest.ask(version, limits), rest.ask(version, limits)]), [said, said])
    await rest.close()
    assert.deepEqual(forwards, { made: 1, closed: 1 })
  })

  it('is trusted by its port-forward where Flink speaks TLS, and by its certificate alone where the address was given', async () => {
    await using pod = await scriptedTlsServer(flink)
    const forwarded = flinkRest(
      passageTo(new Error('no proxy'), pod.url).passage,
      { ...place, tls: true },
      'any',
    )
    assert.deepEqual(await forwarded.ask(version, limits), said)
    await forwarded.close()
    const given = flinkRest({ url: pod.url }, place, 'any')
    assert.deepEqual(await given.ask(take, limits), {
      answer: 'unreachable',
      reason: `the given address: ${new URL(pod.url).host}: its certificate is signed by itself`,
      mayHaveBeenSent: false,
    })
    await given.close()
    assert.equal(pod.seen.length, 1)
  })

  it('leaves no port-forward behind that was still being made', async () => {
    let aborted = false
    const passage: Passage = {
      proxied: async () => {
        throw new Error('no proxy')
      },
      forwarded: (_, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true
            reject(signal.reason)
          })
        }),
    }
    const rest = flinkRest(passage, place, 'any')
    assert.deepEqual(await rest.ask(version, { timeoutMs: 50 }), {
      answer: 'unreachable',
      reason: "the API server's service proxy: no proxy; a port-forward: no answer in time",
      mayHaveBeenSent: false,
    })
    await rest.close()
    assert.equal(aborted, true)
  })
})
