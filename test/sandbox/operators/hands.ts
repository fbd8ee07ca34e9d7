import { isApiError, type KubeApi } from '../kubernetes/api.ts'
import { stopJob, takeSavepoint } from './blocking.ts'
import { componentPod, jobManagerService, submitterPod } from './components.ts'
import type { Dialect, TriggerAnswer } from './dialect.ts'
import type { FlinkClient } from './flink-client.ts'
import { podsOf, servicePath } from './observe.ts'
import type { Action, Observed } from './observed.ts'
import { jobIdOf, savepointRequest } from './savepoint-request.ts'
import type { Thread } from './thread.ts'

export interface Hands {
  readonly api: KubeApi
  readonly dialect: Dialect
  readonly flink: FlinkClient | undefined
  readonly thread: Thread
  /** Aborted when the operator stops. */
  readonly stopped: AbortSignal
  /** Writes the status of the observed object, also where the object has moved meanwhile. */
  writeStatus(observed: Observed, status: object): Promise<void>
  /** Writes it unless the object has moved: then it is lost. */
  writeOnce(observed: Observed, status: object): Promise<void>
  /** The next pass is due at once. */
  again(): void
  /** A savepoint of this id was asked for just now. */
  triggered(triggerId: string): void
}

/** Carries one action out. */
export async function perform(hands: Hands, observed: Observed, action: Action): Promise<void> {
  switch (action.do) {
    case 'make components':
      return makeComponents(hands.api, observed, action.recreate)
    case 'delete components':
      return deleteComponents(hands.api, observed, ['jobmanager', 'taskmanager'])
    case 'delete JobManager':
      return deleteComponents(hands.api, observed, ['jobmanager'])
    case 'delete TaskManager':
      return deletePods(hands.api, observed, ['taskmanager'])
    case 'delete submitter':
      return deletePods(hands.api, observed, ['submitter'])
    case 'create submitter':
      await hands.api.create(
        podsPath(observed),
        submitterPod(observed.cluster, hands.dialect.submitter, action.fromSavepoint),
      )
      return
    case 'cancel job':
      return hands.flink?.cancelJob(action.jobId)
    case 'write status':
      return hands.writeStatus(observed, action.status)
    case 'trigger savepoint':
      return triggerSavepoint(hands, observed, action.reason, action.cancelJob)
    case 'take savepoint':
      return takeSavepoint(hands, observed, action)
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

async function deleteComponents(
  api: KubeApi,
  observed: Observed,
  components: readonly string[],
): Promise<void> {
  if (observed.service) await api.delete(servicePath(observed.cluster))
  if (observed.jobManager || observed.taskManager) await deletePods(api, observed, components)
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
  const body = savepointRequest(observed, cancelJob)
  const answer: TriggerAnswer = (await hands.flink?.triggerSavepoint(jobIdOf(observed), body)) ?? {
    error: 'dial tcp: connect: connection refused',
  }
  if ('triggerId' in answer) hands.triggered(answer.triggerId)
  await hands.writeStatus(observed, hands.dialect.triggered(observed, reason, answer))
}

function podsPath({ cluster }: Observed): string {
  return `/api/v1/namespaces/${cluster.namespace}/pods`
}
