import type { JobOperator } from '../job-operator.ts'
import { operatorOfObject, operatorOfSchema } from './detect.ts'
import { operatorName, operatorNames } from './operator.ts'
import { readFlinkCluster } from './read.ts'

/** GoogleCloudPlatform/flink-on-k8s-operator and spotify/flink-on-k8s-operator: what is loaded for every command is here, the rest when it is asked for. */
export const flinkCluster: JobOperator = {
  kind: {
    group: 'flinkoperator.k8s.io',
    kind: 'FlinkCluster',
    words: ['flinkclusters', 'flinkcluster', 'fc', 'fcs'],
  },
  builds: operatorNames,
  buildOf: operatorOfObject,
  buildOfSchema: operatorOfSchema,
  read: (resource, build) => readFlinkCluster(resource, operatorName(build)),
  directoryField: 'spec.job.savepointsDir',
  // Both operators (seen on GCP tag -9 and Spotify v0.6).
  sticky: true,
  // Both operators (controllers/history).
  revisions: name => `flinkoperator.k8s.io/managed-by=${name}`,
  traces: async () => (await import('./traces.ts')).traces,
  taking: async () => (await import('./take/taking.ts')).taking,
  restoring: async () => (await import('./restore/restoring.ts')).restoring,
  creating: async () => (await import('./restore/creating.ts')).creating,
  diagnosing: async () => (await import('./diagnosing.ts')).diagnosing,
  stopping: async () => (await import('./stop/stop.ts')).stopping,
  automating: async () => (await import('./auto/auto.ts')).automating,
  verifying: async () => (await import('./verifying.ts')).verifying,
  bundling: async () => (await import('./bundling.ts')).bundling,
}
