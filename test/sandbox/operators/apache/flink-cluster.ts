import { randomBytes } from 'node:crypto'
import { type Fields, listAt, textAt } from '../../../../src/domain/fields.ts'
import { type Pod, readPod } from '../../kubelet/pod.ts'
import { isApiError } from '../../kubernetes/api.ts'
import { type FlinkClient, flinkClient } from '../flink-client.ts'
import type { ApacheOperator } from './operator-context.ts'
import { type ApacheJob, isOwned, ownerOf } from './resource.ts'

/** What can be seen of the Flink cluster that a job runs in. */
export interface Sight {
  readonly jobManager: 'none' | 'starting' | 'ready'
  /** The container is kept from starting again: what the kubelet says of it. */
  readonly crash?: string
  /** What it is started from. */
  readonly from?: string
  /** undefined: there is nobody to ask. */
  readonly flink?: FlinkClient
}

interface Place {
  readonly namespace: string
  readonly cluster: string
}

export async function lookAt(operator: ApacheOperator, place: Place): Promise<Sight> {
  const bodies = await podBodies(operator, place, 'jobmanager')
  const [body] = bodies
  if (body === undefined) return { jobManager: 'none' }
  const pod = readPod(body)
  const waiting = listAt(body, 'status', 'containerStatuses')[0] ?? {}
  const crash = textAt(waiting, 'state', 'waiting', 'message')
  const from = pod.annotations['flinksp.test/from-savepoint']
  const url = pod.ready ? pod.annotations['flinksp.test/rest-url'] : undefined
  return {
    jobManager: url === undefined ? 'starting' : 'ready',
    ...(crash !== undefined && { crash }),
    ...(from !== undefined && { from }),
    ...(url !== undefined && { flink: flinkClient(url, operator.restTimeoutMs) }),
  }
}

async function podBodies(
  { api }: ApacheOperator,
  { namespace, cluster }: Place,
  component?: string,
): Promise<Fields[]> {
  const labels = [`app=${cluster}`, `type=${clusterType}`, ...(component ? [`component=${component}`] : [])]
  const selector = encodeURIComponent(labels.join(','))
  const list = await api.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`)
  return listAt(list, 'items').filter(pod => !textAt(pod, 'metadata', 'deletionTimestamp'))
}

const clusterType = 'flink-native-kubernetes'

/** What the JobManager of an application cluster is started with. */
export interface Start {
  readonly jobId: string
  readonly fromSavepoint: string | undefined
}

/** JobManager, TaskManager and the Service `NAME-rest`; without `start` a session cluster. */
export async function createCluster({ api }: ApacheOperator, job: ApacheJob, start?: Start): Promise<void> {
  const { namespace } = job
  await api.create(`/api/v1/namespaces/${namespace}/services`, restService(job)).catch(error => {
    if (!isApiError(error, 409)) throw error
  })
  const pods = `/api/v1/namespaces/${namespace}/pods`
  await api.create(pods, pod(job, 'jobmanager', start && startAnnotations(job, start)))
  await api.create(pods, pod(job, 'taskmanager'))
}

function startAnnotations({ job }: ApacheJob, { jobId, fromSavepoint }: Start): Fields {
  return {
    'flinksp.test/job': JSON.stringify({ args: job?.['args'], parallelism: job?.['parallelism'] }),
    'flinksp.test/job-id': jobId,
    'flinksp.test/allow-non-restored-state': String(job?.['allowNonRestoredState'] === true),
    ...(fromSavepoint !== undefined && { 'flinksp.test/from-savepoint': fromSavepoint }),
  }
}

export async function deleteCluster(operator: ApacheOperator, job: ApacheJob): Promise<void> {
  const { api } = operator
  const within = `/api/v1/namespaces/${job.namespace}`
  const pods: Pod[] = (await podBodies(operator, job)).filter(body => isOwned(body, job)).map(readPod)
  for (const { name } of pods) await api.delete(`${within}/pods/${name}?gracePeriodSeconds=0`)
  await api.delete(`${within}/services/${job.cluster}-rest`)
}

function pod(job: ApacheJob, component: 'jobmanager' | 'taskmanager', annotations: Fields = {}): Fields {
  const { name, namespace, configuration, spec } = job
  const ports = component === 'jobmanager' ? { ports: [{ name: 'rest', containerPort: restPort(job) }] } : {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}${component === 'taskmanager' ? '-taskmanager' : ''}-${randomBytes(3).toString('hex')}`,
      namespace,
      labels: {
        app: name,
        cluster: name,
        component,
        type: clusterType,
        'flinksp.test/process': 'true',
      },
      annotations: { ...annotations, 'flinksp.test/flink-properties': JSON.stringify(configuration) },
      ownerReferences: [ownerOf(job)],
    },
    spec: {
      restartPolicy: 'Always',
      containers: [{ name: 'flink-main-container', image: textAt(spec, 'image') ?? 'flink', ...ports }],
    },
  }
}

/** Service `NAME-rest`, port `rest` (flink-kubernetes ExternalServiceDecorator). */
function restService(job: ApacheJob): Fields {
  const { name, namespace } = job
  const port = restPort(job)
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `${name}-rest`,
      namespace,
      labels: { app: name, type: clusterType },
      ownerReferences: [ownerOf(job)],
    },
    spec: {
      type: 'ClusterIP',
      selector: { app: name, component: 'jobmanager', type: clusterType },
      ports: [{ name: 'rest', port, targetPort: 'rest', protocol: 'TCP' }],
    },
  }
}

function restPort({ configuration }: ApacheJob): number {
  return Number(configuration['rest.port'] ?? 8081)
}
