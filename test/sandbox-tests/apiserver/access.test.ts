import assert from 'node:assert/strict'
import { valueAt } from '../../sandbox/apiserver/object.ts'
import {
  type Answer,
  clusters,
  configMaps,
  flinkCluster,
  install,
  mergePatch,
  type TestServer,
  testServer,
} from './support.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'

describe('the sandbox API server lets in whom RBAC lets in', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await testServer()
    await install(server.call, 'spotify')
    await server.call('POST', clusters, flinkCluster('orders'))
  })
  afterEach(() => server.close())

  const message = ({ code, body }: Answer) => [code, body['reason'], body['message']]
  const bob = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    server.as('bob-token')(method, path, body, headers)
  const grant = async (rules: object[], subject: object = { kind: 'User', name: 'bob' }) => {
    const api = 'rbac.authorization.k8s.io'
    await server.call('POST', `${rbac}/namespaces/default/roles`, { metadata: { name: 'granted' }, rules })
    await server.call('POST', `${rbac}/namespaces/default/rolebindings`, {
      metadata: { name: 'granted' },
      subjects: [{ apiGroup: api, ...subject }],
      roleRef: { apiGroup: api, kind: 'Role', name: 'granted' },
    })
  }
  const flink = { apiGroups: ['flinkoperator.k8s.io'], resources: ['flinkclusters'] }
  const cannot = (what: string) =>
    `is forbidden: User "bob" cannot ${what} in API group "flinkoperator.k8s.io" in the namespace "default"`

  it('refuses a token it does not know', async () => {
    assert.deepEqual(message(await server.as('wrong')('GET', clusters)), [
      401,
      'Unauthorized',
      'Unauthorized',
    ])
  })

  it('takes somebody without a token for anonymous', async () => {
    const [code, , text] = message(await server.as('')('GET', configMaps))
    assert.deepEqual(
      [code, text],
      [
        403,
        'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"',
      ],
    )
    assert.equal((await server.as('')('GET', '/readyz')).body['text'], 'ok')
  })

  it('says who may not do what, where', async () => {
    const name = 'flinkclusters.flinkoperator.k8s.io'
    assert.deepEqual(message(await bob('GET', `${clusters}/orders`)), [
      403,
      'Forbidden',
      `${name} "orders" ${cannot('get resource "flinkclusters"')}`,
    ])
    assert.equal(message(await bob('GET', clusters))[2], `${name} ${cannot('list resource "flinkclusters"')}`)
    assert.equal(
      message(await bob('PATCH', `${clusters}/orders/status`, {}, mergePatch))[2],
      `${name} "orders" ${cannot('patch resource "flinkclusters/status"')}`,
    )
    assert.equal(
      message(await bob('GET', '/apis/flinkoperator.k8s.io/v1beta1/flinkclusters'))[2],
      `${name} is forbidden: User "bob" cannot list resource "flinkclusters" in API group "flinkoperator.k8s.io" at the cluster scope`,
    )
    assert.equal(message(await bob('GET', '/metrics'))[2], 'forbidden: User "bob" cannot get path "/metrics"')
  })

  it('refuses before it looks whether the object is there or the patch makes sense', async () => {
    assert.equal((await bob('GET', `${clusters}/nobody`)).code, 403)
    assert.equal((await bob('PATCH', `${clusters}/orders`, {}, { 'Content-Type': 'text/plain' })).code, 403)
  })

  it('lets a user do what a Role says, and no more', async () => {
    await grant([{ ...flink, verbs: ['get', 'list'], resourceNames: ['orders'] }])
    const named = `${clusters}?fieldSelector=metadata.name%3Dorders`
    const codes = [
      await bob('GET', `${clusters}/orders`),
      await bob('GET', `${clusters}/payments`),
      await bob('GET', named),
      await bob('DELETE', `${clusters}/orders`),
    ].map(({ code }) => code)
    assert.deepEqual(codes, [200, 403, 200, 403])
  })

  it('lets a group in', async () => {
    await grant([{ ...flink, verbs: ['*'] }], { kind: 'Group', name: 'developers' })
    assert.equal((await bob('GET', clusters)).code, 200)
    assert.equal((await bob('GET', configMaps)).code, 403)
  })

  it('lets a ClusterRoleBinding reach every namespace', async () => {
    await server.call('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'viewers' },
      subjects: [{ kind: 'Group', name: 'developers' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    })
    const codes = await Promise.all(
      ['/api/v1/pods', '/api/v1/namespaces/kube-system/configmaps', '/api/v1/secrets'].map(path =>
        bob('GET', path),
      ),
    )
    assert.deepEqual(
      codes.map(({ code }) => code),
      [200, 200, 403],
    )
  })

  it('answers what a user may do', async () => {
    const ask = async (resourceAttributes: object) => {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
      const { code, body } = await bob('POST', path, { spec: { resourceAttributes } })
      return [code, body['status']]
    }
    const status = {
      group: 'flinkoperator.k8s.io',
      resource: 'flinkclusters',
      subresource: 'status',
      namespace: 'default',
    }
    assert.deepEqual(await ask({ ...status, verb: 'patch' }), [201, { allowed: false }])
    await grant([{ ...flink, resources: ['flinkclusters/status'], verbs: ['patch'] }])
    assert.deepEqual(await ask({ ...status, verb: 'patch' }), [
      201,
      {
        allowed: true,
        reason: 'RBAC: allowed by RoleBinding "granted/default" of Role "granted" to User "bob"',
      },
    ])
    assert.deepEqual(await ask({ ...status, verb: 'patch', subresource: '' }), [201, { allowed: false }])
  })

  it('lets a user act for another who has the right to', async () => {
    const asBob = { 'Impersonate-User': 'bob', 'Impersonate-Group': 'system:masters' }
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const { body } = await server.call('POST', path, {}, asBob)
    assert.deepEqual(valueAt(body, ['status', 'userInfo']), {
      username: 'bob',
      groups: ['system:masters', 'system:authenticated'],
    })
    assert.deepEqual(message(await bob('GET', clusters, undefined, { 'Impersonate-User': 'admin' })), [
      403,
      'Forbidden',
      'flinkclusters.flinkoperator.k8s.io is forbidden: User "bob" cannot impersonate-on:user-info:list resource "flinkclusters" in API group "flinkoperator.k8s.io" in the namespace "default"',
    ])
  })
})
