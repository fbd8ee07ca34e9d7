import { type Fields, textAt } from '../../src/domain/fields.ts'
import { sessionClusterOf } from './operators/apache/examples.ts'
import { jobKindOf, kindPath } from './operators/apache/kinds.ts'
import type { DialectName } from './operators/dialect.ts'
import { dialects, isApache } from './operators/dialects.ts'
import { clustersPath } from './operators/paths.ts'

/** Where the API server has the jobs of a dialect: all, or those of one namespace. */
export function jobsPath(dialect: DialectName, namespace?: string): string {
  return isApache(dialect)
    ? kindPath(jobKindOf(dialect), namespace)
    : clustersPath(namespace, dialects[dialect].version)
}

/** Where an object of a job goes when it is created: it may be the session cluster beside it. */
export function collectionOf(dialect: DialectName, object: Fields, namespace: string): string {
  return textAt(object, 'kind') === 'FlinkDeployment'
    ? kindPath('FlinkDeployment', namespace)
    : jobsPath(dialect, namespace)
}

/** The Flink cluster that a job runs in. */
export function flinkClusterOf(dialect: DialectName, name: string): string {
  return dialect === 'apache-1.15-session' ? sessionClusterOf(name) : name
}

/** Its operator says that it runs. */
export function isRunning(object: Fields): boolean {
  return (
    textAt(object, 'status', 'components', 'job', 'state') === 'Running' ||
    (textAt(object, 'status', 'jobStatus', 'state') === 'RUNNING' &&
      textAt(object, 'status', 'lifecycleState') === 'STABLE')
  )
}
