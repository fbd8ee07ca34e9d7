import { type Fields, listAt, textAt } from '../../../src/domain/fields.ts'
import { type Pod, readPod } from '../kubelet/pod.ts'
import type { KubeApi } from '../kubernetes/api.ts'
import { isApiError } from '../kubernetes/api.ts'
import type { FlinkCluster } from './cluster.ts'
import { revisionLabel } from './components.ts'
import type { Dialect } from './dialect.ts'
import { type FlinkClient, flinkClient } from './flink-client.ts'
import type { Component, Limits, Observed, ObservedSavepoint, Submitter } from './observed.ts'
import type { Revision } from './revisions.ts'

export interface ObserveOptions {
  readonly api: KubeApi
  readonly dialect: Dialect
  readonly limits: Limits
  readonly restTimeoutMs: number
  /** Since when the savepoint of this trigger id is waited for: times in status have whole seconds only. */
  readonly waitingSince: (triggerId: string) => number
}

export interface Sight {
  readonly observed: Observed
  /** undefined: there is no JobManager to ask. */
  readonly flink: FlinkClient | undefined
}

/** Looks at the pods first and at Flink after them, so that a job that a submitter names is in Flink's list. */
export async function observe(
  options: ObserveOptions,
  cluster: FlinkCluster,
  revision: Revision,
): Promise<Sight> {
  const { api, dialect } = options
  const pods = await podsOf(api, cluster)
  const service = await serviceOf(api, cluster)
  const jobManager = pods.find(pod => pod.component === 'jobmanager')
  const restUrl = jobManager?.ready ? jobManager.annotations['flinksp.test/rest-url'] : undefined
  const flink = restUrl ? flinkClient(restUrl, options.restTimeoutMs) : undefined
  const flinkJobs = await flink?.jobs()
  const savepoint = dialect.savepointInProgress(cluster.status)
  const failed = flinkJobs?.filter(job => job.state === 'FAILED') ?? []
  const exceptions = await Promise.all(failed.map(job => flink?.exception(job.id)))
  const observed: Observed = {
    cluster,
    revisionName: revision.name,
    nextRevision: revision.numbered,
    jobManager: componentOf(jobManager, revision),
    taskManager: componentOf(
      pods.find(pod => pod.component === 'taskmanager'),
      revision,
    ),
    service: service && { updated: textAt(service, 'metadata', 'labels', revisionLabel) === revision.name },
    submitter: submitterOf(pods),
    flinkJobs,
    exceptions: exceptions.filter(exception => exception !== undefined),
    savepoint: savepoint && (await askFor(flink, cluster, savepoint)),
    savepointAgeMs: savepoint ? Date.now() - options.waitingSince(savepoint.triggerId) : 0,
    limits: options.limits,
    now: Date.now(),
  }
  return { observed, flink }
}

async function askFor(
  flink: FlinkClient | undefined,
  cluster: FlinkCluster,
  { jobId, triggerId }: { jobId: string; triggerId: string },
): Promise<ObservedSavepoint> {
  if (flink) return flink.savepoint(jobId, triggerId)
  const host = `${cluster.name}-jobmanager.${cluster.namespace}.svc.cluster.local:${cluster.uiPort}`
  const url = `http://${host}/jobs/${jobId}/savepoints/${triggerId}`
  return { is: 'unknown', error: `Get "${url}": dial tcp ${host}: connect: connection refused` }
}

/** The pods of this object: not those of an earlier one of the same name. */
export async function podsOf(api: KubeApi, cluster: FlinkCluster): Promise<Pod[]> {
  const selector = encodeURIComponent(`cluster=${cluster.name},app=flink,flinksp.test/process=true`)
  const list = await api.get(`/api/v1/namespaces/${cluster.namespace}/pods?labelSelector=${selector}`)
  return listAt(list, 'items')
    .filter(pod => isOwned(pod, cluster))
    .map(readPod)
    .filter(pod => !pod.deleting)
}

async function serviceOf(api: KubeApi, cluster: FlinkCluster): Promise<Fields | undefined> {
  try {
    const service = await api.get(servicePath(cluster))
    return isOwned(service, cluster) ? service : undefined
  } catch (error) {
    if (isApiError(error, 404)) return undefined
    throw error
  }
}

export function servicePath({ namespace, name }: FlinkCluster): string {
  return `/api/v1/namespaces/${namespace}/services/${name}-jobmanager`
}

function isOwned(object: Fields, { uid }: FlinkCluster): boolean {
  return listAt(object, 'metadata', 'ownerReferences').some(owner => owner['uid'] === uid)
}

function componentOf(pod: Pod | undefined, revision: Revision): Component | undefined {
  return pod && { ready: pod.ready, updated: pod.labels[revisionLabel] === revision.name }
}

function submitterOf(pods: readonly Pod[]): Submitter | undefined {
  const pod = pods.find(one => one.component === 'submitter')
  if (pod === undefined) return undefined
  const message = pod.message ?? ''
  const jobId = pod.exitCode === 0 ? /jobID: ([0-9a-f]{32})/.exec(message)?.[1] : undefined
  const state = pod.phase === 'Succeeded' ? 'succeeded' : pod.phase === 'Failed' ? 'failed' : 'active'
  const fromSavepoint = pod.annotations['flinksp.test/from-savepoint'] ?? ''
  return {
    name: pod.name,
    fromSavepoint,
    state,
    exitCode: state === 'active' ? -1 : (pod.exitCode ?? 1),
    message,
    jobId,
  }
}
