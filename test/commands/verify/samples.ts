import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestCheckpoint, RestQuestion, RestVertex } from '../../../src/domain/rest.ts'
import { operatorIdOf } from '../../../src/verify/operator-id.ts'
import * as w from '../../savepoint/writer.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { type FakeFile, fakePlaces } from '../../support/fake-places.ts'
import { type FakeWorld, fakeRest, fakeWorld, unreachable } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'

export const target = 'file:/sp/savepoint-ef5f05-000000000001'
export const checkpoint = 'file:/cp/chk-7'
export const ids = {
  source: operatorIdOf('numbers'),
  count: operatorIdOf('count'),
  map: operatorIdOf('map'),
  sink: operatorIdOf('sink'),
}

const keyed = { managedKeyed: w.keyGroups(3, w.inline(Buffer.alloc(300))) }
const position = { managedOperator: w.operatorHandle({ next: 0 }, w.inline(Buffer.alloc(20))) }

/** Source and Count have state, Map has none. */
export const operators: readonly w.WrittenOperator[] = [
  { id: ids.source, parallelism: 2, subtasks: [position] },
  { id: ids.count, parallelism: 2, subtasks: [keyed] },
  { id: ids.map, parallelism: 2, subtasks: [{}] },
]

export function savepoint(
  written: readonly w.WrittenOperator[] = operators,
  more: Partial<w.Written> = {},
): Buffer {
  return w.metadataOf({ version: 4, operators: written, ...more })
}

export function orders(job: Fields = {}, more: Fields = {}): Fields {
  const { status, ...object } = spotifyCluster({
    job: { savepointsDir: 'file:/sp', parallelism: 2, ...job },
    jobStatus: { savepointGeneration: 1, savepointLocation: target, savepointTime: '2026-03-01T11:00:10Z' },
    ...more,
  })
  return { ...object, status }
}

export interface Seen {
  /** What the running job has completed. */
  readonly checkpoints?: readonly string[]
  readonly vertices?: readonly RestVertex[]
  readonly version?: string
}

/** Flink as it answers `verify`. */
export function flink(seen: Seen = {}): (question: RestQuestion) => RestAnswer {
  const history = (seen.checkpoints ?? [checkpoint]).map(
    (location, at): RestCheckpoint => ({ id: 9 - at, status: 'COMPLETED', isSavepoint: false, location }),
  )
  return ({ ask }) => {
    if (ask === 'checkpoints') return { answer: ask, checkpoints: { restoredCount: 0, history } }
    if (ask === 'version') return { answer: ask, version: seen.version ?? '1.18.1' }
    if (ask === 'vertices' && seen.vertices) return { answer: ask, vertices: seen.vertices }
    return unreachable()
  }
}

/** The files of the pod, by their paths; this machine has none of them. */
export function worldWith(
  files: Readonly<Record<string, Uint8Array | FakeFile>>,
  answers: ReturnType<typeof flink> = flink(),
  objects: readonly Fields[] = [orders()],
): FakeWorld {
  const paths = Object.entries(files).map(([location, file]) => [location.replace(/^file:/, ''), file])
  return fakeWorld({
    cluster: fakeCluster({ objects }),
    rest: fakeRest(answers),
    places: fakePlaces({ '/here/uids.txt': Buffer.from('# of v2\nnumbers\n count \n\nmap # no state\n') }),
    placesOf: async () => fakePlaces(Object.fromEntries(paths)),
  })
}

/** The savepoint, and the job's own checkpoint. */
export function both(saved: Buffer = savepoint(), own: Buffer = savepoint()): Record<string, Uint8Array> {
  return { [`${target}/_metadata`]: saved, [`${checkpoint}/_metadata`]: own }
}
