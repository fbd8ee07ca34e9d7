import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionOptions } from '../../src/domain/connection.ts'
import { chooseAccess } from '../../src/kube/access.ts'
import { inCluster } from '../../src/kube/in-cluster.ts'
import { loadKubeconfig } from '../../src/kube/kubeconfig.ts'
import { type Home, home, messageOf } from './support/door.ts'

describe('kubeconfig', () => {
  let at: Home
  beforeEach(() => {
    at = home()
  })
  afterEach(() => at.remove())

  const access = (options: ConnectionOptions, env: Record<string, string> = {}) => {
    const machine = at.machine(env)
    return chooseAccess(loadKubeconfig(options.kubeconfig, machine), options, machine)
  }

  const entry = (server: string, token: string) => ({
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: token } }],
  })

  it('merges the files of KUBECONFIG, the first wins, and what is not there is skipped', () => {
    const one = at.file('one', { ...entry('https://one:1', 'first'), users: [] })
    const two = at.file('two', { ...entry('https://two:2', 'second'), 'current-context': 'x' })
    const three = at.file('three', { ...entry('https://three:3', 'never'), 'current-context': 'never' })
    const { server, namespace, user } = access({}, { KUBECONFIG: `/nope::${one}:${two}:${three}` })
    assert.deepEqual(
      { server, namespace, token: user.token },
      { server: 'https://one:1', namespace: 'first', token: 'second' },
    )
  })

  it('reads ~/.kube/config where nothing else is said', () => {
    mkdirSync(join(at.path, '.kube'))
    at.file('.kube/config', { ...entry('https://home:1', 't'), 'current-context': 'x' })
    assert.equal(access({}).server, 'https://home:1')
  })

  it('finds files relative to the file that names them, and flags relative to the working directory', () => {
    at.file('ca.crt', '')
    at.file('client.crt', '')
    at.file('client.key', '')
    const config = at.kubeconfig(
      { server: 'https://h:1', 'certificate-authority': 'ca.crt' },
      { 'client-certificate': './client.crt', 'client-key': 'client.key', exec: { command: './login' } },
    )
    const loaded = loadKubeconfig(config, at.machine())
    assert.equal(loaded.clusters.get('c')?.caFile, join(at.path, 'ca.crt'))
    assert.equal(loaded.users.get('u')?.certFile, join(at.path, 'client.crt'))
    assert.equal(loaded.users.get('u')?.exec?.command, join(at.path, 'login'))
  })

  it('keeps an exec command without a separator for PATH', () => {
    const config = at.kubeconfig({ server: 'https://h:1' }, { exec: { command: 'aws' } })
    assert.equal(loadKubeconfig(config, at.machine()).users.get('u')?.exec?.command, 'aws')
  })

  it('reads YAML as well as JSON', () => {
    const config = at.file('yaml', 'clusters: [{name: c, cluster: {server: "https://y:1"}}]\n')
    assert.equal(access({ kubeconfig: config, cluster: 'c' }).server, 'https://y:1')
    const flow = at.file('flow', '{clusters: [{name: c, cluster: {server: "https://f:1"}}]}')
    assert.equal(access({ kubeconfig: flow, cluster: 'c' }).server, 'https://f:1')
  })

  it('reads certificates and tokens wherever and however often they stand', () => {
    const pem = Buffer.from(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(900)}`).toString('base64')
    const jwt = `eyJ${'b'.repeat(400)}.${'c'.repeat(400)}.d-_`
    const clusters = ['a', 'b'].map(
      name =>
        `- name: ${name}\n  cluster:\n    certificate-authority-data: ${pem}\n    server: https://${name}\n`,
    )
    const users = `- name: u\n  user:\n    token: ${jwt}\r\n    client-key-data: '${pem}'\n`
    const text = (more: string) => `clusters:\n${clusters.join('')}users:\n${users}${more}`
    const wanted = { cas: [pem, pem], token: jwt, key: pem }
    for (const more of ['', '# &anchor\n', '# long-value-0.\n', 'contexts: [{name: x, context: &a {}}]\n']) {
      const config = loadKubeconfig(at.file('long', text(more)), at.machine())
      const { token, keyData } = config.users.get('u') ?? {}
      const cas = [...config.clusters.values()].map(({ caData }) => caData)
      assert.deepEqual({ cas, token, key: keyData }, wanted)
    }
    const broken = at.file('broken', text('  oops: [\n'))
    assert.throws(() => loadKubeconfig(broken, at.machine()), /error loading config file .*: yaml: /)
  })

  it('lets --certificate-authority, --insecure-skip-tls-verify and --server replace what belongs together', () => {
    const ca = at.file('other.crt', '')
    const kubeconfig = at.kubeconfig({
      server: 'https://h:1',
      'certificate-authority-data': 'YQ==',
      'tls-server-name': 'inner',
    })
    assert.deepEqual(access({ kubeconfig, insecureSkipTlsVerify: true }).cluster, {
      server: 'https://h:1',
      insecure: true,
      tlsServerName: 'inner',
      disableCompression: false,
    })
    assert.deepEqual(access({ kubeconfig, certificateAuthority: ca, server: 'https://o:2' }).cluster, {
      server: 'https://o:2',
      insecure: false,
      caFile: ca,
      disableCompression: false,
    })
  })

  it('takes a server without a scheme for http, keeps a path and a default port', () => {
    const kubeconfig = at.kubeconfig({ server: 'https://h:443/clusters/a/' })
    assert.equal(access({ kubeconfig }).server, 'https://h:443/clusters/a')
    assert.equal(access({ kubeconfig, server: 'h:8080' }).server, 'http://h:8080')
  })

  it('goes to localhost:8080 without any kubeconfig, and in a pod to its own cluster', () => {
    assert.equal(access({}).server, 'http://localhost:8080')
    const machine = at.machine()
    const pod = { server: 'https://10.0.0.1:443', namespace: 'team', tokenFile: '/t', caFile: '/ca' }
    const chosen = chooseAccess(loadKubeconfig(undefined, machine), {}, machine, pod)
    assert.deepEqual(
      {
        server: chosen.server,
        namespace: chosen.namespace,
        tokenFile: chosen.user.tokenFile,
        ca: chosen.cluster.caFile,
      },
      { server: 'https://10.0.0.1:443', namespace: 'team', tokenFile: '/t', ca: '/ca' },
    )
  })

  it("finds a pod's own cluster by what the kubelet gave it", () => {
    const machine = at.machine({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' })
    assert.equal(inCluster(machine, at.path), undefined)
    const tokenFile = at.file('token', 't')
    at.file('namespace', 'team\n')
    assert.deepEqual(inCluster(machine, at.path), {
      server: 'https://[fd00::1]:443',
      namespace: 'team',
      tokenFile,
    })
    assert.equal(inCluster(at.machine(), at.path), undefined)
  })

  it('prefers a kubeconfig to the pod it runs in', () => {
    const machine = at.machine()
    const kubeconfig = at.kubeconfig({ server: 'https://h:1' })
    const pod = { server: 'https://10.0.0.1:443', namespace: 'team', tokenFile: '/t' }
    assert.equal(chooseAccess(loadKubeconfig(kubeconfig, machine), {}, machine, pod).server, 'https://h:1')
  })

  it('never shows a value that is of the wrong type', async () => {
    const kubeconfig = at.kubeconfig({ server: 'https://h:1' }, { token: 12345 })
    const message = await messageOf(async () => access({ kubeconfig }))
    assert.match(message, /users\.user\.token of type string/)
    assert.doesNotMatch(message, /12345/)
  })
})
