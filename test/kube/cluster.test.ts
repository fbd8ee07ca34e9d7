import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { json, text } from './support/api-server.ts'
import { bench } from './support/bench.ts'
import { messageOf } from './support/door.ts'

const group = 'flinkoperator.k8s.io'
const noPage = text(404, '404 page not found\n')

describe('the cluster', () => {
  const b = bench()
  const { within } = b

  describe('asking what one may', () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const status = { group, plural: 'flinkclusters', subresource: 'status', namespace: 'default' }
    const may = (options = {}) => within(door => door.cluster.may('patch', status), options)

    it('asks the server once a day, for each user', async () => {
      b.server.on(
        `POST ${path}`,
        json({ status: { allowed: true } }, 201),
        json({ status: { allowed: false } }, 201),
      )
      assert.deepEqual([await may(), await may(), await may({ as: 'eve' })], [true, true, false])
      assert.deepEqual(
        b.server.seen.map(seen => JSON.parse(seen.body).spec.resourceAttributes),
        [
          { namespace: 'default', verb: 'patch', group, resource: 'flinkclusters', subresource: 'status' },
          { namespace: 'default', verb: 'patch', group, resource: 'flinkclusters', subresource: 'status' },
        ],
      )
      await within(async door => {
        door.clock.pass(25 * 3600 * 1000)
        await door.cluster.may('patch', status)
      })
      assert.equal(b.server.seen.length, 3)
    })
  })

  describe('asking again what one may', () => {
    it('believes a remembered yes, and no longer a remembered no where that is wanted', async () => {
      const answer = (allowed: boolean) => json({ status: { allowed } }, 201)
      b.server.on(
        'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        answer(false),
        answer(true),
        answer(false),
      )
      const jobs = { group, plural: 'flinkclusters', namespace: 'default', name: 'orders' }
      const may = (recheckNo: boolean) => within(door => door.cluster.may('watch', jobs, { recheckNo }))
      assert.deepEqual(
        [await may(true), await may(false), await may(true), await may(true), await may(false)],
        [false, false, true, true, true],
      )
    })
  })

  describe('remembering', () => {
    it('keeps texts for this server below the cache directory, readable by their owner only', async () => {
      await within(door => door.cluster.remember('../../../x', 'spotify'))
      assert.equal(await within(door => door.cluster.recall('../../../x')), 'spotify')
      assert.deepEqual(readdirSync(join(b.at.path, 'cache')), ['flinksp'])
      assert.equal(existsSync(join(b.at.path, 'x')), false)
    })

    it('does without a cache below a place where nothing can be made', async () => {
      const cacheDir = '/proc/nope/cache'
      await within(door => door.cluster.remember('key', 'value'), { cacheDir })
      assert.equal(await within(door => door.cluster.recall('key'), { cacheDir }), undefined)
    })

    it('does without a cache that cannot be written', async () => {
      b.at.file('file', '')
      const cacheDir = join(b.at.path, 'file', 'below')
      const recalled = await within(
        async door => {
          await door.cluster.remember('key', 'value')
          return door.cluster.recall('key')
        },
        { cacheDir },
      )
      assert.equal(recalled, undefined)
      assert.equal(readFileSync(join(b.at.path, 'file'), 'utf8'), '')
    })
  })

  it('reads any path as JSON', async () => {
    b.server.on('GET /openapi/v3', json({ paths: {} }))
    assert.deepEqual(await within(door => door.cluster.read('/openapi/v3')), { paths: {} })
    b.server.on('GET /openapi/v3', noPage)
    assert.equal(
      await within(door => messageOf(() => door.cluster.read('/openapi/v3'))),
      'Error from server (NotFound): the server could not find the requested resource',
    )
  })
})
