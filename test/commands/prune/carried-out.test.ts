import assert from 'node:assert/strict'
import { failure } from '../../../src/domain/failure.ts'
import type { Places } from '../../../src/domain/places.ts'
import { type FakePlaces, fakePlaces } from '../../support/fake-places.ts'
import { program } from '../../support/program.ts'
import { recordOf } from '../history/samples.ts'
import {
  disposing,
  entryOf,
  filesOf,
  four,
  fourFiles,
  orders,
  prune,
  type Setting,
  silent,
  sp,
  timeOf,
} from './samples.ts'

const record = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'default',
  name: 'flinksp-flinkcluster-orders',
}
const files = (...numbers: number[]) =>
  numbers.flatMap(number => [`${sp(number)}/_metadata`, `${sp(number)}/state`])

/** Refuses to delete what ends like this. */
function guarded(places: FakePlaces, guard: (file: string) => boolean, onRefusal = () => {}): FakePlaces {
  const remove: Places['remove'] = async file => {
    if (!guard(file)) return await places.remove(file)
    onRefusal()
    throw failure('not-asked', `cannot delete ${file}: permission denied`)
  }
  return { ...places, remove }
}

describe('prune --yes', () => {
  it('has Flink delete what goes, the oldest first, and records it: history shows it as pruned', async () => {
    const places = fakePlaces(fourFiles)
    const { exit, stderr, left, asked, cluster, world } = await prune('orders --keep 2 --yes', {
      places,
      answer: disposing(places),
    })
    assert.deepEqual([exit, left], [0, files(3, 4)])
    assert.deepEqual(asked.slice(2), ['dispose', 'disposal', 'dispose', 'disposal'])
    assert.deepEqual(stderr.split('\n').slice(2), [`deleted ${sp(1)}`, `deleted ${sp(2)}`, ''])
    const lines = String(cluster.object(record)?.body['data']?.['entries' as never])
      .trim()
      .split('\n')
    assert.deepEqual(
      lines.map(line => JSON.parse(line)).map(({ location, prunedAt }) => [location, prunedAt]),
      [
        [sp(3), undefined],
        [sp(4), undefined],
        [sp(1), '2026-03-01T12:00:00Z'],
        [sp(2), '2026-03-01T12:00:00Z'],
      ],
    )
    const history = await program(world, 'history orders --sources record,status')
    assert.match(history.stdout, /^- +Pruned +manual +8d .*-111111111111$/m)
    assert.match(history.stdout, /^\*- +Completed +manual +5d .*-444444444444$/m)
    assert.equal(
      (await program(world, 'history orders --sources record -o name')).stdout,
      `${sp(4)}\n${sp(3)}\n`,
    )
    const restore = await program(world, 'restore orders latest~2 --dry-run=client')
    assert.match(restore.stderr, /has only 2 known savepoints/)
  })

  it('deletes file by file where Flink does not answer, _metadata first and the directory last', async () => {
    const { exit, places } = await prune('orders --keep 3 --yes', { answer: silent })
    assert.deepEqual([exit, places.removed], [0, [`${sp(1)}/_metadata`, `${sp(1)}/state`, `${sp(1)}/`]])
  })

  it('does from here what Flink says it could not', async () => {
    const answer: Setting['answer'] = question => {
      if (question.ask === 'dispose') return { answer: 'taken', triggerId: 'd'.repeat(32) }
      if (question.ask !== 'disposal') return silent()
      const why = { message: 'Could not dispose savepoint', rootCause: 'no such plugin' }
      return { answer: 'disposal', disposal: { state: 'FAILED', failure: why } }
    }
    const { exit, stderr, left } = await prune('orders --keep 3 --yes', { answer })
    assert.deepEqual([exit, left], [0, files(2, 3, 4)])
    assert.match(stderr, /^Flink did not delete gs:.* \(no such plugin\): it is deleted from here$/m)
  })

  it('does not believe Flink that says it is done while _metadata is there', async () => {
    const answer: Setting['answer'] = question => {
      if (question.ask === 'dispose') return { answer: 'taken', triggerId: 'd'.repeat(32) }
      if (question.ask === 'disposal') return { answer: 'disposal', disposal: { state: 'COMPLETED' } }
      return silent()
    }
    const { left, stdout } = await prune('orders --keep 3 --yes', { answer })
    assert.deepEqual(left, files(2, 3, 4))
    assert.match(stdout, /^Deleted +\S+ +storage /m)
  })

  it('leaves a savepoint whole where its _metadata may not be deleted, goes on with the next, and says so', async () => {
    const places = guarded(fakePlaces(fourFiles), file => file === `${sp(1)}/_metadata`)
    const { exit, stdout, stderr, left } = await prune('orders --keep 2 --yes', { places, answer: silent })
    assert.deepEqual([exit, left], [3, files(1, 3, 4)])
    assert.match(stdout, /^Kept +0 +- +\S+-111111111111 +cannot delete \S+: permission denied$/m)
    assert.match(stdout, /^Deleted +\S+ +storage +\S+-222222222222 /m)
    assert.match(stderr, /^error: 1 of 2 savepoints were not deleted: cannot delete /m)
  })

  it('tells of what is left of a savepoint whose files could not all be deleted: it is pruned all the same', async () => {
    const places = guarded(fakePlaces(fourFiles), file => file === `${sp(1)}/state`)
    const { exit, stdout, left, world } = await prune('orders --keep 3 --yes', { places, answer: silent })
    assert.deepEqual([exit, left], [3, [`${sp(1)}/state`, ...files(2, 3, 4)]])
    assert.match(stdout, /^Partly +\d+ +storage +\S+-111111111111 +1 of its files are left: /m)
    assert.match(
      (await program(world, 'history orders --sources record')).stdout,
      /^- +Pruned .*-111111111111$/m,
    )
  })

  it('ends after the savepoint at hand when it is interrupted, and tells what is deleted', async () => {
    const places = fakePlaces(fourFiles)
    let interrupt = () => {}
    const remove: Places['remove'] = async file => {
      interrupt()
      await places.remove(file)
    }
    const { fakeWorld, fakeRest } = await import('../../support/fakes.ts')
    const { fakeCluster } = await import('../../support/fake-cluster.ts')
    const cluster = fakeCluster({ objects: [orders(), four] })
    const world = fakeWorld({ cluster, rest: fakeRest(silent), places: { ...places, remove } })
    interrupt = () => world.interrupt()
    const { exit, stdout, stderr } = await program(world, 'prune orders --keep 1 --yes')
    assert.deepEqual([exit, [...places.files.keys()].sort()], [130, files(2, 3, 4)])
    assert.match(stdout, /^Deleted .*-111111111111 +-$/m)
    assert.match(stdout, /^Kept .*-222222222222 +interrupted$/m)
    assert.match(stderr, /^interrupted: |error: interrupted: 2 of 3 savepoints were not deleted$/m)
  })

  it('deletes nothing any more once the job was started from something else', async () => {
    const setting: Setting = { answer: silent }
    const { exit, stdout, left } = await prune('orders --keep 1 --yes', {
      ...setting,
      before: cluster =>
        cluster.before('update ConfigMap', () => void cluster.put(orders({ fromSavepoint: sp(2) }))),
    })
    assert.deepEqual([exit, left], [3, files(2, 3, 4)])
    assert.match(stdout, /^Kept .*-222222222222 +flinkcluster\/orders changed meanwhile$/m)
  })

  it('leaves alone what somebody put into the directory', async () => {
    const note = `${sp(1)}/README`
    const places = fakePlaces({ ...fourFiles, [note]: { bytes: new Uint8Array(3), modifiedAt: 0 } })
    assert.deepEqual((await prune('orders --keep 3 --yes', { places, answer: silent })).left, [
      note,
      ...files(2, 3, 4),
    ])
  })

  it('prints what it did as JSON', async () => {
    const { stdout } = await prune('orders --keep 3 --yes -o json', { answer: silent })
    const { kind, items } = JSON.parse(stdout)
    assert.deepEqual(
      [kind, items.map(({ location, state, via }: Record<string, string>) => ({ location, state, via }))],
      ['Prune', [{ location: sp(1), state: 'Deleted', via: 'storage' }]],
    )
  })

  it('deletes nothing with --dry-run', async () => {
    for (const dryRun of ['client', 'server'])
      assert.deepEqual(
        (await prune(`orders --keep 1 --yes --dry-run=${dryRun}`, { answer: silent })).left,
        Object.keys(fourFiles).sort(),
      )
  })
})

describe('prune --apply', () => {
  const made = async (setting: Setting = {}) =>
    JSON.parse((await prune('orders --keep 2 -o json', { answer: silent, ...setting })).stdout)

  it('carries out the plan that was kept', async () => {
    const { exit, left } = await prune('orders --apply plan.json', {
      manifests: { 'plan.json': await made() },
      answer: silent,
    })
    assert.deepEqual([exit, left], [0, files(3, 4)])
  })

  const moved: readonly (readonly [string, Setting, RegExp])[] = [
    [
      'a savepoint more is recorded',
      { objects: [orders(), recordOf([1, 2, 3, 4, 5].map(number => entryOf(number)))] },
      /its record says something else/,
    ],
    [
      'a savepoint more lies there',
      { places: fakePlaces({ ...fourFiles, ...filesOf(5) }) },
      /other savepoints are there/,
    ],
    [
      'the job starts from something else',
      { objects: [orders({ fromSavepoint: sp(1) }), four] },
      /the job was started anew, or starts from something else now/,
    ],
    [
      'a file of what goes is another',
      {
        places: fakePlaces({
          ...fourFiles,
          [`${sp(1)}/state`]: { bytes: new Uint8Array(100), modifiedAt: Date.parse(timeOf(3)) },
        }),
      },
      /files of what would be deleted are others/,
    ],
    [
      'another job uses what goes',
      {
        objects: [
          orders(),
          four,
          {
            ...orders({}, { savepointLocation: sp(1) }),
            metadata: { name: 'copy', namespace: 'x', uid: 'c' },
          },
        ],
      },
      /other savepoints would be deleted; other savepoints would stay/,
    ],
  ]
  for (const [what, setting, words] of moved)
    it(`refuses, and deletes nothing, where ${what}`, async () => {
      const manifests = { 'plan.json': await made() }
      const before = [...(setting.places ?? fakePlaces(fourFiles)).files.keys()].sort()
      const { exit, stderr, left } = await prune('orders --apply plan.json', {
        manifests,
        answer: silent,
        ...setting,
      })
      assert.deepEqual([exit, left], [1, before])
      assert.match(stderr, /^error: nothing was deleted: since the plan was made, something changed: /m)
      assert.match(stderr, words)
    })

  it('refuses the plan of another job, one from the future, and what is no plan', async () => {
    const plan = await made()
    for (const [wrong, words] of [
      [
        { ...plan, job: { ...plan.job, uid: 'another' } },
        /the plan was not made for this flinkcluster\/orders/,
      ],
      [{ ...plan, at: '2027-01-01T00:00:00Z' }, /it was made later than now/],
      [{ ...plan, kind: 'RestorePlan' }, /it is no PrunePlan/],
      [{ ...plan, criteria: {} }, /it does not say what to leave/],
    ] as const) {
      const ended = await prune('orders --apply plan.json', {
        manifests: { 'plan.json': wrong },
        answer: silent,
      })
      assert.deepEqual([ended.exit, ended.places.removed], [1, []])
      assert.match(ended.stderr, words)
    }
  })

  it('deletes nothing that the criteria would not: a plan with a line more is refused', async () => {
    const plan = await made()
    const more = { ...plan, delete: [...plan.delete, { location: sp(3), fingerprint: 'x' }] }
    const { exit, left } = await prune('orders --apply plan.json', {
      manifests: { 'plan.json': more },
      answer: silent,
    })
    assert.deepEqual([exit, left], [1, Object.keys(fourFiles).sort()])
  })
})
