import assert from 'node:assert/strict'
import { type Resource, resourceOf } from '../../src/domain/resource.ts'
import { json, status } from './support/api-server.ts'
import { bench } from './support/bench.ts'
import { cluster, ordersPath } from './support/clusters.ts'

describe('deleting an object', () => {
  const b = bench()
  const orders = resourceOf(cluster('7')) as Resource
  const success = json({ kind: 'Status', apiVersion: 'v1', status: 'Success' })

  const sent = () =>
    b.server.seen.map(({ method, path, query, body }) => [method, path, query, JSON.parse(body)])

  it('asks for exactly the object that was read, and for what it owns in the background', async () => {
    b.server.on(`DELETE ${ordersPath}`, success)
    await b.within(door => door.cluster.remove(orders))
    assert.deepEqual(sent(), [
      [
        'DELETE',
        ordersPath,
        {},
        {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          preconditions: { uid: 'uid-orders', resourceVersion: '7' },
          propagationPolicy: 'Background',
        },
      ],
    ])
    assert.equal(b.server.seen[0]?.headers['content-length'], String(b.server.seen[0]?.body.length))
  })

  it('can be a rehearsal', async () => {
    b.server.on(`DELETE ${ordersPath}`, success)
    await b.within(door => door.cluster.remove(orders, { dryRun: true }))
    assert.deepEqual(JSON.parse(b.server.seen[0]?.body ?? '').dryRun, ['All'])
  })

  it('says so where the object is another one by now', async () => {
    const why = 'Precondition failed: UID in precondition: uid-orders, UID in object meta: uid-2'
    b.server.on(`DELETE ${ordersPath}`, status(409, 'Conflict', why))
    await b.within(door =>
      assert.rejects(door.cluster.remove(orders), {
        code: 'not-asked',
        message: `Error from server (Conflict): ${why}`,
        status: { code: 409, reason: 'Conflict', message: why },
      }),
    )
  })
})
