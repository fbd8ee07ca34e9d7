import assert from 'node:assert/strict'
import type { TakeEntry } from '../../src/history/entry.ts'
import { a, entryA, job, merged, savepointA, takenA, triggerA } from './views.ts'

describe('a planted record', () => {
  const planted = 'gs://evil/savepoint-ef5f05-eeeeeeeeeeee'

  it('cannot give a place to an attempt that the operator saw: the place is known from the record alone', () => {
    const savepoint = { state: 'Failed', triggerID: triggerA, message: 'Savepoint error: no' }
    const record = [{ ...entryA, location: planted }]
    assert.deepEqual(
      merged({ status: { savepoint } }, { record }).map(({ location, sources }) => ({ location, sources })),
      [{ location: planted, sources: ['record'] }],
    )
  })

  it('cannot move the place of a savepoint that the operator knows', () => {
    assert.deepEqual(
      merged(takenA, { record: [{ ...entryA, location: planted }] }).map(({ location, sources }) => ({
        location,
        sources,
      })),
      [
        { location: a, sources: ['status'] },
        { location: planted, sources: ['record'] },
      ],
    )
  })

  it('cannot make a known savepoint older, newer, withdrawn, or that of another object', () => {
    const lies: TakeEntry[] = [
      {
        ...entryA,
        uid: 'uid-before',
        completedAt: '2026-02-01T00:00:00Z',
        generation: 99,
        trigger: 'scheduled',
      },
      { action: 'take', uid: job.uid, state: 'Withdrawn', triggerId: triggerA },
    ]
    assert.deepEqual(merged(takenA, { record: lies }), [{ ...savepointA, sources: ['status', 'record'] }])
  })
})
