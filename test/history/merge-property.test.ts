import assert from 'node:assert/strict'
import fc from 'fast-check'
import { normalisedLocation } from '../../src/domain/location.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { mergeSavepoints } from '../../src/history/merge.ts'
import { holds, seed } from '../support/property.ts'
import { type AnyHistory, anyHistory } from './any-history.ts'

const runs = 600

function sourcesOf({ status, rest, record }: AnyHistory): readonly (readonly Savepoint[])[] {
  return [status, rest, record]
}

function mergedOf(history: AnyHistory): Savepoint[] {
  return mergeSavepoints(sourcesOf(history).flat(), history.restartPoint)
}

function placesOf(list: readonly Savepoint[]): string[] {
  return list.flatMap(({ location }) => (location === undefined ? [] : [normalisedLocation(location)])).sort()
}

describe(`Whatever happened to a job and whoever noted it (seed ${seed}), its history`, () => {
  it('is the same in whatever order its sources are read', () =>
    holds(
      fc.tuple(anyHistory, fc.shuffledSubarray([0, 1, 2], { minLength: 3 })),
      runs,
      ([history, order]) => {
        const sources = sourcesOf(history)
        const shuffled = order.flatMap(at => sources[at] ?? [])
        assert.deepEqual(mergeSavepoints(shuffled, history.restartPoint), mergedOf(history))
      },
    ))

  it('is the same where it is merged again, also with what the object says once more', () =>
    holds(anyHistory, runs, history => {
      const merged = mergedOf(history)
      assert.deepEqual(mergeSavepoints([...merged, ...history.status], history.restartPoint), merged)
      assert.deepEqual(mergeSavepoints(merged, history.restartPoint), merged)
    }))

  it('has each savepoint of which a place is known, once, and as complete', () =>
    holds(anyHistory, runs, history => {
      const merged = mergedOf(history)
      const known = new Set(placesOf(sourcesOf(history).flat()))
      assert.deepEqual(placesOf(merged), [...known].sort())
      for (const { location, state } of merged) assert.equal(location !== undefined, state === 'Completed')
    }))

  it('shows nothing twice, and no savepoint that failed as one that completed', () =>
    holds(anyHistory, runs, history => {
      const savepoints = mergedOf(history).filter(({ type }) => type === 'savepoint')
      // What take lost sight of, and nobody who knows its place tells when it was asked for, stands alone.
      const ended = savepoints.filter(({ state }) => state === 'Completed' || state === 'Failed')
      assert(ended.length <= history.attempts.length, `${ended.length} of ${history.attempts.length}`)
      for (const attempt of history.attempts) {
        const [shown, ...more] = savepoints.filter(({ triggerId }) => triggerId === attempt.triggerId)
        assert.deepEqual(more, [])
        if (shown?.state === 'Completed') assert(attempt.completed)
        if (shown?.state === 'Failed') assert(!attempt.completed)
      }
    }))

  it('marks one restart point at most, the operator’s own, and it is complete', () =>
    holds(anyHistory, runs, history => {
      const points = mergedOf(history).filter(({ restartPoint }) => restartPoint)
      const own = history.restartPoint === undefined ? [] : [normalisedLocation(history.restartPoint)]
      assert.deepEqual(placesOf(points), own)
      assert(points.every(({ state }) => state === 'Completed'))
    }))
})
