import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { type ApiServer, apiServer, json } from './support/api-server.ts'
import { type Certificates, certificates } from './support/certificates.ts'
import { cluster, orders, ordersPath } from './support/clusters.ts'
import { type Home, home, messageOf, type Opened, open } from './support/door.ts'

const execApi = 'client.authentication.k8s.io/v1'

describe('logging in where nobody is there to be asked', () => {
  let at: Home
  let server: ApiServer
  let pems: Certificates
  before(async () => {
    pems = await certificates()
  })
  beforeEach(async () => {
    at = home()
    server = await apiServer(pems.server)
    server.on(`GET ${ordersPath}`, json(cluster('1')))
  })
  afterEach(async () => {
    await server.close()
    at.remove()
  })

  const ca = () => Buffer.from(pems.authority.cert).toString('base64')
  const asUser = (user: object) =>
    at.kubeconfig({ server: server.url, 'certificate-authority-data': ca() }, user)
  const asExec = (interactiveMode: string, script: string) =>
    asUser({
      exec: { apiVersion: execApi, interactiveMode, command: 'sh', args: ['-c', `cd ${at.path}; ${script}`] },
    })

  const opened = () => open(at, {}, { PATH: process.env['PATH'] ?? '' }, { unattended: true })
  const got = async (door?: Opened) => {
    const through = door ?? (await opened())
    await through.cluster.get(orders)
    await through.close()
  }

  it('runs no program that wants a terminal', async () => {
    asExec('Always', 'touch ran')
    assert.equal(
      await messageOf(got),
      'Unable to connect to the server: getting credentials: exec plugin cannot support interactive mode: standard input is not a terminal',
    )
    assert.equal(existsSync(`${at.path}/ran`), false)
  })

  it('tells a program that nobody is there, and gives it nothing to read from or to write to', async () => {
    const answer = JSON.stringify({
      apiVersion: execApi,
      kind: 'ExecCredential',
      status: { token: 'issued' },
    })
    const streams = 'readlink /proc/$$/fd/0 /proc/$$/fd/2 > streams'
    asExec('IfAvailable', `echo "$KUBERNETES_EXEC_INFO" > info; ${streams}; printf '%s' '${answer}'`)
    await got()
    assert.equal(JSON.parse(readFileSync(`${at.path}/info`, 'utf8')).spec.interactive, false)
    assert.equal(readFileSync(`${at.path}/streams`, 'utf8'), '/dev/null\n/dev/null\n')
    assert.deepEqual(
      server.seen.map(seen => seen.headers.authorization),
      ['Bearer issued'],
    )
  })

  it('ends a program that is no longer waited for', async () => {
    asExec('Never', 'echo $$ > pid.new; mv pid.new pid; exec sleep 600')
    const door = await opened()
    const getting = messageOf(() => got(door))
    const file = `${at.path}/pid`
    while (!existsSync(file)) await new Promise(resolve => setTimeout(resolve, 10))
    door.interrupt.abort()
    assert.match(await getting, /getting credentials: exec: The operation was aborted$/)
    const pid = Number(readFileSync(file, 'utf8'))
    while (isAlive(pid)) await new Promise(resolve => setTimeout(resolve, 10))
  })

  it('uses no refresh-token, which would be lost if the answer came too late', async () => {
    const expired = ['{"alg":"none"}', '{"exp":1}', 's']
      .map(part => Buffer.from(part).toString('base64url'))
      .join('.')
    const config = { 'id-token': expired, 'refresh-token': 'r', 'idp-issuer-url': `${server.url}/realm` }
    asUser({ 'auth-provider': { name: 'oidc', config } })
    assert.match(await messageOf(got), /The id-token is expired, and is not refreshed unasked/)
    assert.deepEqual(server.seen, [])
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
