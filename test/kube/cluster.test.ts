import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiServer, apiServer, json, text } from './support/api-server.ts'
import { type Home, home, messageOf, type Opened, open } from './support/door.ts'

const group = 'flinkoperator.k8s.io'
const noPage = text(404, '404 page not found\n')

describe('the cluster', () => {
  let at: Home
  let server: ApiServer
  beforeEach(async () => {
    at = home()
    server = await apiServer()
    at.kubeconfig({ server: server.url })
  })
  afterEach(async () => {
    await server.close()
    at.remove()
  })

  const within = async <T>(act: (door: Opened) => Promise<T>, options: object = {}): Promise<T> => {
    const door = await open(at, options)
    try {
      return await act(door)
    } finally {
      await door.close()
    }
  }

  describe('asking what one may', () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const status = { group, plural: 'flinkclusters', subresource: 'status', namespace: 'default' }
    const may = (options = {}) => within(door => door.cluster.may('patch', status), options)

    it('asks the server once a day, for each user', async () => {
      server.on(
        `POST ${path}`,
        json({ status: { allowed: true } }, 201),
        json({ status: { allowed: false } }, 201),
      )
      assert.deepEqual([await may(), await may(), await may({ as: 'eve' })], [true, true, false])
      assert.deepEqual(
        server.seen.map(seen => JSON.parse(seen.body).spec.resourceAttributes),
        [
          { namespace: 'default', verb: 'patch', group, resource: 'flinkclusters', subresource: 'status' },
          { namespace: 'default', verb: 'patch', group, resource: 'flinkclusters', subresource: 'status' },
        ],
      )
      await within(async door => {
        door.clock.pass(25 * 3600 * 1000)
        await door.cluster.may('patch', status)
      })
      assert.equal(server.seen.length, 3)
    })
  })

  describe('remembering', () => {
    it('keeps texts for this server below the cache directory, readable by their owner only', async () => {
      await within(door => door.cluster.remember('../../../x', 'spotify'))
      assert.equal(await within(door => door.cluster.recall('../../../x')), 'spotify')
      assert.deepEqual(readdirSync(join(at.path, 'cache')), ['flinksp'])
      assert.equal(existsSync(join(at.path, 'x')), false)
    })

    it('does without a cache that cannot be written', async () => {
      at.file('file', '')
      const cacheDir = join(at.path, 'file', 'below')
      const recalled = await within(
        async door => {
          await door.cluster.remember('key', 'value')
          return door.cluster.recall('key')
        },
        { cacheDir },
      )
      assert.equal(recalled, undefined)
      assert.equal(readFileSync(join(at.path, 'file'), 'utf8'), '')
    })
  })

  it('reads any path as JSON', async () => {
    server.on('GET /openapi/v3', json({ paths: {} }))
    assert.deepEqual(await within(door => door.cluster.read('/openapi/v3')), { paths: {} })
    server.on('GET /openapi/v3', noPage)
    assert.equal(
      await within(door => messageOf(() => door.cluster.read('/openapi/v3'))),
      'Error from server (NotFound): the server could not find the requested resource',
    )
  })
})
