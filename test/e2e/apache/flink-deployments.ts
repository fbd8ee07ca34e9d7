import { eventually } from '../conditions.ts'
import { type CountingCluster, countingCluster } from '../counting.ts'
import type { KubeObject } from '../kube-api.ts'
import type { ApacheStack } from './stack.ts'

const group = '/apis/flink.apache.org/v1beta1/namespaces/default'

/** In the mode in which the operator makes plain Deployments of both parts, and a kubelet starts them. */
function flinkDeployment(stack: ApacheStack, name: string, savepointsDir: string): KubeObject {
  // What the operator checks; the stand-in kubelet gives its processes less.
  const resource = { cpu: 0.5, memory: '1600m' }
  return {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    metadata: { name, namespace: 'default' },
    spec: {
      image: 'flink:1.18.1',
      flinkVersion: 'v1_18',
      mode: 'standalone',
      serviceAccount: 'flink',
      flinkConfiguration: {
        // The operator is outside the cluster, and finds JobManagers by this alone.
        'rest.port': String(stack.restPort()),
        'state.savepoints.dir': `file://${savepointsDir}`,
        // Else its validation refuses upgradeMode savepoint.
        'state.checkpoints.dir': `file://${savepointsDir}-checkpoints`,
      },
      // The convention of the stand-in kubelets (test/sandbox/kubelet/README.md); `component` is the operator's own label.
      podTemplate: { metadata: { labels: { 'flinksp.test/process': 'true', cluster: name } } },
      jobManager: { resource },
      taskManager: { resource },
    },
  }
}

function countingJob({ flink }: ApacheStack, { args }: CountingCluster, jarURI: string) {
  const entryClass = flink.jobClass
  return { jarURI, entryClass, args, parallelism: 1, upgradeMode: 'savepoint', state: 'running' }
}

interface Setting {
  readonly upgradeMode?: string
  readonly checkpoints?: boolean
}

/** A FlinkDeployment: running as the operator sees it, and some numbers counted. */
export async function runCountingDeployment(
  stack: ApacheStack,
  name: string,
  { upgradeMode = 'savepoint', checkpoints = true }: Setting = {},
): Promise<CountingCluster> {
  const cluster = countingCluster(stack, 'flinkdeployment', name)
  const bare = flinkDeployment(stack, name, cluster.savepointsDir)
  if (!checkpoints) delete bare['spec'].flinkConfiguration['state.checkpoints.dir']
  // The stand-in kubelet has the jar on the classpath, as an image has it.
  const jar = 'local:///opt/flink/usrlib/counting-job.jar'
  const job = { ...countingJob(stack, cluster, jar), upgradeMode }
  await create(stack, 'flinkdeployments', { ...bare, spec: { ...bare['spec'], job } })
  await running(stack, 'flinkdeployments', name)
  await cluster.counts()
  return cluster
}

/** A FlinkSessionJob in a session cluster of its own, the same. */
export async function runCountingSessionJob(stack: ApacheStack, name: string): Promise<CountingCluster> {
  const cluster = countingCluster(stack, 'flinksessionjob', name)
  const deploymentName = `${name}-session`
  await create(stack, 'flinkdeployments', flinkDeployment(stack, deploymentName, cluster.savepointsDir))
  await create(stack, 'flinksessionjobs', {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkSessionJob',
    metadata: { name, namespace: 'default' },
    spec: { deploymentName, job: countingJob(stack, cluster, `file://${stack.flink.jobJar}`) },
  })
  await running(stack, 'flinksessionjobs', name)
  await cluster.counts()
  return cluster
}

async function create({ controlPlane }: ApacheStack, plural: string, object: KubeObject): Promise<void> {
  await controlPlane.api.ask('POST', `${group}/${plural}`, object)
}

async function running(stack: ApacheStack, plural: string, name: string): Promise<void> {
  const state = async () => (await readJob(stack, plural, name))['status']?.jobStatus?.state
  await eventually(
    `job ${name} is RUNNING`,
    async () => ((await state()) === 'RUNNING' ? true : undefined),
    100_000,
  )
}

/** The object as it is now. */
export function readJob(
  { controlPlane }: Pick<ApacheStack, 'controlPlane'>,
  plural: string,
  name: string,
): Promise<KubeObject> {
  return controlPlane.api.get(`${group}/${plural}/${name}`)
}
