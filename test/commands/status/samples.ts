import type { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { until } from '../../support/fakes.ts'
import type { ClusterParts } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { flinksAnswer, world } from '../history/samples.ts'

/** `status …` in a world of these objects, at 2026-03-01T12:00:00Z. `faults`: requests that fail, by how they begin. */
export async function statusOf(
  line: string,
  there: {
    readonly objects: readonly Fields[]
    readonly pageSize?: number
    readonly faults?: Readonly<Record<string, Failure>>
  },
  answer: (question: RestQuestion) => RestAnswer | undefined = () => flinksAnswer,
) {
  const cluster = fakeCluster(there)
  for (const [request, error] of Object.entries(there.faults ?? {})) cluster.fail(request, error)
  const outside = world(cluster, answer)
  const ended = program(outside, line)
  if (answer({ ask: 'jobs' }) === undefined) {
    await until(() => outside.clock.sleeping().length > 0)
    outside.clock.advance(2_000)
  }
  return { ...(await ended), requests: cluster.requests, reached: outside.fake.reached }
}

/** Two sets of parts in one. */
export function withParts(one: ClusterParts, other: ClusterParts): ClusterParts {
  return {
    ...one,
    ...other,
    job: { ...one.job, ...other.job },
    jobStatus: { ...one.jobStatus, ...other.jobStatus },
    status: { ...one.status, ...other.status },
  }
}
