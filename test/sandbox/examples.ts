import { type Fields, fieldsAt } from '../../src/domain/fields.ts'
import { exampleJobs } from './operators/apache/examples.ts'
import type { DialectName } from './operators/dialect.ts'
import { dialects, isApache } from './operators/dialects.ts'

export interface ExampleOptions {
  readonly dialect: DialectName
  readonly name: string
  readonly namespace: string
  /** For savepoints. */
  readonly directory: string
  /** Laid over spec.job; null takes a field away. */
  readonly job?: Fields
  /** Laid over spec. */
  readonly spec?: Fields
}

/** The job as its user writes it, after the session cluster that it may need. */
export function exampleObjects(options: ExampleOptions): readonly Fields[] {
  const { dialect } = options
  return isApache(dialect) ? exampleJobs({ ...options, dialect }) : [exampleCluster(options)]
}

/** A FlinkCluster as its user writes it: the least that each operator takes. */
export function exampleCluster({ dialect, name, namespace, directory, job, spec }: ExampleOptions): Fields {
  if (isApache(dialect)) throw new Error(`${dialect} has no FlinkClusters`)
  const own: Fields = dialect === 'spotify' ? { flinkVersion: '1.18' } : {}
  return {
    apiVersion: `flinkoperator.k8s.io/${dialects[dialect].version}`,
    kind: 'FlinkCluster',
    metadata: { name, namespace },
    spec: {
      ...own,
      image: { name: 'flink:1.18.1' },
      jobManager: { accessScope: 'Cluster' },
      taskManager: { replicas: 1 },
      flinkProperties: { 'execution.checkpointing.interval': '30s' },
      ...spec,
      job: withoutNulls({
        jarFile: `/opt/flink/jobs/${name}.jar`,
        className: `com.example.${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', '')}`,
        parallelism: 1,
        restartPolicy: 'Never',
        savepointsDir: `file:${directory}`,
        ...job,
        ...fieldsAt(spec ?? {}, 'job'),
      }),
    },
  }
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
