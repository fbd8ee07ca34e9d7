import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { type ApiServer, apiServer, json, status } from './support/api-server.ts'
import { type Certificates, certificates } from './support/certificates.ts'
import { cluster, orders, ordersPath } from './support/clusters.ts'
import { type Home, home, messageOf, open } from './support/door.ts'

/** A token as its reader sees it: only `exp` counts. */
const tokenUntil = (ms: number, name: string) =>
  ['{"alg":"none"}', JSON.stringify({ exp: Math.floor(ms / 1000), name }), 's']
    .map(part => Buffer.from(part).toString('base64url'))
    .join('.')

const hour = 3_600_000

describe('an OpenID Connect user', () => {
  let at: Home
  let server: ApiServer
  let provider: ApiServer
  let pems: Certificates
  before(async () => {
    pems = await certificates()
  })
  beforeEach(async () => {
    at = home()
    server = await apiServer(pems.server)
    provider = await apiServer(pems.server)
    server.on(`GET ${ordersPath}`, json(cluster('1')))
    provider.on(
      'GET /realm/.well-known/openid-configuration',
      json({ issuer: `${provider.url}/realm`, token_endpoint: `${provider.url}/realm/token` }),
    )
  })
  afterEach(async () => {
    await server.close()
    await provider.close()
    at.remove()
  })

  const withToken = (idToken: string, more: object = {}) => {
    const ca = Buffer.from(pems.authority.cert).toString('base64')
    const config = {
      'client-id': 'kube',
      'client-secret': 's3cret',
      'id-token': idToken,
      'refresh-token': 'refresh-1',
      'idp-issuer-url': `${provider.url}/realm`,
      'idp-certificate-authority-data': ca,
      ...more,
    }
    return at.kubeconfig(
      { server: server.url, 'certificate-authority-data': ca },
      { 'auth-provider': { name: 'oidc', config } },
    )
  }

  const got = async () => {
    const door = await open(at)
    await Promise.all([door.cluster.get(orders), door.cluster.get(orders)])
    await door.close()
  }

  it('uses its id-token while it is valid', async () => {
    const token = tokenUntil(Date.now() + hour, 'valid')
    withToken(token)
    await got()
    assert.deepEqual(
      server.seen.map(seen => seen.headers.authorization),
      [`Bearer ${token}`, `Bearer ${token}`],
    )
    assert.deepEqual(provider.seen, [])
  })

  it('gets a new one once it has expired, and keeps both new tokens in the kubeconfig', async () => {
    const fresh = tokenUntil(Date.now() + hour, 'fresh')
    provider.on('POST /realm/token', json({ id_token: fresh, refresh_token: 'refresh-2' }))
    const path = withToken(tokenUntil(Date.now() - hour, 'old'))
    await got()
    assert.deepEqual(
      server.seen.map(seen => seen.headers.authorization),
      [`Bearer ${fresh}`, `Bearer ${fresh}`],
    )
    const [, asked, ...more] = provider.seen
    assert.deepEqual(more, [])
    assert.equal(asked?.body, 'grant_type=refresh_token&refresh_token=refresh-1')
    assert.equal(asked?.headers.authorization, `Basic ${Buffer.from('kube:s3cret').toString('base64')}`)
    const kept = readFileSync(path, 'utf8')
    assert.ok(kept.includes(fresh) && kept.includes('refresh-2') && !kept.includes('refresh-1'))
    assert.equal(existsSync(`${path}.lock`), false)
    await got()
    assert.equal(provider.seen.length, 2)
  })

  it('sends the secret in the form where the provider wants it there', async () => {
    const fresh = tokenUntil(Date.now() + hour, 'fresh')
    provider.on('POST /realm/token', status(401, 'Unauthorized', 'no'), json({ id_token: fresh }))
    withToken(tokenUntil(0, 'old'))
    await got()
    assert.equal(
      provider.seen[2]?.body,
      'grant_type=refresh_token&refresh_token=refresh-1&client_id=kube&client_secret=s3cret',
    )
  })

  it('says why there is no token, and shows none', async () => {
    withToken('', { 'refresh-token': '' })
    assert.equal(
      await messageOf(got),
      'Unable to connect to the server: No valid id-token, and cannot refresh without refresh-token',
    )
    provider.on('POST /realm/token', status(400, 'BadRequest', 'invalid_grant'))
    withToken(tokenUntil(0, 'old'))
    assert.equal(await messageOf(got), 'Unable to connect to the server: failed to refresh token: HTTP 400')
  })
})
