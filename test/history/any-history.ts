import fc from 'fast-check'
import { resourceOf } from '../../src/domain/resource.ts'
import type { RestCheckpoint } from '../../src/domain/rest.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { addEntries } from '../../src/history/add-entries.ts'
import type { TakeEntry } from '../../src/history/entry.ts'
import { savepointsOfRecord } from '../../src/history/from-record.ts'
import { savepointsOfRest } from '../../src/history/from-rest.ts'
import { savepointsOfStatus } from '../../src/history/from-status.ts'
import { emptyRecord } from '../../src/history/record.ts'
import { readFlinkCluster } from '../../src/operators/flink-cluster/read.ts'
import { spotifyCluster } from '../support/flink-clusters.ts'
import { job } from './views.ts'

/** One savepoint as it really went, and who noted it. */
interface Attempt {
  readonly number: number
  readonly completed: boolean
  readonly by: 'user requested' | 'scheduled' | 'update'
  readonly triggerId: string
  readonly flinkJobId: string
  /** Epoch ms, by the operator's clock. */
  readonly requestedAt: number
  readonly endedAt: number
  readonly recorded: 'not' | 'requested' | 'running' | 'ended'
  /** Of the place, by the operator and by the record: one place has many. */
  readonly spellings: readonly [string, string]
}

/** All that happened to one job, and all that its sources say of it. */
export interface AnyHistory {
  readonly attempts: readonly Attempt[]
  /** As many as it has: newest last. */
  readonly checkpoints: number
  readonly status: readonly Savepoint[]
  readonly rest: readonly Savepoint[]
  readonly record: readonly Savepoint[]
  readonly restartPoint: string | undefined
}

const began = Date.UTC(2026, 2, 1, 8)
const second = 1_000

/** `file:` and `s3:` places, each written in one of the ways that name it. */
const spellings = fc.constantFrom(
  ...(['file:/sp/', 'file:///sp/', 'file:/sp//', 'file://localhost/sp/'] as const),
)
const endings = fc.constantFrom('', '/', '/_metadata')

const drawn = fc.record({
  completed: fc.boolean(),
  by: fc.constantFrom('user requested', 'user requested', 'scheduled', 'update'),
  /** The operator has one in flight at a time; what take repeats comes after 3 s. */
  afterS: fc.oneof(fc.integer({ min: 20, max: 90 }), fc.integer({ min: 90, max: 9_000 })),
  tookS: fc.integer({ min: 0, max: 50 }),
  restarted: fc.integer({ min: 0, max: 3 }).map(roll => roll === 0),
  recorded: fc.constantFrom('not', 'requested', 'running', 'ended'),
  spelled: fc.tuple(spellings, endings, spellings, endings),
})

export const anyHistory: fc.Arbitrary<AnyHistory> = fc
  .record({
    attempts: fc.array(drawn, { minLength: 1, maxLength: 8 }),
    checkpoints: fc.integer({ min: 0, max: 3 }),
    /** Flink's clock beside the operator's. */
    skewMs: fc.integer({ min: -1_500, max: 1_500 }),
    flinkAnswers: fc.boolean(),
  })
  .map(({ attempts, checkpoints, skewMs, flinkAnswers }) => {
    const known = told(attempts)
    const status = statusOf(known)
    return {
      attempts: known,
      checkpoints: flinkAnswers ? checkpoints : 0,
      status: status.savepoints,
      rest: flinkAnswers ? restOf(known, checkpoints, skewMs) : [],
      record: recordOf(known),
      restartPoint: status.restartPoint,
    }
  })

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never

function told(all: readonly Drawn[]): Attempt[] {
  let now = began
  let jobs = 1
  return all.map(({ completed, by, afterS, tookS, restarted, recorded, spelled }, at) => {
    now += afterS * second
    const requestedAt = now
    now += tookS * second
    if (restarted) jobs++
    const [before, after, ownBefore, ownAfter] = spelled
    const name = `savepoint-ef5f05-${String(at).padStart(12, '0')}`
    return {
      ...{ number: at, completed, by, requestedAt, endedAt: now },
      triggerId: (at + 1).toString(16).padStart(32, 'a'),
      flinkJobId: jobs.toString(16).padStart(32, 'd'),
      recorded: by === 'user requested' ? recorded : 'not',
      spellings: [`${before}${name}${after}`, `${ownBefore}${name}${ownAfter}`],
    }
  })
}

function rfc(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

/** How often the operator has counted up when this one began. */
function generationBefore(all: readonly Attempt[], { number }: Attempt): number {
  return all.filter(each => each.completed && each.number < number).length
}

/** The object: its last attempt, and the last that completed. */
function statusOf(all: readonly Attempt[]) {
  const last = all.at(-1)
  const kept = all.findLast(({ completed }) => completed)
  const resource = resourceOf(
    spotifyCluster({
      job: { savepointsDir: 'file:/sp' },
      jobStatus: {
        savepointGeneration: all.filter(({ completed }) => completed).length,
        ...(last && { id: last.flinkJobId }),
        ...(kept && { savepointLocation: kept.spellings[0], savepointTime: rfc(kept.endedAt) }),
      },
      status: {
        ...(last && {
          savepoint: {
            state: last.completed ? 'Succeeded' : 'Failed',
            triggerID: last.triggerId,
            jobID: last.flinkJobId,
            triggerReason: last.by,
            requestTime: rfc(last.requestedAt),
            triggerTime: rfc(last.requestedAt),
            ...(!last.completed && { message: 'Savepoint error: disk full' }),
          },
        }),
      },
    }),
  )
  if (!resource) throw new Error('no object')
  const facts = readFlinkCluster(resource)
  return { savepoints: savepointsOfStatus(facts), restartPoint: facts.restartPoint }
}

/** The JobManager of the last job: what it remembers of savepoints and checkpoints. */
function restOf(all: readonly Attempt[], checkpoints: number, skewMs: number): Savepoint[] {
  const flinkJobId = all.at(-1)?.flinkJobId ?? ''
  const ofJob = all.filter(each => each.flinkJobId === flinkJobId)
  const savepoints = ofJob.map(
    (each, at): RestCheckpoint => ({
      id: at + 1,
      isSavepoint: true,
      status: each.completed ? 'COMPLETED' : 'FAILED',
      ...(each.completed && { location: each.spellings[0] }),
      triggeredAt: each.requestedAt + skewMs,
      endedAt: each.endedAt + skewMs,
      durationMillis: each.endedAt - each.requestedAt,
    }),
  )
  const others = Array.from({ length: checkpoints }, (_, at): RestCheckpoint => {
    const id = ofJob.length + at + 1
    const location = `file:/cp/chk-${id}`
    const triggeredAt = began + id
    return { id, isSavepoint: false, status: 'COMPLETED', location, triggeredAt, endedAt: triggeredAt }
  })
  return savepointsOfRest({ restoredCount: 0, history: [...others, ...savepoints] }, job, flinkJobId)
}

/** What take wrote down of its own, as far as it came. */
function recordOf(all: readonly Attempt[]): Savepoint[] {
  const entries = all.flatMap((each): TakeEntry[] => {
    const { triggerId, flinkJobId } = each
    const asked = {
      action: 'take',
      uid: job.uid,
      trigger: 'manual',
      requestedAt: rfc(each.requestedAt),
      flinkJobId,
    } as const
    if (each.recorded === 'not') return []
    if (each.recorded === 'requested') return [{ ...asked, state: 'Requested' }]
    const triggered = { ...asked, triggerId }
    if (each.recorded === 'running') return [{ ...triggered, state: 'InProgress' }]
    const completedAt = rfc(each.endedAt)
    if (!each.completed) return [{ ...triggered, state: 'Failed', failure: { message: 'disk full' } }]
    const generation = generationBefore(all, each) + 1
    return [{ ...triggered, state: 'Completed', location: each.spellings[1], generation, completedAt }]
  })
  return savepointsOfRecord(addEntries(emptyRecord, entries), job)
}
