import { eventually } from './conditions.ts'
import { type CountingCluster, countingCluster } from './counting.ts'
import type { KubeObject } from './kube-api.ts'
import type { Server } from './server.ts'
import type { FlinkStack } from './stack.ts'

const collection = '/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters'

export interface JobToRun {
  readonly name: string
  readonly jarFile: string
  readonly className: string
  readonly args: readonly string[]
  readonly savepointsDir?: string
  readonly restartPolicy?: 'Never' | 'FromSavepointOnFailure'
  /** Flink's own settings, of the cluster. */
  readonly flinkProperties?: Readonly<Record<string, string>>
}

/** A FlinkCluster that either operator takes. */
export function flinkCluster(job: JobToRun): KubeObject {
  const { name, flinkProperties, ...spec } = job
  return {
    apiVersion: 'flinkoperator.k8s.io/v1beta1',
    kind: 'FlinkCluster',
    metadata: { name, namespace: 'default' },
    spec: {
      flinkVersion: '1.18',
      image: { name: 'flink:1.18.1' },
      jobManager: { accessScope: 'Cluster', ports: { ui: 8081 } },
      taskManager: { replicas: 1 },
      ...(flinkProperties && { flinkProperties }),
      // Spotify's webhook wants the age together with FromSavepointOnFailure.
      job: { parallelism: 1, restartPolicy: 'Never', maxStateAgeToRestoreSeconds: 3600, ...spec },
    },
  }
}

/** Created, and its job Running as the operator sees it. */
export async function runJob({ controlPlane }: Server, job: JobToRun): Promise<void> {
  await controlPlane.api.ask('POST', collection, flinkCluster(job))
  await untilJob({ controlPlane }, job.name, 'Running')
}

export async function untilJob(
  { controlPlane }: Pick<Server, 'controlPlane'>,
  name: string,
  state: string,
): Promise<void> {
  await eventually(`job ${name} is ${state}`, async () => {
    const { status } = (await controlPlane.api.get(`${collection}/${name}`)) as KubeObject
    return status?.components?.job?.state === state ? true : undefined
  })
}

/** No savepoint is asked for or being taken. */
export async function untilIdle({ controlPlane }: Pick<Server, 'controlPlane'>, name: string): Promise<void> {
  await eventually(`no savepoint of ${name} is asked for or in flight`, async () => {
    const { metadata, status } = (await controlPlane.api.get(`${collection}/${name}`)) as KubeObject
    const asked = metadata.annotations?.['flinkclusters.flinkoperator.k8s.io/user-control'] !== undefined
    return !asked && status?.savepoint?.state !== 'InProgress' ? true : undefined
  })
}

/** A FlinkCluster whose job is the counting one, by real Flink: running, and some numbers counted. */
export async function runCountingJob(
  stack: FlinkStack,
  name: string,
  flinkProperties?: JobToRun['flinkProperties'],
): Promise<CountingCluster> {
  const cluster = countingCluster(stack, 'flinkcluster', name)
  await runJob(stack, {
    name,
    jarFile: stack.flink.jobJar,
    className: stack.flink.jobClass,
    args: cluster.args,
    savepointsDir: `file://${cluster.savepointsDir}`,
    restartPolicy: 'FromSavepointOnFailure',
    ...(flinkProperties && { flinkProperties }),
  })
  await cluster.counts()
  return cluster
}
