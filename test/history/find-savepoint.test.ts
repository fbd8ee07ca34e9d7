import assert from 'node:assert/strict'
import { Failure } from '../../src/domain/failure.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { candidates } from '../../src/history/candidates.ts'
import { findSavepoint, parseSavepointName } from '../../src/history/find-savepoint.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'default',
  name: 'orders',
  uid: 'now',
}

function savepoint(parts: Partial<Savepoint>): Savepoint {
  return {
    job,
    state: 'Completed',
    type: 'savepoint',
    restartPoint: false,
    origin: false,
    sources: ['status'],
    ...parts,
  }
}

const list = [
  savepoint({ state: 'Failed', generation: 9 }),
  savepoint({ state: 'Withdrawn', generation: 8 }),
  savepoint({ state: 'InProgress', generation: 10 }),
  savepoint({ type: 'checkpoint', location: 'gs://b/chk-9' }),
  savepoint({ job: { ...job, uid: 'before' }, location: 'gs://b/of-before', generation: 12 }),
  savepoint({ location: 'gs://b/three', generation: 7 }),
  savepoint({ location: 'gs://b/two', generation: 6 }),
  savepoint({ location: 'gs://b/origin', origin: true }),
]

function found(word: string, among: readonly Savepoint[] = list) {
  return findSavepoint(among, parseSavepointName(word), job, now)
}

describe('a SAVEPOINT', () => {
  const known: Record<string, string> = {
    latest: 'gs://b/three',
    'latest~0': 'gs://b/three',
    'latest~1': 'gs://b/two',
    'gen:6': 'gs://b/two',
    'gs://b/two/_metadata': 'gs://b/two',
    'gs://b/of-before/': 'gs://b/of-before',
    'gs://b/origin': 'gs://b/origin',
    'gs://b/chk-9': 'gs://b/chk-9',
  }
  for (const [word, location] of Object.entries(known)) {
    it(`is found by ${word}`, () => {
      assert.deepEqual(
        found(word),
        list.find(one => one.location === location),
      )
    })
  }

  it('that no source knows is its location alone', () => {
    for (const location of ['gs://b/strange', '/mnt/sp', './sp', 'file:/sp']) {
      assert.deepEqual(found(location), { location })
    }
  })

  const unknown: Record<string, string> = {
    'latest~2': 'error: flinkcluster/orders has only 2 known savepoints',
    'gen:8': 'error: savepointGeneration 8 was withdrawn: it is not a savepoint (flinkcluster/orders)',
    'gen:9': 'error: the savepoint of savepointGeneration 9 failed (flinkcluster/orders)',
    'gen:10': 'error: the savepoint of savepointGeneration 10 is not complete (flinkcluster/orders)',
    'gen:12': 'error: no savepoint of savepointGeneration 12 is known (flinkcluster/orders)',
  }
  for (const [word, message] of Object.entries(unknown)) {
    it(`is not ${word}: ${message}`, () => {
      assert.throws(() => found(word), new Failure('not-asked', message))
    })
  }

  it('is never the origin by latest, which says where it is', () => {
    const origin = savepoint({ location: 'gs://b/origin', origin: true })
    assert.throws(
      () => found('latest', [origin]),
      (error: unknown) => {
        assert.ok(error instanceof Failure)
        const { code, message, hints } = error
        assert.deepEqual(
          { code, message, hints },
          {
            code: 'not-asked',
            message: 'error: no savepoint of flinkcluster/orders is known',
            hints: ['it was started from gs://b/origin; name that location to use it'],
          },
        )
        return true
      },
    )
  })

  for (const word of [
    '',
    '#12',
    '-1',
    'latest~',
    'latest~-1',
    'gen:',
    'gen:x',
    'gen12',
    'Before',
    'name:',
    'name:latest',
    'name:gs://b/x',
    '~',
  ]) {
    it(`is not ${JSON.stringify(word)}`, () => {
      assert.throws(
        () => parseSavepointName(word),
        (error: unknown) => error instanceof Failure && error.code === 'usage',
      )
    })
  }

  describe('that has a name', () => {
    const at = { completedAt: '2026-03-01T10:30:00Z' }
    const named = [
      savepoint({ name: 'before-v2', location: 'gs://b/v2', ...at }),
      savepoint({ name: 'torn', state: 'Failed' }),
      savepoint({ name: 'going', state: 'InProgress' }),
      savepoint({ name: 'again', location: 'gs://b/again', ...at }),
      savepoint({ name: 'again', state: 'Failed' }),
      savepoint({ name: 'before-v2', location: 'gs://b/old-v2', job: { ...job, uid: 'before' } }),
      savepoint({ name: 'old', location: 'gs://b/old', job: { ...job, uid: 'before' } }),
      savepoint({ location: 'gs://b/three' }),
    ]
    const locations = {
      'before-v2': 'gs://b/v2',
      'name:before-v2': 'gs://b/v2',
      again: 'gs://b/again',
      old: 'gs://b/old',
    }
    for (const [word, location] of Object.entries(locations))
      it(`is found by ${word}`, () => {
        assert.equal(found(word, named).location, location)
      })

    const refused: Record<string, readonly string[]> = {
      'before-v3': [
        'error: no savepoint of flinkcluster/orders is called before-v3',
        'its savepoints are called before-v2 (90m old), again (90m old)',
      ],
      torn: ['error: the savepoint torn of flinkcluster/orders failed'],
      going: ['error: the savepoint going of flinkcluster/orders is not complete'],
    }
    for (const [word, [message = '', ...hints]] of Object.entries(refused))
      it(`is not ${word}: ${message}`, () => {
        assert.throws(() => found(word, named), new Failure('not-asked', message, { hints }))
      })

    it('is nobody of two that have the same name', () => {
      const twins = [...named, savepoint({ name: 'before-v2', location: 'gs://b/planted' })]
      const message =
        'error: 2 savepoints of flinkcluster/orders are called before-v2; name one by its location'
      assert.throws(
        () => found('before-v2', twins),
        new Failure('not-asked', message, { hints: ['gs://b/v2', 'gs://b/planted'] }),
      )
    })

    it('is not found where no savepoint has a name, and it is said how else to name one', () => {
      assert.throws(
        () => found('before-v2'),
        new Failure('not-asked', 'error: no savepoint of flinkcluster/orders is called before-v2', {
          hints: [
            'none of its savepoints has a name; a SAVEPOINT is latest, latest~1 (the one before), gen:12, a name, or a location such as gs://bucket/savepoint-c0c55c-63ed75ba89c1',
          ],
        }),
      )
    })

    it('is offered by every short word that finds it, with its age', () => {
      const offered = candidates(
        [
          savepoint({
            name: 'v2',
            location: 'gs://b/v2',
            generation: 7,
            trigger: 'manual',
            note: 'a note',
            ...at,
          }),
          savepoint({ location: 'gs://b/one', trigger: 'scheduled', ...at }),
          savepoint({ location: 'gs://b/origin', origin: true }),
          savepoint({ location: 'gs://b/old', job: { ...job, uid: 'before' } }),
          savepoint({ state: 'Failed', generation: 9 }),
        ],
        job,
        now,
      )
      const v2 = '90m old, manual, a note, gs://b/v2'
      const one = '90m old, scheduled, gs://b/one'
      assert.deepEqual(offered, [
        { word: 'latest', description: v2 },
        { word: 'latest~1', description: one },
        { word: 'v2', description: v2 },
        { word: 'gen:7', description: v2 },
      ])
    })
  })
})
