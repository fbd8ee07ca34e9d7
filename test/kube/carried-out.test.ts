import assert from 'node:assert/strict'
import type { Write } from '../../src/domain/ports.ts'
import { type Answer, json, status } from './support/api-server.ts'
import { bench } from './support/bench.ts'
import { cluster, collection, orders, ordersPath } from './support/clusters.ts'

const cut: Answer = response => response.socket?.destroy()
const halved: Answer = response => {
  response.writeHead(200, { 'content-length': '100' })
  response.write('{"kind"', () => response.socket?.destroy())
}
const eof = 'Unable to connect to the server: EOF'
const notCarriedOut = 'flinkcluster/orders does not show this change: it was not carried out'
const unknown =
  'whether this change of flinkcluster/orders was carried out is not known: look at it before you ask again'

/** A FlinkCluster of this version whose job has this generation. */
const withGeneration = (version: string, savepointGeneration?: number) =>
  json(
    cluster(version, {
      spec: { job: { parallelism: 2, ...(savepointGeneration && { savepointGeneration }) } },
    }),
  )

describe('a write whose answer is lost', () => {
  const b = bench()
  const { within, asked } = b

  const patched = (more: object): Write => ({
    verb: 'patch',
    ref: orders,
    type: 'merge',
    body: { metadata: { resourceVersion: '1' }, ...more },
  })
  const generation = patched({ spec: { job: { savepointGeneration: 3, fromSavepoint: null } } })
  const annotation = patched({ metadata: { resourceVersion: '1', annotations: { control: 'savepoint' } } })
  const versionAfter = async (write: Write) =>
    (await within(door => door.cluster.write(write))).object.metadata.resourceVersion
  const patchThenLook = [`PATCH ${ordersPath}`, `GET ${ordersPath}`]

  for (const [how, answer] of [
    ['before its head', cut],
    ['in the middle of its body', halved],
    ['by a 504', status(504, 'Timeout', 'it may still be processed')],
    ['by an etcd that does not answer', status(500, '', 'etcdserver: request timed out')],
  ] as const) {
    it(`was carried out where the object shows it (${how})`, async () => {
      b.server.on(`PATCH ${ordersPath}`, answer).on(`GET ${ordersPath}`, withGeneration('2', 3))
      assert.equal(await versionAfter(generation), '2')
      assert.deepEqual(asked(), patchThenLook)
    })
  }

  it('is looked for until the server answers again', async () => {
    const starting = status(503, '', 'starting')
    b.server
      .on(`PATCH ${ordersPath}`, cut)
      .on(`GET ${ordersPath}`, starting, starting, withGeneration('2', 3))
    assert.equal(await versionAfter(generation), '2')
  })

  it('was carried out where an operator may have taken its annotation away since', async () => {
    b.server.on(`PATCH ${ordersPath}`, cut).on(`GET ${ordersPath}`, json(cluster('5')))
    assert.equal(await versionAfter(annotation), '5')
  })

  it('was carried out where the object is there that it was to create', async () => {
    const body = cluster('7', { spec: { job: {} } })
    b.server.on(`POST ${collection}`, cut).on(`GET ${ordersPath}`, json(body))
    const { resourceVersion: _, uid: __, ...metadata } = body.metadata
    assert.equal(await versionAfter({ verb: 'create', ref: orders, body: { ...body, metadata } }), '7')
  })

  for (const [what, write, found, hint, uncertain] of [
    ['was not, where the object is as it was', annotation, json(cluster('1')), notCarriedOut, false],
    [
      'was not, where there is no such object',
      generation,
      status(404, 'NotFound', 'not found'),
      notCarriedOut,
      false,
    ],
    ['is not known where the object has become another', generation, withGeneration('2', 4), unknown, true],
    ['is not known where nobody may look', generation, status(403, 'Forbidden', 'not you'), unknown, true],
  ] as const) {
    it(`${what}, and is not sent again`, async () => {
      b.server.on(`PATCH ${ordersPath}`, cut).on(`GET ${ordersPath}`, found)
      await assert.rejects(versionAfter(write), { code: 'not-asked', message: eof, hints: [hint], uncertain })
      assert.deepEqual(asked(), patchThenLook)
    })
  }

  it('was not sent, where nobody listened', async () => {
    await b.server.close()
    await assert.rejects(versionAfter(generation), { code: 'not-asked', hints: [] })
  })
})
