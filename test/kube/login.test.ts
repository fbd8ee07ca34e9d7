import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { type Answer, type ApiServer, apiServer, json, status } from './support/api-server.ts'
import { type Certificates, certificateFor, certificates } from './support/certificates.ts'
import { cluster, orders, ordersPath } from './support/clusters.ts'
import { type Home, home, messageOf, open } from './support/door.ts'

const execApi = 'client.authentication.k8s.io/v1'

describe('logging in', () => {
  let at: Home
  let server: ApiServer
  let pems: Certificates
  let ca: string
  before(async () => {
    pems = await certificates()
    ca = Buffer.from(pems.authority.cert).toString('base64')
  })
  beforeEach(async () => {
    at = home()
    server = await apiServer({ ...pems.server, clientAuthority: pems.authority.cert })
    server.on(`GET ${ordersPath}`, json(cluster('1')))
  })
  afterEach(async () => {
    await server.close()
    at.remove()
  })

  const asUser = (user: object, more: object = {}) =>
    at.kubeconfig({ server: server.url, 'certificate-authority-data': ca, ...more }, user)

  const got = async (options = {}, env = {}) => {
    const door = await open(at, options, { PATH: process.env['PATH'] ?? '', ...env })
    await door.cluster.get(orders)
    await door.close()
  }

  const authorizations = () => server.seen.map(seen => seen.headers.authorization)

  const needs =
    (authorization: string): Answer =>
    (response, seen) =>
      (seen.headers.authorization === authorization
        ? json(cluster('1'))
        : status(401, 'Unauthorized', 'Unauthorized'))(response, seen)

  it("sends a token, a flag's rather than the kubeconfig's", async () => {
    asUser({ token: 'abc' })
    await got()
    await got({ token: 'flag' })
    assert.deepEqual(authorizations(), ['Bearer abc', 'Bearer flag'])
  })

  it('sends a user name and a password', async () => {
    asUser({ username: 'bob', password: 'geheim' })
    await got()
    assert.deepEqual(authorizations(), [`Basic ${Buffer.from('bob:geheim').toString('base64')}`])
  })

  it('sends nothing over http, as kubectl', async () => {
    const plain = await apiServer()
    plain.on(`GET ${ordersPath}`, json(cluster('1')))
    at.kubeconfig({ server: plain.url }, { token: 'abc' })
    await got()
    await plain.close()
    assert.deepEqual(
      plain.seen.map(seen => seen.headers.authorization),
      [undefined],
    )
  })

  it('shows a client certificate, as data and as files', async () => {
    const { cert, key } = pems.client
    const base64 = (pem: string) => Buffer.from(pem).toString('base64')
    asUser({ 'client-certificate-data': base64(cert), 'client-key-data': base64(key) })
    await got()
    at.file('alice.crt', cert)
    at.file('alice.key', key)
    asUser({ 'client-certificate': 'alice.crt', 'client-key': 'alice.key' })
    await got()
    assert.deepEqual(
      server.seen.map(seen => seen.certificate),
      ['alice', 'alice'],
    )
  })

  it('trusts a certificate of another name with tls-server-name, and any with insecure-skip-tls-verify', async () => {
    const inner = await apiServer(await certificateFor(['kubernetes.default'], []))
    inner.on(`GET ${ordersPath}`, json(cluster('1')))
    const trusting = { server: inner.url, 'certificate-authority-data': ca }
    at.kubeconfig({ ...trusting, 'tls-server-name': 'kubernetes.default' }, { token: 't' })
    await got()
    at.kubeconfig(trusting, { token: 't' })
    await got({ tlsServerName: 'kubernetes.default' })
    assert.match(await messageOf(got), /certificate for 127.0.0.1 because it doesn't contain any IP SANs/)
    await inner.close()
    assert.equal(inner.seen.length, 2)
    at.kubeconfig({ server: server.url, 'insecure-skip-tls-verify': true }, { token: 't' })
    await got()
    at.kubeconfig({ server: server.url }, { token: 't' })
    assert.match(await messageOf(got), /signed by unknown authority/)
    await got({ insecureSkipTlsVerify: true })
    await got({ certificateAuthority: at.file('ca.crt', pems.authority.cert) })
    assert.equal(server.seen.length, 3)
  })

  it('reads a token file again every minute, and at once when the server refuses its token', async () => {
    const file = at.file('token', 'one\n')
    asUser({ tokenFile: 'token' })
    const door = await open(at)
    await door.cluster.get(orders)
    writeFileSync(file, 'two')
    await door.cluster.get(orders)
    door.clock.pass(61_000)
    await door.cluster.get(orders)
    writeFileSync(file, 'three')
    server.on(`GET ${ordersPath}`, needs('Bearer three'))
    await door.cluster.get(orders)
    await door.close()
    assert.deepEqual(authorizations(), [
      'Bearer one',
      'Bearer one',
      'Bearer two',
      'Bearer two',
      'Bearer three',
    ])
  })

  it('tells that the token in the file is refused, once it is the newest', async () => {
    at.file('token', 'old')
    asUser({ tokenFile: 'token' })
    server.on(`GET ${ordersPath}`, needs('Bearer other'))
    assert.equal(await messageOf(got), 'error: You must be logged in to the server (Unauthorized)')
    assert.equal(server.seen.length, 1)
  })

  /** A login program that counts its runs in a file and prints what `print` (shell) says. */
  const program = (print: string) => {
    at.file('runs', '')
    return at.file('login', `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${at.path}/runs\n${print}\n`, 0o755)
  }
  const runs = () =>
    readFileSync(`${at.path}/runs`, 'utf8')
      .split('\n')
      .filter(line => line !== '')

  const issues = (fields: object) =>
    `cat <<END\n${JSON.stringify({ apiVersion: execApi, kind: 'ExecCredential', status: fields })}\nEND`

  const execUser = (command: string, more: object = {}) => ({
    exec: { apiVersion: execApi, interactiveMode: 'Never', command, ...more },
  })

  it("runs an exec user's program once, and tells it what the kubeconfig allows", async () => {
    asUser(execUser(program(issues({ token: 'issued' }))))
    const door = await open(at)
    await Promise.all([door.cluster.get(orders), door.cluster.get(orders)])
    await door.close()
    assert.deepEqual(authorizations(), ['Bearer issued', 'Bearer issued'])
    assert.deepEqual(
      runs().map(line => JSON.parse(line)),
      [{ kind: 'ExecCredential', apiVersion: execApi, spec: { interactive: false } }],
    )
  })

  it("tells an exec user's program about the cluster where it is to know it", async () => {
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }]
    asUser(execUser(program(issues({ token: 'issued' })), { provideClusterInfo: true }), { extensions })
    await got()
    assert.deepEqual(JSON.parse(runs()[0] ?? '').spec, {
      interactive: false,
      cluster: { server: server.url, 'certificate-authority-data': ca, config: { audience: 'a' } },
    })
  })

  it("gives an exec user's program its arguments and environment, and v1beta1 what is v1beta1", async () => {
    const answer =
      '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"%s"}}'
    const command = program(`printf '${answer}' "$1-$EXTRA-$OUTER"`)
    const user = execUser(command, {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      interactiveMode: undefined,
      args: ['arg'],
      env: [{ name: 'EXTRA', value: 'extra' }],
    })
    asUser(user)
    await got({}, { OUTER: 'outer' })
    assert.deepEqual(authorizations(), ['Bearer arg-extra-outer'])
  })

  it('runs it again when its token has expired', async () => {
    const fields = { token: 'run-$(grep -c . runs)', expirationTimestamp: '2999-01-01T00:00:00Z' }
    asUser(execUser(program(`cd ${at.path}; ${issues(fields)}`)))
    const door = await open(at)
    await door.cluster.get(orders)
    await door.cluster.get(orders)
    door.clock.pass(1000 * 365.25 * 24 * 3600 * 1000)
    await door.cluster.get(orders)
    await door.close()
    assert.deepEqual(authorizations(), ['Bearer run-1', 'Bearer run-1', 'Bearer run-2'])
  })

  it('runs it once more when the server refuses its token', async () => {
    asUser(execUser(program(`cd ${at.path}; ${issues({ token: 'run-$(grep -c . runs)' })}`)))
    const door = await open(at)
    server.on(`GET ${ordersPath}`, needs('Bearer run-2'))
    await door.cluster.get(orders)
    server.on(`GET ${ordersPath}`, needs('Bearer nobody'))
    const message = 'error: You must be logged in to the server (Unauthorized)'
    await assert.rejects(door.cluster.get(orders), { message })
    await door.close()
    assert.deepEqual(authorizations(), ['Bearer run-1', 'Bearer run-2', 'Bearer run-2', 'Bearer run-3'])
  })

  it('shows the client certificate that a program issues', async () => {
    const { cert, key } = pems.client
    const file = at.file('issued', {
      apiVersion: execApi,
      kind: 'ExecCredential',
      status: { clientCertificateData: cert, clientKeyData: key },
    })
    asUser(execUser(program(`cat ${file}`)))
    await got()
    assert.deepEqual(
      server.seen.map(seen => seen.certificate),
      ['alice'],
    )
  })

  it('never shows what the program printed', async () => {
    const said: string[] = []
    for (const print of [
      'echo secret-token',
      issues({ other: 'secret-token' }),
      issues({ clientKeyData: 'secret-token' }),
    ]) {
      asUser(execUser(program(print)))
      said.push(await messageOf(got))
    }
    assert.deepEqual(said, [
      "Unable to connect to the server: getting credentials: decoding stdout: couldn't get version/kind; json parse error",
      "Unable to connect to the server: getting credentials: exec plugin didn't return a token or cert/key pair",
      'Unable to connect to the server: getting credentials: exec plugin returned only certificate or key, not both',
    ])
  })

  it('stops a program that prints without end', async () => {
    asUser(execUser(program('yes secret 2>/dev/null')))
    assert.match(await messageOf(got), /exec: executable .* printed too much$/)
  })

  it('names the program that is missing, with the hint of the kubeconfig, free of escapes', async () => {
    asUser(execUser('no-such-login', { installHint: 'install \u001b[31mit' }))
    const lines = (await messageOf(got)).split('\n')
    assert.equal(
      lines[0],
      'Unable to connect to the server: getting credentials: exec: executable no-such-login not found',
    )
    assert.equal(lines.at(-1), 'install [31mit')
  })
})
