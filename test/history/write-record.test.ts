import assert from 'node:assert/strict'
import { fieldsAt, textAt } from '../../src/domain/fields.ts'
import { resourceOf } from '../../src/domain/resource.ts'
import type { RecordEntry } from '../../src/history/entry.ts'
import { entriesOf, parseRecord, recordRef } from '../../src/history/record.ts'
import { record } from '../../src/history/write-record.ts'
import { type FakeCluster, fakeCluster, refusal } from '../support/fake-cluster.ts'

const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'shop',
  name: 'orders',
}
const ref = recordRef(job)
const now = Date.parse('2026-03-01T12:00:00Z')

function take(number: number): RecordEntry {
  return { action: 'take', uid: 'u', state: 'Completed', location: `gs://bucket/savepoint-${number}` }
}

async function recorded(cluster: FakeCluster, ...numbers: number[]) {
  const warnings: string[] = []
  const more = { warn: (text: string) => void warnings.push(text), now }
  const written = await record(cluster, job, numbers.map(take), more)
  return { written, warnings }
}

function entries(cluster: FakeCluster): readonly RecordEntry[] {
  const object = cluster.object(ref)
  assert.ok(object)
  const parsed = parseRecord(object, job, now)
  assert.ok('record' in parsed)
  return entriesOf(parsed.record)
}

describe('recording', () => {
  it('creates the record with the first entry, in two requests', async () => {
    const cluster = fakeCluster()
    assert.deepEqual(await recorded(cluster, 1), { written: true, warnings: [] })
    assert.deepEqual(cluster.requests, [
      'get ConfigMap/shop/flinksp-flinkcluster-orders',
      'create ConfigMap/shop/flinksp-flinkcluster-orders',
    ])
    assert.deepEqual(cluster.object(ref)?.metadata.labels, {
      'app.kubernetes.io/managed-by': 'kubectl-flinksp',
    })
    assert.deepEqual(entries(cluster), [take(1)])
  })

  it('adds to it in two requests, and leaves alone what others put there', async () => {
    const cluster = fakeCluster()
    await recorded(cluster, 1)
    const found = cluster.object(ref)
    assert.ok(found)
    const metadata = { name: ref.name, namespace: 'shop', labels: { ...found.metadata.labels, team: 'shop' } }
    cluster.put({ ...found.body, metadata, data: { ...fieldsAt(found.body, 'data'), note: 'ours' } })
    cluster.requests.length = 0
    await recorded(cluster, 2, 3)
    assert.deepEqual(cluster.requests, [
      'get ConfigMap/shop/flinksp-flinkcluster-orders',
      'update ConfigMap/shop/flinksp-flinkcluster-orders',
    ])
    assert.deepEqual(entries(cluster), [take(1), take(2), take(3)])
    const after = cluster.object(ref)
    assert.ok(after)
    const { team } = after.metadata.labels
    assert.deepEqual({ team, note: textAt(after.body, 'data', 'note') }, { team: 'shop', note: 'ours' })
  })

  it('loses nothing when several write at once', async () => {
    const cluster = fakeCluster()
    await Promise.all([1, 2, 3, 4].map(number => recorded(cluster, number)))
    assert.deepEqual(
      entries(cluster)
        .map(entry => entry.action === 'take' && entry.location)
        .toSorted(),
      [1, 2, 3, 4].map(number => `gs://bucket/savepoint-${number}`),
    )
  })

  it('begins anew where the record is deleted in between', async () => {
    const cluster = fakeCluster()
    await recorded(cluster, 1)
    cluster.before('update', () => cluster.vanish(ref))
    assert.deepEqual(await recorded(cluster, 2), { written: true, warnings: [] })
    assert.deepEqual(entries(cluster), [take(2)])
  })

  it('gives up with one warning after five conflicts', async () => {
    const cluster = fakeCluster()
    await recorded(cluster, 1)
    cluster.requests.length = 0
    cluster.fail('update', refusal(409, 'Conflict', 'the object has been modified'))
    assert.deepEqual(await recorded(cluster, 2), {
      written: false,
      warnings: [
        'Warning: not recorded in configmap/flinksp-flinkcluster-orders: Error from server (Conflict): the object has been modified',
      ],
    })
    assert.equal(cluster.requests.length, 12)
  })

  for (const verb of ['get', 'create']) {
    it(`goes on with one warning where it may not ${verb} the record`, async () => {
      const cluster = fakeCluster()
      cluster.fail(verb, refusal(403, 'Forbidden', 'configmaps is forbidden'))
      assert.deepEqual(await recorded(cluster, 1), {
        written: false,
        warnings: [
          'Warning: not recorded in configmap/flinksp-flinkcluster-orders: Error from server (Forbidden): configmaps is forbidden',
        ],
      })
    })
  }

  it("never writes over a ConfigMap that is somebody else's, or of a newer version", async () => {
    const own = { 'app.kubernetes.io/managed-by': 'kubectl-flinksp' }
    for (const [labels, data, why] of [
      [{}, { note: 'mine' }, 'it has no label app.kubernetes.io/managed-by=kubectl-flinksp'],
      [own, { version: '2' }, 'its format is not version 1'],
    ] as const) {
      const cluster = fakeCluster({
        objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...ref, labels }, data }],
      })
      const before = cluster.object(ref)
      assert.deepEqual(await recorded(cluster, 1), {
        written: false,
        warnings: [`Warning: not recorded in configmap/flinksp-flinkcluster-orders: ${why}`],
      })
      assert.deepEqual(cluster.object(ref), before)
    }
  })

  it('does not hide a bug behind a warning', async () => {
    const cluster = fakeCluster()
    const broken = { ...cluster, get: () => Promise.reject(new TypeError('x is undefined')) }
    await assert.rejects(recorded(broken, 1), TypeError)
  })

  it('writes an object that the API server can read', async () => {
    const cluster = fakeCluster()
    await recorded(cluster, 1)
    const { body } = cluster.object(ref) ?? {}
    assert.ok(body && resourceOf(body))
    assert.deepEqual(body['data'], {
      version: '1',
      job: 'flinkcluster.flinkoperator.k8s.io/orders',
      entries: '{"action":"take","uid":"u","state":"Completed","location":"gs://bucket/savepoint-1"}\n',
    })
  })
})
