import type { JobOperator } from '../job-operator.ts'
import { operatorOfObject, operatorOfSchema } from './detect.ts'
import { operatorName, operatorNames } from './operator.ts'
import { readJob } from './read.ts'

const group = 'flink.apache.org'

/** What is so for both kinds of apache/flink-kubernetes-operator. What is loaded for every command is here, the rest when it is asked for. */
const common: Omit<JobOperator, 'kind' | 'creating'> = {
  builds: operatorNames,
  buildOf: operatorOfObject,
  buildOfSchema: operatorOfSchema,
  read: (resource, build) => readJob(resource, operatorName(build)),
  directoryField: 'state.savepoints.dir in spec.flinkConfiguration',
  // Of a nonce that fails the status shows nothing (seen on 1.7.0).
  failuresInEvents: true,
  traces: async () => (await import('./traces.ts')).traces,
  snapshots: async () => (await import('./snapshots.ts')).snapshots,
  taking: async () => (await import('./take/taking.ts')).taking,
  restoring: async () => (await import('./restore/restoring.ts')).restoring,
  stopping: async () => (await import('./stop/stop.ts')).stopping,
  automating: async () => (await import('./auto/auto.ts')).automating,
  verifying: async () => (await import('./verifying.ts')).verifying,
  bundling: async () => (await import('./bundling.ts')).bundling,
  diagnosing: async () => (await import('./diagnosing.ts')).diagnosing,
}

/** A job with a Flink cluster of its own, or (without spec.job) a session cluster. */
export const flinkDeployment: JobOperator = {
  ...common,
  kind: { group, kind: 'FlinkDeployment', words: ['flinkdeployments', 'flinkdeployment', 'flinkdep'] },
  creating: async () => (await import('./restore/creating.ts')).creatingDeployment,
}

/** A job in a session cluster, which is a FlinkDeployment. */
export const flinkSessionJob: JobOperator = {
  ...common,
  kind: { group, kind: 'FlinkSessionJob', words: ['flinksessionjobs', 'flinksessionjob', 'sessionjob'] },
  creating: async () => (await import('./restore/creating.ts')).creatingSessionJob,
}
