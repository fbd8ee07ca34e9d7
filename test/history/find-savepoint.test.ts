import assert from 'node:assert/strict'
import { Failure } from '../../src/domain/failure.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { findSavepoint, parseSavepointName } from '../../src/history/find-savepoint.ts'

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
  return findSavepoint(among, parseSavepointName(word), job)
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
    'before-upgrade',
    'name:x',
    '~',
  ]) {
    it(`is not ${JSON.stringify(word)}`, () => {
      assert.throws(
        () => parseSavepointName(word),
        (error: unknown) => error instanceof Failure && error.code === 'usage',
      )
    })
  }
})
