import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { TakeEntry } from '../../../src/history/entry.ts'
import * as w from '../../savepoint/writer.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { type FakeFile, type FakePlaces, fakePlaces } from '../../support/fake-places.ts'
import { fakeClock, fakeManifests, fakePerson, fakeRest, fakeWorld } from '../../support/fakes.ts'
import { flinkJobId, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { recordOf } from '../history/samples.ts'

const operator = '5900d2cb0a81c830ac5f9c198a565783'

/** `s1` is the oldest: a day before `s2`, and so on; the clock stands at 2026-03-01T12:00:00Z. */
export const sp = (number: number, name = 'orders') =>
  `gs://bucket/${name}/savepoint-ef5f05-${String(number).repeat(12)}`

export const timeOf = (number: number) => `2026-02-${String(20 + number).padStart(2, '0')}T12:00:00Z`

/** A native savepoint with a file of 100 bytes, and what else it names. */
export function native(...others: readonly Buffer[]): Buffer {
  return w.metadataOf({
    version: 4,
    checkpointId: 7,
    properties: w.properties('SavepointType', 'Savepoint', 'NATIVE'),
    operators: [
      {
        ...{ id: operator, parallelism: 1 },
        subtasks: [
          {
            managedKeyed: w.incremental(
              11,
              w.inline(Buffer.alloc(9)),
              [],
              [w.relative('state', 100), ...others],
            ),
          },
        ],
      },
    ],
  })
}

export function filesOf(number: number, metadata = native(), name?: string): Record<string, FakeFile> {
  const modifiedAt = Date.parse(timeOf(number))
  return {
    [`${sp(number, name)}/_metadata`]: { bytes: metadata, modifiedAt },
    [`${sp(number, name)}/state`]: { bytes: new Uint8Array(100), modifiedAt },
  }
}

export function entryOf(number: number, more: Partial<TakeEntry> = {}): TakeEntry {
  return {
    action: 'take',
    uid: 'uid-of-orders',
    state: 'Completed',
    location: sp(number),
    trigger: 'manual',
    flinkJobId,
    completedAt: timeOf(number),
    ...more,
  }
}

/** A running job whose restart point is the fourth and newest of four recorded savepoints. */
export const orders = (job: Fields = {}, jobStatus: Fields = {}) =>
  spotifyCluster({
    job,
    jobStatus: { savepointLocation: sp(4), savepointTime: timeOf(4), savepointGeneration: 4, ...jobStatus },
  })

export const fourFiles = { ...filesOf(1), ...filesOf(2), ...filesOf(3), ...filesOf(4) }
export const four = recordOf([1, 2, 3, 4].map(number => entryOf(number)))

/** A Flink that disposes of savepoints as the real one does: all that they name. */
export function disposing(places: FakePlaces, version = '1.20.0') {
  return (question: RestQuestion): RestAnswer | undefined => {
    switch (question.ask) {
      case 'version':
        return { answer: 'version', version }
      case 'dispose':
        for (const file of [...places.files.keys()])
          if (file.startsWith(`${question.location}/`)) places.files.delete(file)
        return { answer: 'taken', triggerId: 'd'.repeat(32) }
      case 'disposal':
        return { answer: 'disposal', disposal: { state: 'COMPLETED' } }
      default:
        return { answer: 'unreachable', reason: 'not asked in this test', mayHaveBeenSent: false }
    }
  }
}

export interface Setting {
  readonly objects?: readonly Fields[]
  readonly places?: FakePlaces
  readonly answer?: (question: RestQuestion) => RestAnswer | undefined
  readonly manifests?: Readonly<Record<string, Fields>>
  readonly kinds?: Parameters<typeof fakeCluster>[0]
  before?(cluster: ReturnType<typeof fakeCluster>): void
}

export async function prune(line: string, setting: Setting = {}) {
  const { places = fakePlaces(fourFiles), objects = [orders(), four] } = setting
  const cluster = fakeCluster({ objects, ...setting.kinds })
  setting.before?.(cluster)
  const rest = fakeRest(setting.answer ?? (() => undefined))
  const world = fakeWorld({
    ...{ cluster, rest, places, clock: fakeClock(), person: fakePerson() },
    manifests: fakeManifests(setting.manifests),
  })
  const ended = await program(world, `prune ${line}`)
  const asked = rest.questions.map(question => question.ask)
  return { ...ended, left: [...places.files.keys()].sort(), cluster, places, asked, rest, world }
}

export const silent = (): RestAnswer => ({
  answer: 'unreachable',
  reason: 'connection refused',
  mayHaveBeenSent: false,
})
