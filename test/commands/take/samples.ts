import type { Fields } from '../../../src/domain/fields.ts'
import type { Cluster } from '../../../src/domain/ports.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { type FakeCluster, fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { fakeRest, fakeWorld, unreachable, until } from '../../support/fakes.ts'
import { type ClusterParts, flinkJobId, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'

export const sp = (n: number) => `gs://bucket/orders/savepoint-ef5f05-${String(n).padStart(12, '0')}`
export const old = 'a'.repeat(32)
export const ours = 'b'.repeat(32)
export const annotation = 'flinkclusters.flinkoperator.k8s.io/user-control'
export const key = 'FlinkCluster/default/orders'
export const configMap = 'ConfigMap/default/flinksp-flinkcluster-orders'

/** status.savepoint as both operators write it. */
export function attempt(state: string, triggerID: string, more: Fields = {}): Fields {
  return {
    state,
    triggerID,
    jobID: flinkJobId,
    triggerReason: 'user requested',
    requestTime: '2026-03-01T12:00:00Z',
    triggerTime: '2026-03-01T12:00:00Z',
    ...more,
  }
}

/** After the first savepoint. */
export function taken(
  make: (parts: ClusterParts) => Fields = spotifyCluster,
  more: ClusterParts = {},
): Fields {
  return make({
    ...more,
    jobStatus: { savepointGeneration: 1, savepointLocation: sp(1), ...more.jobStatus },
    status: { savepoint: attempt('Succeeded', old), ...more.status },
  })
}

/** After the second one, which is ours. */
export function takenAgain(make: (parts: ClusterParts) => Fields = spotifyCluster, job: Fields = {}): Fields {
  return taken(make, {
    job,
    jobStatus: {
      savepointGeneration: 2,
      savepointLocation: sp(2),
      savepointTime: '2026-03-01T12:00:10Z',
    },
    status: { savepoint: attempt('Succeeded', ours) },
  })
}

export interface Scene {
  readonly objects?: readonly Fields[]
  /** Flink; silent otherwise. */
  readonly flink?: (question: RestQuestion) => RestAnswer | undefined
  /** What the API server says to `read`: the CRD, the OpenAPI document. */
  readonly documents?: Readonly<Record<string, Fields>>
  /** What the operator makes of it, once it is watched. */
  readonly operator?: readonly Fields[]
  readonly prepare?: (cluster: FakeCluster) => void
}

export function scene({ objects = [spotifyCluster()], flink = () => unreachable(), ...more }: Scene = {}) {
  const fake = fakeCluster({ objects })
  const rest = fakeRest(flink)
  const cluster: Cluster = {
    ...fake,
    async read(path) {
      fake.requests.push(`read ${path}`)
      const document = more.documents?.[path]
      if (document) return document
      throw refusal(404, 'NotFound', 'the server could not find the requested resource')
    },
  }
  more.prepare?.(fake)
  return { fake, rest, world: fakeWorld({ cluster, rest }) }
}

/** Runs a command line in a scene whose operator acts as soon as it is watched. */
export async function play(line: string, parts: Scene = {}, more: Parameters<typeof program>[2] = {}) {
  const { fake, rest, world } = scene(parts)
  const running = program(world, line, more)
  if (parts.operator) {
    await until(() => fake.requests.some(request => request.startsWith('watch')))
    for (const body of parts.operator) {
      fake.put(body)
      await new Promise(setImmediate)
    }
  }
  return { ...(await running), requests: fake.requests, questions: rest.questions, fake }
}

/** The lines of the record, as values. */
export function entries(fake: FakeCluster): unknown[] {
  const record = fake.object({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'default',
    name: 'flinksp-flinkcluster-orders',
  })
  const text = (record?.body['data'] as { entries?: string } | undefined)?.entries ?? ''
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}
