import assert from 'node:assert/strict'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { addEntries } from '../../src/history/add-entries.ts'
import { entryOfStop, formatEntry, type RestoreEntry, type StopEntry } from '../../src/history/entry.ts'
import { savepointsOfRecord } from '../../src/history/from-record.ts'
import { lastRestore, lastStop } from '../../src/history/last.ts'
import { parseEntry } from '../../src/history/parse-entry.ts'
import { emptyRecord, entriesOf } from '../../src/history/record.ts'
import { a, b, entryA, job, savepointA, triggerA } from './views.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

const stop: StopEntry = {
  action: 'stop',
  uid: job.uid,
  state: 'Completed',
  requestedAt: '2026-03-01T10:00:00Z',
  location: a,
  name: 'before-v2',
  note: 'Vor dem Umbau',
  drain: true,
  triggerId: triggerA,
  completedAt: '2026-03-01T10:00:10Z',
  durationMillis: 10_000,
  changes: [{ path: 'spec.cleanupPolicy.afterJobSucceeds', from: 'DeleteCluster', to: 'KeepCluster' }],
}

const restore: RestoreEntry = {
  action: 'restore',
  uid: job.uid,
  state: 'Restored',
  target: a,
  requestedAt: '2026-03-01T11:00:00Z',
}

const recordOf = (...entries: Parameters<typeof addEntries>[1]) => addEntries(emptyRecord, entries)

describe('a stop in the record', () => {
  it('is read back as it was written', () => {
    assert.deepEqual(parseEntry(formatEntry(stop), now), stop)
  })

  it('is one savepoint of the history, by its name', () => {
    const { uid: _, action: __, drain: ___, changes: ____, ...known } = stop
    assert.deepEqual(savepointsOfRecord(recordOf(stop), job), [
      {
        job,
        ...known,
        trigger: 'cancel',
        type: 'savepoint',
        restartPoint: false,
        origin: false,
        sources: ['record'],
      },
    ])
  })

  it('is made of the savepoint that it left, and of nothing else as long as there is none', () => {
    const about = { requestedAt: '2026-03-01T10:00:00Z', drain: false }
    const {
      job: { uid },
      location,
      generation,
      triggerId,
      flinkJobId,
      completedAt,
      durationMillis,
    } = savepointA
    const ids = { generation, triggerId, flinkJobId }
    assert.deepEqual(entryOfStop(savepointA, about), {
      action: 'stop',
      uid,
      location,
      ...ids,
      completedAt,
      durationMillis,
      state: 'Completed',
      ...about,
    })
    const { location: _, completedAt: __, durationMillis: ___, ...asked } = savepointA
    const requested: Savepoint = { ...asked, state: 'Requested' }
    assert.deepEqual(entryOfStop(requested, about), {
      action: 'stop',
      uid,
      ...ids,
      state: 'InProgress',
      ...about,
    })
  })

  it('replaces what was written when it began, and the bare savepoint that somebody else saw complete', () => {
    const { location: _, completedAt: __, durationMillis: ___, ...asked } = stop
    const begun: StopEntry = { ...asked, state: 'InProgress' }
    const { name: ____, ...nameless } = entryA
    assert.deepEqual(entriesOf(recordOf(begun, nameless, stop)), [stop])
    assert.deepEqual(entriesOf(recordOf(stop, nameless)), [stop])
    assert.deepEqual(entriesOf(recordOf(begun, nameless)), [begun, nameless])
  })

  const bad: Record<string, object> = {
    'no location although it is complete': { location: undefined },
    'a location although it failed': { state: 'Failed' },
    'a state that only a savepoint has': { state: 'Withdrawn', location: undefined },
    'no time': { requestedAt: undefined },
    'a time of next year': { requestedAt: '2027-03-01T12:00:00Z' },
    'a location that moves the cursor': { location: 'gs://bucket/\u001b[2Jx' },
    'a drain that is a word': { drain: 'yes' },
    'a name that is a location': { name: 'gs://bucket/evil' },
    'a name that means another savepoint': { name: 'latest' },
    'a note of two lines': { note: 'one\ntwo' },
    'changes that are none': { changes: 'all' },
    'one change that cannot be undone': {
      changes: [...(stop.changes ?? []), { path: 'spec', from: { job: {} } }],
    },
    'more changes than a stop makes': { changes: Array(40).fill(stop.changes?.[0]) },
    'a uid that is a path': { uid: '../../secrets' },
  }
  for (const [what, changes] of Object.entries(bad)) {
    it(`is no entry with ${what}`, () => {
      assert.equal(parseEntry(JSON.stringify({ ...stop, ...changes }), now), undefined)
    })
  }
})

describe('what resume and --undo start from', () => {
  const later: StopEntry = {
    ...stop,
    requestedAt: '2026-03-01T11:30:00Z',
    triggerId: 'c'.repeat(32),
    location: b,
  }

  it('is the last stop of this object, in whatever order the lines stand', () => {
    assert.deepEqual(lastStop(recordOf(later, stop), job.uid), later)
    assert.equal(lastStop(recordOf({ ...stop, uid: 'uid-before' }), job.uid), undefined)
  })

  it('is no stop after which the job was started again, but one whose restart did not end well', () => {
    assert.equal(lastStop(recordOf(stop, restore), job.uid), undefined)
    assert.deepEqual(lastStop(recordOf(stop, { ...restore, state: 'Failed' }), job.uid), stop)
    assert.deepEqual(lastStop(recordOf(stop, restore, later), job.uid), later)
    assert.deepEqual(lastStop(recordOf(stop, { ...restore, uid: 'uid-before' }), job.uid), stop)
  })

  it('is the last restore of this object that changed something, also one that nobody saw end', () => {
    const begun: RestoreEntry = { ...restore, state: 'InProgress', requestedAt: '2026-03-01T11:10:00Z' }
    const refused: RestoreEntry = { ...restore, state: 'Unchanged', requestedAt: '2026-03-01T11:20:00Z' }
    const foreign: RestoreEntry = { ...begun, uid: 'uid-before', requestedAt: '2026-03-01T11:30:00Z' }
    assert.deepEqual(lastRestore(recordOf(restore, begun, refused, foreign), job.uid), begun)
    assert.equal(lastRestore(recordOf(refused), job.uid), undefined)
  })
})

describe('a full record', () => {
  const taken = (at: number) => ({
    action: 'take' as const,
    uid: job.uid,
    state: 'Completed' as const,
    location: `gs://bucket/orders/savepoint-${at}`,
  })

  it('loses its oldest savepoints before the last stop, the last restore and what has a name', () => {
    const named = { ...taken(1), name: 'keep' }
    const { name: _, note: __, ...nameless } = stop
    const at = { requestedAt: '2026-03-01T09:00:00Z', triggerId: 'd'.repeat(32), location: b }
    const older: StopEntry = { ...nameless, ...at }
    const many = Array.from({ length: 300 }, (_, at) => taken(at + 10))
    const left = entriesOf(recordOf(older, stop, restore, named, ...many))
    assert.deepEqual(left, [stop, restore, named, ...many.slice(-197)])
  })

  it('loses its oldest failures before any savepoint', () => {
    const failed = (at: number) => ({
      ...taken(at),
      state: 'Failed' as const,
      triggerId: `${at}`.padStart(32, '0'),
    })
    const failures = Array.from({ length: 30 }, (_, at) => {
      const { location: _location, ...entry } = failed(at)
      return entry
    })
    const many = Array.from({ length: 180 }, (_, at) => taken(at))
    assert.deepEqual(entriesOf(recordOf(...many, ...failures)), [...many, ...failures.slice(10)])
  })

  it('loses its oldest names where it is full of names', () => {
    const many = Array.from({ length: 210 }, (_, at) => ({ ...taken(at), name: `name-${at}` }))
    assert.deepEqual(entriesOf(recordOf(...many)), many.slice(10))
  })

  it('keeps the name of a savepoint that another plugin saw complete', () => {
    const named = { ...entryA, name: 'before-v2', note: 'a note' }
    assert.deepEqual(entriesOf(recordOf(named, entryA)), [named])
    assert.deepEqual(entriesOf(recordOf(entryA, named)), [named])
  })
})
