import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestoreEntry } from '../../../src/history/entry.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { recordOf } from '../history/samples.ts'
import { configMap, key, scene, sp, taken } from '../take/samples.ts'
import { awake, flinkAt, operate, orders, stopped } from './recreations.ts'

/** The record of a restore to savepoint 1. */
const last: RestoreEntry = {
  action: 'restore',
  uid: 'uid-of-orders',
  state: 'Restored',
  target: sp(1),
  requestedAt: '2026-03-01T11:00:00Z',
  safety: sp(7),
  restartPoint: sp(6),
  changes: [
    { path: 'spec.job.fromSavepoint', to: sp(1) },
    { path: 'spec.job.allowNonRestoredState', from: false, to: true },
  ],
}
/** As that restore left it. */
const job = { fromSavepoint: sp(1), allowNonRestoredState: true }

async function undone(
  entries: readonly RestoreEntry[],
  words = '',
  object = stopped(spotifyCluster, { job }),
) {
  const lines = entries.map(entry => JSON.stringify(entry))
  const there = scene({ objects: [object, recordOf(lines)], flink: flinkAt(7) })
  const { exit, stdout, stderr } = await program(
    there.world,
    `restore orders --undo --dry-run=client${words} --verify=false`,
  )
  return { exit, stdout, stderr: stderr.split('\n').filter(Boolean), requests: there.fake.requests }
}

/** From what to what the plan goes. */
async function planned(...args: Parameters<typeof undone>) {
  const [entries, words = '', object] = args
  const { stdout, stderr } = await undone(entries, `${words} -o json`, object)
  const { savepoint, changes } = JSON.parse(stdout || '{}') as Fields
  return { savepoint, changes, stderr }
}

describe('restore --undo', () => {
  const changes = (location: string, allow = false) => [
    { path: 'spec.job.fromSavepoint', from: sp(1), to: location },
    { path: 'spec.job.allowNonRestoredState', from: true, to: allow },
  ]
  const text = `taking back the restore from ${sp(1)} of 2026-03-01T11:00:00Z`

  it('goes back to the safety savepoint of the last restore, and puts allowNonRestoredState back', async () => {
    assert.deepEqual(await planned([last]), {
      savepoint: {
        job: { ...orders, uid: 'uid-of-orders' },
        location: sp(7),
        sources: ['record'],
      },
      changes: changes(sp(7)),
      stderr: [text],
    })
  })

  it('goes back to the restart point before it where none was taken', async () => {
    const { safety: _, ...without } = last
    assert.deepEqual((await planned([without])).changes, changes(sp(6)))
  })

  it('leaves allowNonRestoredState as it was before, or as the flag says', async () => {
    const allowed: RestoreEntry = {
      ...last,
      changes: [{ path: 'spec.job.allowNonRestoredState', from: true, to: true }],
    }
    assert.deepEqual(
      [
        (await planned([allowed])).changes,
        (await planned([allowed], ' --allow-non-restored-state=false')).changes,
        (await planned([last], ' --allow-non-restored-state')).changes,
      ],
      [changes(sp(7), true), changes(sp(7)), changes(sp(7), true)],
    )
  })

  it('takes back the last that changed something, of this object', async () => {
    const more: RestoreEntry[] = [
      { ...last, requestedAt: '2026-03-01T10:00:00Z', safety: sp(8) },
      last,
      { ...last, requestedAt: '2026-03-01T11:30:00Z', safety: sp(9), state: 'Unchanged' },
      { ...last, requestedAt: '2026-03-01T11:40:00Z', safety: sp(5), uid: 'uid-of-another' },
    ]
    assert.deepEqual((await planned(more)).changes, changes(sp(7)))
  })

  it('is refused where nothing is recorded', async () => {
    const { exit, stderr } = await undone([])
    assert.deepEqual(
      [exit, stderr],
      [1, ['error: no restore of flinkcluster/orders is recorded that could be taken back']],
    )
  })

  it('is refused where no location is recorded', async () => {
    const { safety: _, restartPoint: __, ...without } = last
    const { exit, stderr } = await undone([without])
    assert.deepEqual(
      [exit, stderr],
      [
        1,
        [
          'error: cannot take the restore of flinkcluster/orders back: neither a safety savepoint nor a restart point before it is recorded',
          'name the savepoint: kubectl flinksp history flinkcluster/orders -n default lists them',
        ],
      ],
    )
  })

  for (const location of ['gs://evil/savepoint-1', 'gs://bucket/orders/../evil', 'file:///etc'])
    it(`is not steered to ${location} by a planted record`, async () => {
      const planted = { ...last, safety: location }
      const { exit, stderr } = await undone([planted])
      assert.deepEqual(
        [exit, stderr],
        [
          1,
          [
            text,
            `error: cannot restore flinkcluster/orders from ${location}: this location is known only from the record, and is not below gs://bucket/orders`,
            'if it is the right one: --allow-unknown-location',
          ],
        ],
      )
      assert.equal((await undone([planted], ' --allow-unknown-location')).exit, 0)
    })

  it('does nothing to fields that a planted record names', async () => {
    const planted: RestoreEntry = {
      ...last,
      changes: [
        { path: 'spec.image.name', from: 'evil', to: 'good' },
        { path: 'spec.job.allowNonRestoredState', from: 'yes', to: true },
      ],
    }
    assert.deepEqual((await planned([planted])).changes, changes(sp(7)))
  })

  it('takes a recreation back by another one, also of the object that came out of it', async () => {
    const lines = [last, { ...last, uid: 'uid-of-new' }].map(entry => JSON.stringify(entry))
    const object = taken(spotifyCluster, { uid: 'uid-of-new', job, jobStatus: { state: 'Failed' } })
    const { fake, world } = scene({ objects: [object, recordOf(lines)], flink: flinkAt(7) })
    const ended = program(world, 'restore orders --undo --recreate --yes --verify=false')
    operate(fake).catch(() => undefined)
    const { exit, stdout } = await awake(world, ended)
    assert.deepEqual(
      [exit, stdout, fake.object(orders)?.spec],
      [
        0,
        `flinkcluster.flinkoperator.k8s.io/orders restored from ${sp(7)}\n`,
        {
          job: {
            savepointsDir: 'gs://bucket/orders',
            fromSavepoint: sp(7),
            allowNonRestoredState: false,
          },
        },
      ],
    )
  })

  it('costs no further request', async () => {
    assert.deepEqual((await undone([last])).requests, [`get ${key}`, `get ${configMap}`])
  })
})
