import { isApiError, type KubeApi } from '../kubernetes/api.ts'
import { componentPod, jobManagerService, submitterPod } from './components.ts'
import type { Dialect, TriggerAnswer } from './dialect.ts'
import type { FlinkClient } from './flink-client.ts'
import { podsOf, servicePath } from './observe.ts'
import type { Action, Observed } from './observed.ts'

export interface Hands {
  readonly api: KubeApi
  readonly dialect: Dialect
  readonly flink: FlinkClient | undefined
  /** Writes the status of the observed object. */
  writeStatus(observed: Observed, status: object): Promise<void>
  /** A savepoint of this id was asked for just now. */
  triggered(triggerId: string): void
}

/** Carries one action out. */
export async function perform(hands: Hands, observed: Observed, action: Action): Promise<void> {
  switch (action.do) {
    case 'make components':
      return makeComponents(hands.api, observed, action.recreate)
    case 'delete components':
      return deleteComponents(hands.api, observed)
    case 'delete TaskManager':
      return deletePods(hands.api, observed, ['taskmanager'])
    case 'delete submitter':
      return deletePods(hands.api, observed, ['submitter'])
    case 'create submitter':
      await hands.api.create(podsPath(observed), submitterPod(observed.cluster, action.fromSavepoint))
      return
    case 'cancel job':
      return hands.flink?.cancelJob(action.jobId)
    case 'write status':
      return hands.writeStatus(observed, action.status)
    case 'trigger savepoint':
      return triggerSavepoint(hands, observed, action.reason, action.cancelJob)
    case 'stop job':
      return stopJob(hands, observed, action.jobId)
  }
}

async function makeComponents(api: KubeApi, observed: Observed, recreate: boolean): Promise<void> {
  const { cluster, revisionName, jobManager, taskManager, service } = observed
  const stale = (component: { updated: boolean } | undefined) => recreate && component?.updated === false
  if (stale(service)) await api.delete(servicePath(cluster))
  if (!service || stale(service)) {
    await create(
      api,
      `/api/v1/namespaces/${cluster.namespace}/services`,
      jobManagerService(cluster, revisionName),
    )
  }
  for (const [name, component] of [
    ['jobmanager', jobManager],
    ['taskmanager', taskManager],
  ] as const) {
    if (stale(component)) await deletePods(api, observed, [name])
    if (!component || stale(component)) {
      await create(api, podsPath(observed), componentPod(cluster, name, revisionName))
    }
  }
}

/** An object of an earlier FlinkCluster may still be in the way: the next pass tries again. */
async function create(api: KubeApi, path: string, body: Parameters<KubeApi['create']>[1]): Promise<void> {
  await api.create(path, body).catch(error => {
    if (!isApiError(error, 409)) throw error
  })
}

async function deleteComponents(api: KubeApi, observed: Observed): Promise<void> {
  if (observed.service) await api.delete(servicePath(observed.cluster))
  if (observed.jobManager || observed.taskManager)
    await deletePods(api, observed, ['jobmanager', 'taskmanager'])
}

async function deletePods(api: KubeApi, observed: Observed, components: readonly string[]): Promise<void> {
  const pods = await podsOf(api, observed.cluster)
  for (const pod of pods.filter(one => components.includes(one.component))) {
    await api.delete(`${podsPath(observed)}/${pod.name}?gracePeriodSeconds=0`)
  }
}

async function triggerSavepoint(
  hands: Hands,
  observed: Observed,
  reason: string,
  cancelJob: boolean,
): Promise<void> {
  const { job } = observed.cluster
  const id = jobIdOf(observed)
  const format = job?.savepointFormatType
  const answer: TriggerAnswer = (await hands.flink?.triggerSavepoint(id, {
    'target-directory': job?.savepointsDir ?? '',
    'cancel-job': cancelJob,
    ...(format && { formatType: format }),
  })) ?? { error: 'dial tcp: connect: connection refused' }
  if ('triggerId' in answer) hands.triggered(answer.triggerId)
  await hands.writeStatus(observed, hands.dialect.triggered(observed, reason, answer))
}

/** One request that takes the savepoint and stops the job; asked for again for ever where it fails (spotify/flink-on-k8s-operator #1017). */
async function stopJob(hands: Hands, observed: Observed, jobId: string): Promise<void> {
  const { job } = observed.cluster
  const answer = await hands.flink?.stopJob(jobId, {
    targetDirectory: job?.savepointsDir ?? '',
    drain: false,
  })
  if (!answer) return
  if ('triggerId' in answer) hands.triggered(answer.triggerId)
  await hands.writeStatus(observed, hands.dialect.triggered(observed, 'job cancel', answer))
}

function jobIdOf({ cluster }: Observed): string {
  const components = cluster.status['components'] as { job?: { id?: string } } | undefined
  return components?.job?.id ?? ''
}

function podsPath({ cluster }: Observed): string {
  return `/api/v1/namespaces/${cluster.namespace}/pods`
}
