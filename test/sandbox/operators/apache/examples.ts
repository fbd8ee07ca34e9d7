import { type Fields, fieldsAt } from '../../../../src/domain/fields.ts'
import type { ApacheDialectName } from './features.ts'
import { apacheVersion, jobKindOf } from './kinds.ts'

export interface ApacheExample {
  readonly dialect: ApacheDialectName
  readonly name: string
  readonly namespace: string
  /** For savepoints. */
  readonly directory: string
  /** Laid over spec.job; null takes a field away. */
  readonly job?: Fields
  /** Laid over spec. */
  readonly spec?: Fields
}

/** A FlinkDeployment, or a FlinkSessionJob after a session cluster of its own: as their user writes them. */
export function exampleJobs({
  dialect,
  name,
  namespace,
  directory,
  job,
  spec,
}: ApacheExample): readonly Fields[] {
  const own = withoutNulls({
    jarURI: 'local:///opt/flink/usrlib/job.jar',
    parallelism: 1,
    upgradeMode: 'savepoint',
    state: 'running',
    ...job,
    ...fieldsAt(spec ?? {}, 'job'),
  })
  const flinkConfiguration = withoutNulls({
    'taskmanager.numberOfTaskSlots': '1',
    'state.savepoints.dir': `file:${directory}`,
    ...fieldsAt(spec ?? {}, 'flinkConfiguration'),
  })
  const cluster = {
    image: 'flink:1.18.1',
    flinkVersion: 'v1_18',
    serviceAccount: 'flink',
    jobManager: { resource: { memory: '1g', cpu: 1 } },
    taskManager: { resource: { memory: '1g', cpu: 1 } },
    flinkConfiguration,
  }
  const object = (kind: string, named: string, body: Fields): Fields => ({
    apiVersion: apacheVersion,
    kind,
    metadata: { name: named, namespace },
    spec: body,
  })
  if (jobKindOf(dialect) === 'FlinkDeployment') {
    return [object('FlinkDeployment', name, { ...cluster, ...spec, flinkConfiguration, job: own })]
  }
  const deploymentName = sessionClusterOf(name)
  return [
    object('FlinkDeployment', deploymentName, cluster),
    object('FlinkSessionJob', name, { deploymentName, job: own }),
  ]
}

/** The session cluster of a session job here. */
export function sessionClusterOf(name: string): string {
  return `${name}-session`
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
