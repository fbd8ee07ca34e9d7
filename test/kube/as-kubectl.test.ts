import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { ConnectionOptions } from '../../src/domain/connection.ts'
import { type Answer, type ApiServer, apiServer, json, status, text } from './support/api-server.ts'
import { certificates } from './support/certificates.ts'
import { apiVersion, cluster, collection, groupList, kind, resourceList } from './support/clusters.ts'
import { type Home, home, messageOf, open } from './support/door.ts'
import { kubectlSays, noKubectl } from './support/kubectl.ts'

/** The same server, kubeconfig and flags: kubectl's stderr and our message must be the same text. */
describe('side by side with kubectl', function () {
  this.timeout(120_000)
  let at: Home
  let server: ApiServer
  before(function () {
    if (noKubectl) {
      console.log(`      ${noKubectl}`)
      this.skip()
    }
  })
  beforeEach(async () => {
    at = home()
    server = await apiServer()
    server
      .on('GET /api', json({ kind: 'APIVersions', versions: ['v1'] }))
      .on('GET /apis', json({ kind: 'APIGroupList', apiVersion: 'v1', groups: [groupList] }))
      .on('GET /api/v1', json({ kind: 'APIResourceList', groupVersion: 'v1', resources: [] }))
      .on('GET /apis/flinkoperator.k8s.io', json(groupList))
      .on(`GET /apis/${apiVersion}`, json(resourceList))
  })
  afterEach(async () => {
    await server.close()
    at.remove()
  })

  const flags = (connection: ConnectionOptions): string[] =>
    Object.entries(connection).map(
      ([key, value]) => `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}=${value}`,
    )

  const said = async (
    connection: ConnectionOptions = {},
    env: Record<string, string> = {},
    resource = 'flinkclusters',
  ) => {
    const { requestTimeoutMs, ...said } = connection
    const timeout = requestTimeoutMs === undefined ? [] : [`--request-timeout=${requestTimeoutMs}ms`]
    const ours = await messageOf(async () => {
      const door = await open(at, connection, env)
      try {
        const { namespace } = door.cluster
        const group = resource === 'flinkclusters' ? apiVersion : 'flink.apache.org/v1beta1'
        const of = resource === 'flinkclusters' ? kind : 'FlinkDeployment'
        await door.cluster.get({ apiVersion: group, kind: of, namespace, name: 'orders' })
      } finally {
        await door.close()
      }
    })
    const args = ['get', resource, 'orders', ...flags(said), ...timeout]
    const config = connection.kubeconfig === undefined ? [`--kubeconfig=${join(at.path, 'config')}`] : []
    const theirs = await kubectlSays([...args, ...config], { HOME: at.path, ...env })
    return { ours, theirs }
  }

  const both = async (...how: Parameters<typeof said>) => {
    const { ours, theirs } = await said(...how)
    assert.equal(ours, theirs)
    return ours
  }

  const answering = (answer: Answer) => {
    at.kubeconfig({ server: server.url })
    server.on(`GET ${collection}/orders`, answer)
    return both()
  }

  it('says NotFound', async () => {
    const details = { name: 'orders', group: 'flinkoperator.k8s.io', kind: 'flinkclusters' }
    const said = await answering(
      status(404, 'NotFound', 'flinkclusters.flinkoperator.k8s.io "orders" not found', details),
    )
    assert.equal(said, 'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found')
  })

  it('says Forbidden', async () => {
    const message = 'flinkclusters.flinkoperator.k8s.io "orders" is forbidden: User "bob" cannot get resource'
    assert.equal(
      await answering(status(403, 'Forbidden', message)),
      `Error from server (Forbidden): ${message}`,
    )
  })

  it('says Unauthorized', async () => {
    const said = await answering(status(401, 'Unauthorized', 'Unauthorized'))
    assert.equal(said, 'error: You must be logged in to the server (Unauthorized)')
  })

  it('says what a webhook said', async () => {
    const why = 'cannot update spec: savepoint in progress'
    await answering(status(400, why, `admission webhook "v.flinkcluster" denied the request: ${why}`))
  })

  it('says what is invalid: several causes, one, none, no details', async () => {
    const details = { name: 'orders', kind, causes: [{ field: 'spec.a', message: 'bad' }] }
    const message = 'FlinkCluster "orders" is invalid'
    await answering(status(422, 'Invalid', message, details))
    const more = [...details.causes, { field: 'spec.b', message: 'worse' }]
    await answering(status(422, 'Invalid', message, { ...details, causes: more }))
    await answering(status(422, 'Invalid', message, { name: 'orders', kind }))
    await answering(status(422, 'Invalid', 'nothing good'))
  })

  it('says what a server without a Status object means', async () => {
    for (const code of [400, 401, 403, 404, 405, 406, 409, 415, 418, 422, 500, 502, 503, 504]) {
      await answering(text(code, 'boom\n'))
    }
  })

  it('says that the server has no reason', async () => {
    await answering(status(500, '', 'weird'))
  })

  it('repeats the warnings of the server', async () => {
    at.kubeconfig({ server: server.url })
    const warning = '299 - "be \\"careful\\"", 299 - "and again"'
    server.on(`GET ${collection}/orders`, json(cluster('1'), 200, { warning }))
    const door = await open(at)
    await door.cluster.get({ apiVersion, kind, namespace: 'default', name: 'orders' })
    await door.close()
    const theirs = await kubectlSays(
      ['get', 'flinkclusters', 'orders', `--kubeconfig=${join(at.path, 'config')}`],
      {
        HOME: at.path,
      },
    )
    assert.equal(door.warnings.join('\n'), theirs)
    assert.equal(theirs, 'Warning: be "careful"\nWarning: and again')
  })

  it('says that the connection was refused', async () => {
    await server.close()
    at.kubeconfig({ server: server.url })
    const host = server.url.slice('http://'.length)
    assert.equal(
      await both(),
      `The connection to the server ${host} was refused - did you specify the right host or port?`,
    )
  })

  it('says that a kind is missing', async () => {
    at.kubeconfig({ server: server.url })
    const said = await both({}, {}, 'flinkdeployments')
    assert.equal(said, 'error: the server doesn\'t have a resource type "flinkdeployments"')
  })

  it('says that a context, a cluster, a user or a kubeconfig is missing', async () => {
    at.kubeconfig({ server: server.url })
    assert.equal(
      await both({ context: 'nope' }),
      'Error in configuration: context was not found for specified context: nope',
    )
    await both({ context: 'nope', namespace: 'n' })
    await both({ cluster: 'nope' })
    await both({ user: 'nope' })
    assert.equal(await both({ kubeconfig: '/nope' }), 'error: stat /nope: no such file or directory')
  })

  it('says that the current context is missing', async () => {
    at.file('config', { 'current-context': 'gone' })
    await both()
  })

  it('says what is wrong with a cluster', async () => {
    const url = 'https://127.0.0.1:1'
    for (const wrong of [
      { server: url, 'certificate-authority': 'no.crt' },
      { server: url, 'certificate-authority-data': 'aGVsbG8=' },
      { server: url, 'certificate-authority-data': 'aGVsbG8=', 'insecure-skip-tls-verify': true },
      { server: url, 'proxy-url': 'ftp://x' },
      { server: 'ftp://x' },
    ]) {
      at.kubeconfig(wrong, { token: 't' })
      await both()
    }
    at.kubeconfig({ server: url, 'certificate-authority-data': '!!' }, { token: 't' })
    const config = join(at.path, 'config')
    await both({ kubeconfig: config })
  })

  it('says what is wrong with a user', async () => {
    const exec = { command: 'true', interactiveMode: 'Never', apiVersion: 'client.authentication.k8s.io/v1' }
    for (const wrong of [
      { 'client-certificate': 'no.crt', 'client-key': 'no.key' },
      { 'client-certificate-data': 'YQ==' },
      { token: 'a', username: 'b' },
      { 'as-uid': '1' },
      { tokenFile: '/nope' },
      { 'auth-provider': { name: 'gcp' } },
      { 'auth-provider': { name: 'azure' } },
      { 'auth-provider': { name: 'zzz' } },
      { 'auth-provider': { name: 'oidc', config: { 'id-token': 'a.e30.c' } }, exec },
      { exec: { ...exec, interactiveMode: '' } },
      { exec: { ...exec, interactiveMode: 'Perhaps' } },
      { exec: { ...exec, apiVersion: '' } },
      { exec: { ...exec, apiVersion: 'client.authentication.k8s.io/v1alpha1' } },
      { exec: { ...exec, command: '' } },
      { exec: { ...exec, command: 'false' } },
      { exec: { ...exec, interactiveMode: 'Always' } },
      { exec: { ...exec, command: 'echo', args: ['{}'] } },
    ]) {
      at.kubeconfig({ server: 'https://127.0.0.1:1' }, wrong)
      await both()
    }
  })

  it('says what is wrong with certificates', async () => {
    const { authority, server: pair } = await certificates()
    const secure = await apiServer(pair)
    const ca = Buffer.from(authority.cert).toString('base64')
    const token = 't'
    at.kubeconfig({ server: secure.url }, { token })
    assert.match(await both(), /x509: certificate signed by unknown authority$/)
    at.kubeconfig(
      { server: secure.url, 'certificate-authority-data': ca, 'tls-server-name': 'other' },
      { token },
    )
    assert.match(await both(), /x509: certificate is valid for localhost, kubernetes.default, not other$/)
    at.kubeconfig({ server: server.url.replace('http:', 'https:') }, { token })
    assert.match(await both(), /http: server gave HTTP response to HTTPS client$/)
    await secure.close()
  })

  it('says that an answer took too long, in one of the two texts that Go has for it', async () => {
    at.kubeconfig({ server: server.url })
    server.on(`GET ${collection}/orders`, () => {})
    const texts =
      /^Unable to connect to the server: (context deadline exceeded|net\/http: request canceled) ?(\(Client.Timeout exceeded while awaiting headers\))?$/
    const { ours, theirs } = await said({ requestTimeoutMs: 700 })
    assert.match(ours, texts)
    assert.match(theirs, texts)
  })
})
