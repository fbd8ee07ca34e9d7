import { type Fields, fieldsAt, integerAt } from '../../../src/domain/fields.ts'
import type { Resource } from '../../../src/domain/resource.ts'
import { type FakeCluster, fakeCluster } from '../../support/fake-cluster.ts'
import { fakeClock, fakeRest, fakeWorld, unreachable } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { annotation, attempt } from './samples.ts'

export const location = (name: string) => `gs://bucket/${name}/savepoint-ef5f05-000000000001`

/** What the operator makes of a request: a savepoint, a failure, or nothing for as long as the test lasts. */
export type Deed = 'completes' | 'fails' | 'starts' | 'deletes'

export interface ManyScene {
  readonly objects: readonly Fields[]
  /** By the job's name; else it completes. */
  readonly deeds?: Readonly<Record<string, Deed>>
  readonly prepare?: (cluster: FakeCluster) => void
}

/** A cluster whose operator answers every annotation that it sees. */
export function manyScene({ objects, deeds = {}, prepare }: ManyScene) {
  const fake = fakeCluster({ objects })
  prepare?.(fake)
  const stop = new AbortController()
  const rest = fakeRest(() => unreachable())
  const operating = operate(fake, deeds, stop.signal)
  const world = fakeWorld({ cluster: fake, rest, clock: fakeClock('2026-03-01T12:01:00Z') })
  const end = async () => {
    stop.abort()
    await operating
  }
  return { fake, world, rest, end }
}

/** Runs a command line to its end. */
export async function playMany(line: string, parts: ManyScene, more: Parameters<typeof program>[2] = {}) {
  const { fake, world, rest, end } = manyScene(parts)
  const ended = await program(world, line, more)
  await end()
  return { ...ended, requests: asked(fake), fake, rest }
}

/** What was asked, without the test's own operator. */
export function asked({ requests }: FakeCluster): string[] {
  return requests.toSpliced(requests.indexOf(operatorsWatch), 1)
}

const operatorsWatch = 'watch FlinkCluster/*'
export const kind = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  plural: 'flinkclusters',
}

async function operate(fake: FakeCluster, deeds: Readonly<Record<string, Deed>>, signal: AbortSignal) {
  for await (const sighting of fake.watchAll(kind, undefined, '0', signal)) {
    if (sighting.type !== 'object') continue
    const { object } = sighting
    if (object.metadata.annotations[annotation] !== 'savepoint' && generationOf(object) === undefined)
      continue
    // An operator is never so fast that the answer to the request comes after what it did.
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    act(fake, object, deeds[object.metadata.name] ?? 'completes')
  }
}

/** The savepointGeneration that is asked for and not fulfilled. */
function generationOf({ spec, status }: Resource): number | undefined {
  const wanted = integerAt(spec, 'job', 'savepointGeneration') ?? 0
  const has = integerAt(status, 'components', 'job', 'savepointGeneration') ?? 0
  return wanted > has ? wanted : undefined
}

function act(fake: FakeCluster, object: Resource, deed: Deed): void {
  const { metadata, body } = object
  const { name, namespace, uid } = metadata
  const savepointGeneration = generationOf(object) ?? 0
  if (deed === 'deletes') {
    fake.vanish({ ...kind, namespace, name })
    return
  }
  const state = { completes: 'Succeeded', fails: 'Failed', starts: 'InProgress' }[deed]
  const trigger = name.padEnd(32, '0').replaceAll(/[^0-9a-f]/g, '0')
  const done = {
    savepointGeneration,
    savepointLocation: location(name),
    savepointTime: '2026-03-01T12:00:10Z',
  }
  const more = deed === 'fails' ? { message: 'Savepoint error: disk full' } : {}
  fake.put(
    spotifyCluster({
      name,
      namespace,
      uid,
      metadata: { labels: fieldsAt(body, 'metadata', 'labels') },
      job: { savepointGeneration },
      ...(deed === 'completes' && { jobStatus: done }),
      status: { savepoint: attempt(state, trigger, more) },
    }),
  )
}
