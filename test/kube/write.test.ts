import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import type { Write } from '../../src/domain/ports.ts'
import { apiServer, json, status } from './support/api-server.ts'
import { bench } from './support/bench.ts'
import { cluster, orders, ordersPath } from './support/clusters.ts'
import { messageOf } from './support/door.ts'

describe('writing', () => {
  const b = bench()
  const { within, asked } = b

  const body = { metadata: { resourceVersion: '1' }, spec: { job: { savepointGeneration: 3 } } }
  const patch: Write = { verb: 'patch', ref: orders, type: 'strategic', body }
  const refused = status(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format')
  const types = () => b.server.seen.map(seen => seen.headers['content-type'])

  it('sends a strategic patch as a merge patch where the server refuses it, and remembers that', async () => {
    b.server.on(`PATCH ${ordersPath}`, (response, seen) => {
      const strategic = seen.headers['content-type'] === 'application/strategic-merge-patch+json'
      ;(strategic ? refused : json(cluster('2')))(response, seen)
    })
    const versions = []
    for (let run = 0; run < 2; run++) {
      versions.push((await within(door => door.cluster.write(patch))).object.metadata.resourceVersion)
    }
    assert.deepEqual(versions, ['2', '2'])
    assert.deepEqual(types(), [
      'application/strategic-merge-patch+json',
      'application/merge-patch+json',
      'application/merge-patch+json',
    ])
    assert.deepEqual(
      b.server.seen.map(seen => JSON.parse(seen.body)),
      [body, body, body],
    )
  })

  it('remembers the refusal for this server and kind only', async () => {
    b.server.on(`PATCH ${ordersPath}`, refused, json(cluster('2')))
    await within(door => door.cluster.write(patch))
    const other = await apiServer()
    b.at.kubeconfig({ server: other.url })
    other.on(`PATCH ${ordersPath}`, json(cluster('2')))
    await within(door => door.cluster.write(patch))
    await other.close()
    assert.equal(other.seen[0]?.headers['content-type'], 'application/strategic-merge-patch+json')
  })

  it('hears how a write ended that Ctrl-C finds on its way, and sends no other', async () => {
    const arrived = Promise.withResolvers<ServerResponse>()
    b.server.on(`PATCH ${ordersPath}`, response => arrived.resolve(response))
    await within(async door => {
      const written = door.cluster.write({ ...patch, type: 'merge' })
      const response = await arrived.promise
      door.interrupt.abort()
      response.setHeader('content-type', 'application/json').end(JSON.stringify(cluster('2')))
      assert.equal((await written).object.metadata.resourceVersion, '2')
      await assert.rejects(door.cluster.write({ ...patch, type: 'merge' }), { code: 'interrupted' })
    })
    assert.equal(b.server.seen.length, 1)
  })

  it('does not wait for ever for the answer to a write after Ctrl-C', async () => {
    const arrived = Promise.withResolvers<void>()
    b.server.on(`PATCH ${ordersPath}`, () => arrived.resolve())
    await within(async door => {
      const written = door.cluster.write({ ...patch, type: 'merge' })
      await arrived.promise
      door.interrupt.abort()
      await assert.rejects(written, { code: 'interrupted' })
    })
  })

  it('sends after Ctrl-C what puts something back, and reads what it needs for it', async () => {
    const path = ordersPath
    b.server
      .on(`PATCH ${path}`, json(cluster('3')))
      .on(`GET ${path}`, json(cluster('2')))
      .on(`DELETE ${path}`, status(403, 'Forbidden', 'not you'))
    await within(async door => {
      const object = await door.cluster.get(orders)
      door.interrupt.abort()
      await assert.rejects(door.cluster.get(orders), { code: 'interrupted' })
      await assert.rejects(door.cluster.remove(object), { code: 'interrupted' })
      assert.equal((await door.cluster.get(orders, { late: true })).metadata.resourceVersion, '2')
      const { object: after } = await door.cluster.write({ ...patch, type: 'merge' }, { late: true })
      assert.equal(after.metadata.resourceVersion, '3')
      await assert.rejects(door.cluster.remove(object, { late: true }), /not you/)
    })
    assert.deepEqual(asked(), [`GET ${path}`, `GET ${path}`, `PATCH ${path}`, `DELETE ${path}`])
  })

  it('does not wait for ever for that either', async () => {
    b.server.on(`PATCH ${ordersPath}`, () => undefined)
    await within(async door => {
      door.interrupt.abort()
      const written = door.cluster.write({ ...patch, type: 'merge' }, { late: true })
      await assert.rejects(written, { code: 'interrupted' })
    })
    assert.equal(b.server.seen.length, 1)
  })

  it("gives the server's clock with the answer", async () => {
    const date = 'Wed, 01 May 2024 10:00:00 GMT'
    b.server.on(`PATCH ${ordersPath}`, json(cluster('2'), 200, { date }))
    const { at: when } = await within(door => door.cluster.write({ ...patch, type: 'merge' }))
    assert.equal(when, Date.parse(date))
  })

  it('names its field manager, and asks for a dry run where it is one', async () => {
    const ops = [{ op: 'test', path: '/metadata/uid', value: 'u' }]
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'm' }
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'default' } }
    b.server
      .on(`PATCH ${ordersPath}/status`, json(cluster('2')))
      .on('POST /api/v1/namespaces/default/configmaps', json(made, 201))
      .on('PUT /api/v1/namespaces/default/configmaps/m', json(made))
    await within(async door => {
      await door.cluster.write({
        verb: 'patch',
        ref: orders,
        subresource: 'status',
        type: 'json',
        body: ops,
      })
      await door.cluster.write({ verb: 'create', ref: configMap, body: made }, { dryRun: true })
      await door.cluster.write({ verb: 'update', ref: configMap, body: made })
    })
    assert.deepEqual(
      b.server.seen.map(seen => seen.query),
      [
        { fieldManager: 'kubectl-flinksp' },
        { fieldManager: 'kubectl-flinksp', dryRun: 'All' },
        { fieldManager: 'kubectl-flinksp' },
      ],
    )
    assert.deepEqual(types(), ['application/json-patch+json', 'application/json', 'application/json'])
  })

  it('tells a conflict by its code', async () => {
    const message =
      'Operation cannot be fulfilled on flinkclusters.flinkoperator.k8s.io "orders": the object has been modified'
    b.server.on(`PATCH ${ordersPath}`, status(409, 'Conflict', message))
    await assert.rejects(
      within(door => door.cluster.write(patch)),
      {
        name: 'Failure',
        code: 'not-asked',
        message: `Error from server (Conflict): ${message}`,
        status: { code: 409, reason: 'Conflict', message },
      },
    )
  })

  it('is never sent twice by itself', async () => {
    b.server
      .on(`GET ${ordersPath}`, json(cluster('1')))
      .on(`PATCH ${ordersPath}`, response => response.socket?.destroy())
    const said = await within(async door => {
      await door.cluster.get(orders)
      return messageOf(() => door.cluster.write({ ...patch, type: 'merge' }))
    })
    assert.equal(said, 'Unable to connect to the server: EOF')
    assert.deepEqual(asked(), [`GET ${ordersPath}`, `PATCH ${ordersPath}`, `GET ${ordersPath}`])
  })
})
