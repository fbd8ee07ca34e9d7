import type { JobKind } from '../domain/job.ts'
import type { Resource } from '../domain/resource.ts'
import { flinkDeployment, flinkSessionJob } from './apache/index.ts'
import { flinkCluster } from './flink-cluster/index.ts'
import type { JobOperator } from './job-operator.ts'

/** The kinds of jobs that the product knows. A further one is a further line. */
export const jobOperators: readonly JobOperator[] = [flinkCluster, flinkDeployment, flinkSessionJob]

/** The kind's own knowledge; asked only with kinds out of `jobOperators`. */
export function operatorOf(of: Pick<Resource, 'apiVersion' | 'kind'> | JobKind): JobOperator {
  const group = 'group' in of ? of.group : of.apiVersion.split('/')[0]
  const found = jobOperators.find(({ kind }) => kind.kind === of.kind && kind.group === group)
  if (!found) throw new Error(`no operator is known for ${of.kind}`)
  return found
}
