import assert from 'node:assert/strict'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import type { TakeEntry } from '../../src/history/entry.ts'
import { savepointsOfRest } from '../../src/history/from-rest.ts'
import { mergeSavepoints } from '../../src/history/merge.ts'
import { type ClusterParts, flinkJobId } from '../support/flink-clusters.ts'
import { a, b, checkpoint, entryA, job, merged, savepointA, takenA, triggerA, triggerB } from './views.ts'

describe('the sources together', () => {
  it('are one savepoint where they name the same place, however it is spelled', () => {
    const s3 = { ...takenA, jobStatus: { ...takenA.jobStatus, savepointLocation: 's3://bucket/sp/' } }
    const record = [{ ...entryA, location: 's3a://bucket/sp/_metadata', triggerId: triggerA }]
    const history = [checkpoint({ location: 's3p://bucket/sp' })]
    assert.deepEqual(
      merged(s3, { record, rest: { history } }).map(({ location, sources }) => ({ location, sources })),
      [{ location: 's3://bucket/sp/', sources: ['status', 'rest', 'record'] }],
    )
  })

  it("fill each other's gaps: Flink knows size, format and its own times", () => {
    const history = [
      checkpoint({
        location: a,
        format: 'CANONICAL',
        triggeredAt: Date.parse('2026-03-01T10:00:00.040Z'),
        endedAt: Date.parse('2026-03-01T10:00:00.165Z'),
        durationMillis: 125,
        sizeBytes: 2_111,
      }),
    ]
    assert.deepEqual(merged(takenA, { record: [entryA], rest: { history } }), [
      {
        ...savepointA,
        checkpointId: 7,
        format: 'CANONICAL',
        completedAt: '2026-03-01T10:00:00.165Z',
        durationMillis: 125,
        sizeBytes: 2_111,
        sources: ['status', 'rest', 'record'],
      },
    ])
  })

  it('are one checkpoint where Flink tells no place of it any more, and the snapshot does: it is missing', () => {
    const location = `s3://bucket/checkpoints/${flinkJobId}/chk-9`
    const snapshot: Savepoint = {
      job,
      state: 'Completed',
      type: 'checkpoint',
      triggerId: triggerA,
      location,
      restartPoint: false,
      origin: false,
      sources: ['snapshots'],
    }
    const seen = savepointsOfRest(
      {
        restoredCount: 0,
        history: [
          { ...checkpoint({ id: 10, discarded: true }), isSavepoint: false },
          { ...checkpoint({ id: 9, discarded: true }), isSavepoint: false },
        ],
      },
      job,
      flinkJobId,
    )
    const shown = mergeSavepoints([snapshot, ...seen]).map(one => {
      const { checkpointId, gone, sources } = one
      return { checkpointId, location: one.location, gone, sources }
    })
    assert.deepEqual(shown, [
      { checkpointId: 10, location: undefined, gone: undefined, sources: ['rest'] },
      { checkpointId: 9, location, gone: 'missing', sources: ['snapshots'] },
    ])
  })

  it('keep a failed snapshot once, which names no Flink job, and tell its own cause', () => {
    const failed: Savepoint = {
      job,
      state: 'Failed',
      type: 'savepoint',
      trigger: 'manual',
      requestedAt: '2026-03-01T10:00:00.100Z',
      failure: { message: 'disk full' },
      triggerId: triggerB,
      restartPoint: false,
      origin: false,
      sources: ['snapshots'],
    }
    const [listed] = merged(undefined, {
      rest: {
        history: [
          checkpoint({
            status: 'FAILED',
            triggeredAt: Date.parse('2026-03-01T10:00:00.120Z'),
            durationMillis: 30,
            failureMessage: 'disk full',
          }),
        ],
      },
    })
    assert.ok(listed)
    const told = (views: readonly Savepoint[]) =>
      mergeSavepoints(views).map(({ state, trigger, durationMillis, sources }) => ({
        state,
        trigger,
        durationMillis,
        sources,
      }))
    const one = { state: 'Failed', trigger: 'manual', durationMillis: 30, sources: ['snapshots', 'rest'] }
    assert.deepEqual(told([failed, listed]), [one])
    // Of another Flink job it is another one.
    const recorded: Savepoint = { ...failed, flinkJobId: 'f'.repeat(32), sources: ['record'] }
    assert.deepEqual(
      told([failed, recorded, listed]).map(({ sources }) => sources),
      [['rest'], ['snapshots', 'record']],
    )
  })

  it('keep a failed attempt once, with the cause that take asked Flink for', () => {
    const savepoint = { state: 'Failed', triggerID: triggerB, message: 'Savepoint error: cut' }
    const record: TakeEntry[] = [
      {
        action: 'take',
        uid: job.uid,
        state: 'Failed',
        triggerId: triggerB,
        requestedAt: '2026-03-01T10:00:00Z',
        failure: { message: 'Savepoint error: cut', rootCause: 'No space left on device' },
      },
    ]
    assert.deepEqual(
      merged({ status: { savepoint } }, { record }).map(({ state, failure, sources }) => ({
        state,
        failure,
        sources,
      })),
      [
        {
          state: 'Failed',
          failure: { message: 'Savepoint error: cut', rootCause: 'No space left on device' },
          sources: ['status', 'record'],
        },
      ],
    )
  })

  it('turn an origin into a savepoint of the object that took it, which may be gone', () => {
    const record = [{ ...entryA, uid: 'uid-before' }]
    assert.deepEqual(merged({ jobStatus: { fromSavepoint: a, savepointLocation: a } }, { record }), [
      {
        ...savepointA,
        job: { ...job, uid: 'uid-before' },
        sources: ['status', 'record'],
      },
    ])
  })

  it('list the savepoint that Flink was restored from as origin', () => {
    const restored = { isSavepoint: true, location: a }
    assert.deepEqual(
      merged(undefined, { rest: { restored } }).map(({ location, origin, sources }) => ({
        location,
        origin,
        sources,
      })),
      [{ location: a, origin: true, sources: ['rest'] }],
    )
    assert.deepEqual(merged(undefined, { rest: { restored: { ...restored, isSavepoint: false } } }), [])
  })

  it('find the place of a savepoint whose location was overwritten, by its trigger', () => {
    const restored = { ...takenA, jobStatus: { ...takenA.jobStatus, savepointLocation: b, fromSavepoint: b } }
    assert.deepEqual(
      merged(restored, { record: [entryA] }).map(({ location, triggerId, origin }) => ({
        location,
        triggerId,
        origin,
      })),
      [
        { location: a, triggerId: triggerA, origin: false },
        { location: b, triggerId: undefined, origin: true },
      ],
    )
    assert.deepEqual(
      merged(restored).map(({ location }) => location),
      [b],
    )
  })

  it('let Flink say what became of an attempt that the operator or take lost sight of', () => {
    const savepoint = {
      state: 'InProgress',
      triggerID: triggerB,
      jobID: flinkJobId,
      requestTime: '2026-03-01T10:00:00Z',
    }
    const history = [checkpoint({ id: 9, location: b, triggeredAt: Date.parse('2026-03-01T10:00:00.500Z') })]
    assert.deepEqual(
      merged({ status: { savepoint } }, { rest: { history } }).map(
        ({ state, location, triggerId, sources }) => ({
          state,
          location,
          triggerId,
          sources,
        }),
      ),
      [{ state: 'Completed', location: b, triggerId: triggerB, sources: ['rest'] }],
    )
  })

  it('list a failure that Flink and the operator both saw once, and other failures besides', () => {
    const savepoint = {
      state: 'Failed',
      triggerID: triggerB,
      jobID: flinkJobId,
      requestTime: '2026-03-01T10:00:00Z',
    }
    const history = [8, 7].map(id =>
      checkpoint({
        id,
        status: 'FAILED',
        triggeredAt: Date.parse('2026-03-01T10:00:00Z') + (id - 7) * 10_000,
      }),
    )
    assert.deepEqual(
      merged({ status: { savepoint } }, { rest: { history } }).map(({ checkpointId, sources }) => ({
        checkpointId,
        sources,
      })),
      [
        { checkpointId: 8, sources: ['rest'] },
        { checkpointId: 7, sources: ['status', 'rest'] },
      ],
    )
  })

  it('fulfil a recorded request by the savepoint that has its generation', () => {
    const record: TakeEntry[] = [
      {
        action: 'take',
        uid: job.uid,
        state: 'Requested',
        generation: 5,
        requestedAt: '2026-03-01T09:59:59Z',
      },
    ]
    assert.deepEqual(merged(takenA, { record }), [savepointA])
  })

  it('keep two triggers apart, even where one fulfilled the generation that the other was to fulfil', () => {
    const record: TakeEntry[] = [
      { action: 'take', uid: job.uid, state: 'InProgress', generation: 5, triggerId: triggerB },
    ]
    assert.deepEqual(
      merged(takenA, { record }).map(({ state, triggerId }) => ({ state, triggerId })),
      [
        { state: 'InProgress', triggerId: triggerB },
        { state: 'Completed', triggerId: triggerA },
      ],
    )
  })

  it('fulfil a request by annotation by the manual savepoint that follows', () => {
    const record: TakeEntry[] = [
      {
        action: 'take',
        uid: job.uid,
        state: 'Requested',
        trigger: 'manual',
        requestedAt: '2026-03-01T09:59:58Z',
      },
    ]
    assert.deepEqual(merged(takenA, { record }), [savepointA])
    const earlier = [{ ...record[0], requestedAt: '2026-03-01T08:00:00Z' } as TakeEntry]
    assert.deepEqual(
      merged(takenA, { record: earlier }).map(({ state }) => state),
      ['Completed', 'Requested'],
    )
  })

  it('fulfil a request by the savepoint that Flink saw at that moment, also where the object knows its place alone', () => {
    const { savepoint: _, ...later } = takenA.status ?? {}
    const failed = {
      state: 'Failed',
      triggerID: triggerB,
      triggerReason: 'user requested',
      requestTime: '2026-03-01T11:00:00Z',
    }
    const parts: ClusterParts = { ...takenA, status: { ...later, savepoint: failed } }
    const requestedAt = '2026-03-01T10:00:00Z'
    const record: TakeEntry[] = [
      { action: 'take', uid: job.uid, state: 'Requested', trigger: 'manual', flinkJobId, requestedAt },
    ]
    const rest = { history: [checkpoint({ location: a, triggeredAt: Date.parse(requestedAt) + 200 })] }
    assert.deepEqual(
      merged(parts, { record, rest }).map(({ state, location, sources }) => ({ state, location, sources })),
      [
        { state: 'Failed', location: undefined, sources: ['status'] },
        { state: 'Completed', location: a, sources: ['status', 'rest'] },
      ],
    )
  })

  it('never show a withdrawn generation as a savepoint', () => {
    // The withdrawal set status.savepointGeneration to 6; the location beside it is that of generation 5.
    const withdrawn: ClusterParts = {
      job: { savepointGeneration: 6 },
      jobStatus: { ...takenA.jobStatus, savepointGeneration: 6 },
      status: { savepoint: { state: 'Failed', triggerID: triggerB, message: 'Savepoint error: no' } },
    }
    const entry: TakeEntry = {
      action: 'take',
      uid: job.uid,
      state: 'Withdrawn',
      generation: 6,
      triggerId: triggerB,
      requestedAt: '2026-03-01T11:00:00Z',
      failure: { message: 'Savepoint error: no', rootCause: 'Not a directory' },
    }
    const pick = ({ state, generation, location, failure }: Savepoint) => ({
      state,
      generation,
      location,
      cause: failure?.rootCause,
    })
    assert.deepEqual(merged(withdrawn, { record: [entry] }).map(pick), [
      { state: 'Withdrawn', generation: 6, location: undefined, cause: 'Not a directory' },
      { state: 'Completed', generation: undefined, location: a, cause: undefined },
    ])
    assert.deepEqual(merged(withdrawn, { record: [entryA, entry] }).map(pick), [
      { state: 'Withdrawn', generation: 6, location: undefined, cause: 'Not a directory' },
      { state: 'Completed', generation: 5, location: a, cause: undefined },
    ])
  })

  it('are newest first by the time of completion, else of the request; what runs has no age, an origin none', () => {
    const record: TakeEntry[] = ['10:00:03', '10:00:01', '10:00:02'].map((time, at) => ({
      ...entryA,
      location: `gs://bucket/orders/${time}`,
      triggerId: String(at).repeat(32),
      generation: at,
      completedAt: `2026-03-01T${time}Z`,
    }))
    const parts = { job: { savepointGeneration: 9 }, jobStatus: { fromSavepoint: b } }
    assert.deepEqual(
      merged(parts, { record }).map(({ location, state }) => location ?? state),
      [
        'Requested',
        'gs://bucket/orders/10:00:03',
        'gs://bucket/orders/10:00:02',
        'gs://bucket/orders/10:00:01',
        b,
      ],
    )
  })

  it('tell a failure from a savepoint of the same second: what the operator shows as its last attempt is newer', () => {
    const rest = { history: [checkpoint({ location: a, endedAt: Date.parse('2026-03-01T10:00:10.165Z') })] }
    const order = (requestTime: string) =>
      merged(
        { ...takenA, status: { savepoint: { state: 'Failed', triggerID: triggerB, requestTime } } },
        { rest, record: [entryA] },
      ).map(({ state }) => state)
    assert.deepEqual(
      [order('2026-03-01T10:00:10Z'), order('2026-03-01T10:00:09Z')],
      [
        ['Failed', 'Completed'],
        ['Completed', 'Failed'],
      ],
    )
  })

  it('tell them apart by the second of their request, where the operator shows neither any more', () => {
    const failure = { message: 'disk full' }
    const failed = (requestedAt: string): TakeEntry => ({
      action: 'take',
      uid: job.uid,
      state: 'Failed',
      triggerId: triggerB,
      requestedAt,
      failure,
    })
    const order = (requestedAt: string, entry: TakeEntry) =>
      merged(undefined, { record: [entry, failed(requestedAt)] }).map(({ state }) => state)
    const quick = { ...entryA, requestedAt: '2026-03-01T10:00:10Z' }
    assert.deepEqual(
      [order('2026-03-01T10:00:10Z', entryA), order('2026-03-01T10:00:10Z', quick)],
      [
        ['Failed', 'Completed'],
        ['Completed', 'Failed'],
      ],
    )
  })

  it('tell savepoints of the same second apart by their generation', () => {
    const record = [5, 6, 4].map(generation => ({
      ...entryA,
      location: `gs://bucket/orders/${generation}`,
      triggerId: String(generation).repeat(32),
      generation,
    }))
    assert.deepEqual(
      merged(undefined, { record }).map(({ generation }) => generation),
      [6, 5, 4],
    )
  })
})
