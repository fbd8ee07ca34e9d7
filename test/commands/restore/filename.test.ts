import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { recordOf } from '../history/samples.ts'
import { sp } from '../take/samples.ts'
import { created, orders, refusalOf, refused, restored, sticky } from './recreations.ts'

describe('restore --filename', () => {
  const manifest = (name: string, job: Fields = {}, metadata: Fields = {}): Fields => ({
    apiVersion: orders.apiVersion,
    kind: orders.kind,
    metadata: { name, ...metadata },
    spec: { job: { savepointsDir: 'gs://bucket/orders', parallelism: 4, ...job } },
  })

  it('creates the job of the manifest, started from a savepoint of another', async () => {
    const { exit, stdout, fake } = await created(
      'restore orders latest -f v2.yaml --yes --verify=false',
      {},
      { 'v2.yaml': manifest('orders-2', { fromSavePoint: 'gs://old', savepointGeneration: 4 }) },
    )
    assert.deepEqual(
      [exit, stdout, fake.object({ ...orders, name: 'orders-2' })?.spec],
      [
        0,
        restored(),
        {
          job: {
            savepointsDir: 'gs://bucket/orders',
            parallelism: 4,
            fromSavepoint: sp(1),
            allowNonRestoredState: false,
          },
        },
      ],
    )
  })

  it('creates a job again that is gone, from a savepoint that its record knows', async () => {
    const record = recordOf([
      {
        action: 'take',
        uid: 'uid-of-old',
        state: 'Completed',
        location: sp(1),
        completedAt: '2026-03-01T11:59:00Z',
      },
    ])
    const { exit, stdout, stderr } = await created(
      `restore ${sp(1)} --filename orders.yaml --yes --verify=false`,
      { objects: [record] },
      { 'orders.yaml': manifest('orders') },
      'orders',
    )
    assert.deepEqual([exit, stdout, stderr], [0, restored('orders'), [sticky(1)]])
  })

  it('does not guess which savepoint of an object that is gone is the latest', async () => {
    const record = recordOf([
      {
        action: 'take',
        uid: 'uid-of-old',
        state: 'Completed',
        location: sp(1),
        completedAt: '2026-03-01T11:59:00Z',
      },
    ])
    assert.deepEqual(
      await refusalOf(
        'restore latest -f orders.yaml --yes --verify=false',
        { objects: [record] },
        { 'orders.yaml': manifest('orders') },
      ),
      refused(
        'error: there is no flinkcluster/orders whose savepoints could be counted: name the savepoint by its location',
        `the newest that its record knows is ${sp(1)}`,
      ),
    )
  })

  it('needs a location for a job of a new name, where no other is named, as its help says', async () => {
    assert.deepEqual(
      await refusalOf(
        'restore latest -f v2.yaml --yes --verify=false',
        {},
        { 'v2.yaml': manifest('orders-2') },
      ),
      refused(
        'error: there is no flinkcluster/orders-2 whose savepoints could be counted: name the savepoint by its location',
      ),
    )
    const named = await created(
      `restore ${sp(1)} -f v2.yaml --allow-unknown-location --yes --verify=false`,
      {},
      { 'v2.yaml': manifest('orders-2') },
    )
    assert.deepEqual([named.exit, named.stdout], [0, restored()])
    const { stdout } = await refusalOf('restore --help --verify=false')
    assert.match(stdout, /where there is none of that name, SAVEPOINT has to be a location,/)
  })

  it('refuses a job that is there, and names the ways to restore it', async () => {
    assert.deepEqual(
      await refusalOf(
        'restore latest -f orders.yaml --yes --verify=false',
        {},
        { 'orders.yaml': manifest('orders') },
      ),
      refused(
        'error: flinkcluster/orders already exists',
        `to start it from there: kubectl flinksp restore flinkcluster/orders ${sp(1)} -n default`,
      ),
    )
  })

  for (const [what, object, why] of [
    [
      'another kind',
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } },
      'cannot use v2.yaml: Deployment of apps/v1 is no kind of job that is known',
    ],
    [
      'no name',
      { ...manifest('x'), metadata: { generateName: 'x-' } },
      'cannot use v2.yaml: its metadata has no name',
    ],
    [
      'another namespace',
      manifest('orders-2', {}, { namespace: 'prod' }),
      `the namespace from the provided object "prod" does not match the namespace "default". You must pass '--namespace=prod' to perform this operation.`,
    ],
    [
      'a session cluster',
      { ...manifest('orders-2'), spec: {} },
      `cannot restore flinkcluster/orders-2 from ${sp(1)}: it is a session cluster, whose jobs the operator does not know`,
    ],
  ] as const)
    it(`refuses a manifest of ${what}`, async () => {
      assert.deepEqual(
        await refusalOf('restore orders latest -f v2.yaml --yes --verify=false', {}, { 'v2.yaml': object }),
        refused(`error: ${why}`),
      )
    })

  it('does not take what is said in the manifest itself for a word on where the savepoint is', async () => {
    const { exit, stderr } = await refusalOf(
      'restore gs://evil/x -f orders.yaml --yes --verify=false',
      { objects: [] },
      { 'orders.yaml': manifest('orders') },
    )
    assert.deepEqual(
      [exit, stderr],
      [
        1,
        [
          'error: cannot restore flinkcluster/orders from gs://evil/x: no source knows this location',
          'if it is the right one: --allow-unknown-location',
        ],
      ],
    )
  })

  it('refuses a file that is not there', async () => {
    assert.deepEqual(
      await refusalOf('restore orders latest -f v2.yaml --yes --verify=false'),
      refused('error: cannot read v2.yaml: no such file or directory'),
    )
  })
})
