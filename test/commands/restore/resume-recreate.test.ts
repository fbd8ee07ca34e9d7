import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { recordOf } from '../history/samples.ts'
import { configMap, key, play, sp, taken } from '../take/samples.ts'
import { file, flinkAt, oldCluster, orders, recreated, states, sticky, writes } from './recreations.ts'

const requestedAt = '2026-03-01T11:00:00Z'
const stop = (more: Fields = {}) =>
  recordOf([
    JSON.stringify({
      action: 'stop',
      uid: 'uid-of-orders',
      state: 'Completed',
      requestedAt,
      location: sp(2),
      flinkJobId,
      ...more,
    }),
  ])
/** Stopped through Flink: the operator knows the first savepoint only. */
const ended = (make: (parts: ClusterParts) => Fields, job: Fields = {}) =>
  taken(make, { job, jobStatus: { state: 'Succeeded' } })
const check = 'FlinkCluster/default/flinksp-check-000000000000'
const resumed = `flinkcluster.flinkoperator.k8s.io/orders resumed from ${sp(2)}\n`
const from = `cannot resume flinkcluster/orders from ${sp(2)}`

describe('resume --recreate', () => {
  it('deletes the object and creates it again from what the stop left, where the operator lets no change through', async () => {
    const { exit, stdout, stderr, fake } = await recreated(
      'resume orders --recreate --yes --operator gcp-2',
      { objects: [ended(oldCluster), stop()], flink: flinkAt(2) },
      oldCluster,
    )
    assert.deepEqual(
      { exit, stdout, stderr, writes: writes(fake.requests) },
      {
        exit: 0,
        stdout: resumed,
        stderr: [`manifest: ${file}`, sticky(2)],
        writes: [
          ...[`create ${check} (dry run)`, `delete ${key} (dry run)`],
          ...[`update ${configMap}`, `delete ${key}`, `create ${key}`, `update ${configMap}`],
        ],
      },
    )
    const created = fake.object(orders)
    assert.equal(fieldsAt(created?.spec ?? {}, 'job')['fromSavepoint'], sp(2))
    assert.deepEqual(states(fake), [
      ['uid-of-orders', 'Completed'],
      ['uid-of-orders', 'Restored'],
      [created?.metadata.uid, 'Restored'],
    ])
  })

  it('puts back what the stop had set and could not put back', async () => {
    const kept = { cleanupPolicy: { afterJobFails: 'KeepCluster', afterJobSucceeds: 'KeepCluster' } }
    const policyAfter = async (changes: readonly Fields[]) => {
      const { exit, fake } = await recreated('resume orders --recreate --yes', {
        objects: [ended(spotifyCluster, kept), stop({ changes })],
        flink: flinkAt(2),
      })
      assert.equal(exit, 0)
      return fieldsAt(fake.object(orders)?.spec ?? {}, 'job', 'cleanupPolicy')
    }
    const path = 'spec.job.cleanupPolicy.afterJobSucceeds'
    assert.deepEqual(
      [
        await policyAfter([{ path, from: 'DeleteCluster', to: 'KeepCluster' }]),
        await policyAfter([{ path, to: 'KeepCluster' }]),
        await policyAfter([{ path, from: 'Whatever', to: 'KeepCluster' }]),
      ],
      [
        { afterJobFails: 'KeepCluster', afterJobSucceeds: 'DeleteCluster' },
        { afterJobFails: 'KeepCluster' },
        { afterJobFails: 'KeepCluster', afterJobSucceeds: 'KeepCluster' },
      ],
    )
  })

  it('shows its plan and asks, and changes nothing without a yes', async () => {
    const terminal = { stdin: true, stderr: true }
    const parts = { objects: [ended(oldCluster), stop({ drain: true })] }
    const { exit, stderr, requests } = await play('resume orders --recreate --operator gcp-2', parts, {
      terminal,
      answers: ['n'],
    })
    const lines = stderr.split('\n')
    assert.deepEqual(
      [exit, lines[0], lines.at(-2), writes(requests)],
      [
        1,
        `flinkcluster.flinkoperator.k8s.io/orders would be deleted, and created again from ${sp(2)}`,
        'Resume it? [y/N]: error: the resume of flinkcluster/orders was not confirmed; nothing was changed',
        [`create ${check} (dry run)`, `delete ${key} (dry run)`],
      ],
    )
    assert.match(stderr, /the job was drained: its timers and windows have fired/)
  })

  it('prints the object with --dry-run=client -o json, and asks the server nothing', async () => {
    const { exit, stdout, requests } = await play(
      'resume orders --recreate --operator gcp-2 --dry-run=client -o json',
      { objects: [ended(oldCluster), stop()] },
    )
    const { kind, spec } = JSON.parse(stdout)
    assert.deepEqual(
      [exit, kind, spec.job.fromSavepoint, requests],
      [0, 'FlinkCluster', sp(2), [`get ${key}`, `get ${configMap}`]],
    )
  })

  it('is what a resume names where the operator lets no change through', async () => {
    const remedy =
      'delete it and create it again: kubectl flinksp resume flinkcluster/orders -n default --recreate'
    const refused = async (line: string, object: Fields) => {
      const { exit, stderr, requests } = await play(line, { objects: [object, stop()] })
      assert.deepEqual([exit, writes(requests)], [1, []])
      return stderr
    }
    assert.deepEqual(
      [
        await refused('resume orders --yes --operator gcp-2', ended(oldCluster)),
        await refused('resume orders --yes', ended(gcpCluster, { savepointsDir: '' })),
        await refused('resume orders --yes', ended(spotifyCluster, { cancelRequested: true })),
      ],
      [
        `error: ${from}: its operator (gcp-2) refuses every change of the spec: it has to be deleted and created again\n${remedy}\n`,
        `error: ${from}: spec.job.savepointsDir is not set, and the operator lets no change through without it\n${remedy}\n`,
        `error: ${from}: spec.job.cancelRequested is true, after which no change of the object is let through\n${remedy}\n`,
      ],
    )
  })

  it('is what a resume names that a webhook has refused', async () => {
    const { stderr } = await play('resume orders --yes', {
      objects: [ended(gcpCluster), stop()],
      prepare: fake =>
        fake.fail(
          `patch ${key}`,
          refusal(403, 'Forbidden', 'admission webhook "v" denied the request: the spec is immutable'),
        ),
    })
    assert.match(
      stderr,
      /^where no change of the object is let through: kubectl flinksp resume flinkcluster\/orders -n default --recreate$/m,
    )
  })

  it('follows the record alone, without savepointsDir, only where it is told so', async () => {
    const parts = { objects: [ended(oldCluster, { savepointsDir: '' }), stop()], flink: flinkAt(2) }
    const line = 'resume orders --recreate --yes --operator gcp-2'
    const { exit, stderr, requests } = await play(line, parts)
    assert.deepEqual(
      [exit, stderr, writes(requests)],
      [
        1,
        `error: ${from}: this location is known only from the record, and there is no spec.job.savepointsDir\nif it is the right one: --allow-unknown-location\n`,
        [],
      ],
    )
    const allowed = await recreated(`${line} --allow-unknown-location`, parts, oldCluster)
    assert.deepEqual([allowed.exit, allowed.stdout], [0, resumed])
  })
})
