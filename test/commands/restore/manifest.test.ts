import assert from 'node:assert/strict'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { sp, taken } from '../take/samples.ts'
import { created, orders, stopped, writes } from './recreations.ts'

describe('the object that a restore would apply or create', () => {
  const applied = {
    apiVersion: orders.apiVersion,
    kind: orders.kind,
    metadata: { name: 'orders', namespace: 'default' },
    spec: {
      job: { savepointsDir: 'gs://bucket/orders', fromSavepoint: sp(1), allowNonRestoredState: false },
    },
  }
  const copied = { ...applied, metadata: { name: 'orders-2', namespace: 'default' } }

  for (const [words, object] of [
    ['--manifest', applied],
    ['--recreate --manifest', applied],
    ['--recreate --dry-run=client', applied],
    ['--recreate --dry-run=server', applied],
    ['--to-new orders-2 --manifest', copied],
    ['--to-new orders-2 --dry-run=client', copied],
    ['--to-new orders-2 --dry-run=server', copied],
    ['--filename v2.yaml --dry-run=client', copied],
  ] as const)
    it(`is printed by restore orders latest ${words} -o json, and nothing is changed`, async () => {
      const { exit, stdout, fake } = await created(
        `restore orders latest ${words} -o json`,
        { objects: [stopped()] },
        { 'v2.yaml': copied },
      )
      assert.deepEqual([exit, JSON.parse(stdout)], [0, object])
      assert.deepEqual(
        writes(fake.requests).filter(one => !one.endsWith('(dry run)')),
        [],
      )
    })

  it('is a change where the savepoint stands in the object already', async () => {
    const there = taken(spotifyCluster, { job: { fromSavepoint: sp(1) } })
    const { stdout } = await created('restore orders latest --manifest -o json --verify=false', {
      objects: [there],
    })
    const job = JSON.parse(stdout).spec.job
    assert.deepEqual(job.podAnnotations, { 'flinksp/restore': '1'.padStart(32, '0') })
  })

  it('is YAML without -o', async () => {
    const { stdout } = await created('restore orders latest --manifest --verify=false', {
      objects: [stopped()],
    })
    assert.match(
      stdout,
      /^apiVersion: flinkoperator\.k8s\.io\/v1beta1\nkind: FlinkCluster\nmetadata:\n {2}name: orders\n/,
    )
  })
})

describe('a wrong command line of restore', () => {
  for (const [words, text] of [
    ['orders latest --recreate --to-new x', '--recreate and --to-new exclude each other'],
    ['orders latest --recreate --filename x', '--recreate and --filename exclude each other'],
    ['orders latest --to-new y -f x', '--to-new and --filename exclude each other'],
    [
      'orders --undo --to-new x',
      '--undo and --to-new exclude each other: --undo works on the job that was restored',
    ],
    [
      'orders --undo -f x',
      '--undo and --filename exclude each other: --undo works on the job that was restored',
    ],
    ['orders latest --undo', '--undo knows its savepoint from the record: leave SAVEPOINT out'],
    ['orders latest --to-new=', '--to-new: the name is empty'],
    ['orders latest --filename=', '--filename: the name of the file is empty'],
    [
      'orders latest --to-new x --safety-savepoint',
      'no job is changed that a safety savepoint could be taken of: leave --safety-savepoint out',
    ],
    ['orders latest more -f x', 'restore takes one job and one savepoint'],
    ['orders --to-new x', 'say which savepoint: a location, latest, latest~1, gen:12 or a name'],
  ] as const)
    it(`is ${words}`, async () => {
      const { exit, stderr, fake } = await created(`restore ${words} --yes --verify=false`)
      assert.deepEqual([exit, stderr[0], fake.requests], [2, `error: ${text}`, []])
    })
})
