import { failure } from '../../src/domain/failure.ts'
import type { Fields } from '../../src/domain/fields.ts'
import type { Places } from '../../src/domain/places.ts'
import type {
  ArchivedFile,
  Archives,
  Clock,
  Cluster,
  FlinkRest,
  KubeconfigNames,
  Manifests,
  Person,
  RestReach,
  World,
} from '../../src/domain/ports.ts'
import type { Printable } from '../../src/domain/printable.ts'
import type { RestAnswer, RestQuestion } from '../../src/domain/rest.ts'
import { placesOver } from '../../src/storage/places.ts'
import { fakeCluster } from './fake-cluster.ts'
import { fakePlaces } from './fake-places.ts'

/** Time that stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Moves the time on; whoever slept so long wakes up. */
  advance(ms: number): void
  /** How long those who sleep have asked for. */
  sleeping(): readonly number[]
}

export function fakeClock(start: string | number = '2026-03-01T12:00:00Z'): FakeClock {
  let now = typeof start === 'number' ? start : Date.parse(start)
  const sleepers = new Set<{ until: number; ms: number; wake: () => void }>()
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const sleeper = { until: now + ms, ms, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          resolve()
        })
      }),
    advance(ms) {
      now += ms
      for (const sleeper of [...sleepers].filter(({ until }) => until <= now)) {
        sleepers.delete(sleeper)
        sleeper.wake()
      }
    },
    sleeping: () => [...sleepers].map(({ ms }) => ms),
  }
}

export interface FakePerson extends Person {
  readonly warned: string[]
  readonly told: string[]
  readonly asked: string[]
  readonly shown: Printable[]
}

/** Collects what a person would read, and answers questions in the order given; without answers nobody can be asked. */
export function fakePerson(answers: readonly boolean[] = []): FakePerson {
  const warned: string[] = []
  const told: string[] = []
  const asked: string[] = []
  const shown: Printable[] = []
  return {
    shown,
    warned,
    told,
    asked,
    warn: text => void warned.push(text),
    tell: text => void told.push(text),
    show: async value => void shown.push(value),
    confirm: async text => answers[asked.push(text) - 1],
    live: async () => undefined,
  }
}

export interface FakeRest {
  readonly questions: RestQuestion[]
  readonly reached: RestReach[]
  /** How many of those that were opened are still open. */
  open: number
  rest(reach: RestReach): FlinkRest
}

/** Flink as a function. A question that is not answered at all ends as the real client's does: unreachable, once its signal aborts. */
export function fakeRest(answer: (question: RestQuestion) => RestAnswer | undefined): FakeRest {
  const questions: RestQuestion[] = []
  const reached: RestReach[] = []
  const fake: FakeRest = {
    questions,
    reached,
    open: 0,
    rest(reach) {
      reached.push(reach)
      fake.open++
      return {
        ask: async (question, { signal }) => {
          questions.push(question)
          await new Promise(setImmediate)
          return answer(question) ?? silence(signal)
        },
        close: async () => void fake.open--,
      }
    },
  }
  return fake
}

export function unreachable(reason = 'connect ECONNREFUSED'): RestAnswer {
  return { answer: 'unreachable', reason, mayHaveBeenSent: false }
}

function silence(signal: AbortSignal | undefined): Promise<RestAnswer> {
  const aborted = unreachable('aborted')
  if (signal?.aborted) return Promise.resolve(aborted)
  return new Promise(resolve => signal?.addEventListener('abort', () => resolve(aborted)))
}

export interface FakeManifests extends Manifests {
  readonly files: Map<string, Fields>
}

/** Files in memory: those that are there, and what is kept. */
export function fakeManifests(files: Readonly<Record<string, Fields>> = {}): FakeManifests {
  const all = new Map(Object.entries(files))
  return {
    files: all,
    async read(path) {
      const object = all.get(path)
      if (!object) throw failure('not-asked', `cannot read ${path}: no such file or directory`)
      return object
    },
    async keep(name, object) {
      const path = `/here/${name}.yaml`
      if (all.has(path)) throw failure('not-asked', `cannot write ${path}: file already exists`)
      all.set(path, object)
      return path
    },
  }
}

const unseenPlaces = placesOver(() => undefined)

export interface FakeArchives extends Archives {
  readonly written: Map<string, readonly ArchivedFile[]>
}

/** Archives in memory; a name that is there is taken, unless it may be overwritten. */
export function fakeArchives(...there: readonly string[]): FakeArchives {
  const written = new Map<string, readonly ArchivedFile[]>(there.map(file => [file, []]))
  return {
    written,
    async check({ file, overwrite }) {
      if (written.has(file) && !overwrite)
        throw failure('not-asked', `cannot write ${file}: it is there already`, 'to replace it: --overwrite')
    },
    async write({ file }, files) {
      written.set(file, files)
      return { file, sizeBytes: 2048 }
    },
  }
}

export interface FakeWorld extends World {
  readonly clock: FakeClock
  readonly person: FakePerson
  readonly manifests: FakeManifests
  readonly archives: FakeArchives
  interrupt(): void
}

export function fakeWorld(
  parts: {
    readonly cluster?: Cluster
    readonly rest?: FakeRest
    readonly clock?: FakeClock
    readonly person?: FakePerson
    readonly manifests?: FakeManifests
    readonly archives?: FakeArchives
    readonly kubeconfig?: KubeconfigNames
    readonly places?: Places
    /** Without it, `places`; without both, no pod can be looked into, and no store. */
    readonly placesOf?: World['placesOf']
  } = {},
): FakeWorld {
  const { cluster = fakeCluster(), rest = fakeRest(() => unreachable()), places = fakePlaces() } = parts
  const interrupt = new AbortController()
  let ids = 0
  return {
    cluster: async () => cluster,
    kubeconfig: async () => parts.kubeconfig ?? { contexts: [], clusters: [], users: [] },
    rest: async (_place, reach) => rest.rest(reach),
    manifests: parts.manifests ?? fakeManifests(),
    archives: parts.archives ?? fakeArchives(),
    places,
    placesOf: parts.placesOf ?? (async () => parts.places ?? unseenPlaces),
    clock: parts.clock ?? fakeClock(),
    person: parts.person ?? fakePerson(),
    interrupted: interrupt.signal,
    newId: () => (++ids).toString(16).padStart(32, '0'),
    spareMemory: async () => {},
    interrupt: () => interrupt.abort(),
  }
}

const patienceMs = 5_000

/** Resolves once the condition holds; a wait that is in vain ends the test. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + patienceMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`in vain: ${condition}`)
    await new Promise(setImmediate)
  }
}
