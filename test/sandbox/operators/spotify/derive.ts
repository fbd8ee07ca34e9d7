import { nextClusterState } from '../cluster-state.ts'
import type { Observed } from '../observed.ts'
import { deriveControl } from './derive-control.ts'
import { deriveJob } from './derive-job.ts'
import { deriveSavepoint } from './derive-savepoint.ts'
import {
  jobActive,
  jobFailed,
  type Named,
  type Replicated,
  type SpotifyJob,
  type SpotifyStatus,
} from './status.ts'
import { recordedStatus, updateStateOf } from './update-state.ts'

/** spotify/flink-on-k8s-operator controllers/flinkcluster/flinkcluster_updater.go deriveClusterStatus, v0.6. */
export function derive(observed: Observed): SpotifyStatus {
  const recorded = recordedStatus(observed)
  const updateState = updateStateOf(observed)
  const job = deriveJob(observed, recorded)
  const savepoint = deriveSavepoint(observed, recorded, job)
  const control = deriveControl(observed, recorded, job, savepoint)
  return {
    state: nextClusterState(observed, {
      recorded: recorded.state,
      updating: clusterIsUpdating(observed),
      updateTriggered: updateState !== 'none',
      // The state of the job as it was: the cluster follows one write later (seen on Spotify v0.6).
      stoppedJob: updateState === 'none' ? stoppedAs(recorded.components.job) : undefined,
    }),
    components: { ...deriveComponents(observed, recorded), ...(job && { job }) },
    ...(control && { control }),
    ...(savepoint && { savepoint }),
    revision: {
      currentRevision:
        updateState === 'finished' && recorded.revision.nextRevision
          ? recorded.revision.nextRevision
          : (recorded.revision.currentRevision ?? observed.nextRevision),
      nextRevision: observed.nextRevision,
    },
  }
}

function stoppedAs(job: SpotifyJob | undefined): 'Succeeded' | 'Failed' | 'Cancelled' | undefined {
  if (jobFailed(job)) return 'Failed'
  return job?.state === 'Succeeded' || job?.state === 'Cancelled' ? job.state : undefined
}

/** util.go shouldUpdateCluster: not before the job shows Updating. */
export function clusterIsUpdating(observed: Observed): boolean {
  const { job } = recordedStatus(observed).components
  return updateStateOf(observed) === 'in progress' && !jobActive(job)
}

function deriveComponents(
  observed: Observed,
  recorded: SpotifyStatus,
): Omit<SpotifyStatus['components'], 'job'> {
  const { cluster, jobManager, taskManager, service } = observed
  const old = recorded.components
  const updating = clusterIsUpdating(observed) && old.job?.state === 'Updating'
  const selector = `app=flink,cluster=${cluster.name},component=taskmanager`
  const parts = {
    configMap: named(old.configMap, `${cluster.name}-configmap`, service, updating),
    jobManager: replicated(old.jobManager, `${cluster.name}-jobmanager`, jobManager, updating),
    jobManagerService: named(old.jobManagerService, `${cluster.name}-jobmanager`, service, updating),
    taskManager: replicated(old.taskManager, `${cluster.name}-taskmanager`, taskManager, updating, selector),
  }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))
}

function named(
  old: Named | undefined,
  name: string,
  now: { updated: boolean } | undefined,
  updating: boolean,
): Named | undefined {
  if (old && updating && !now?.updated) return { ...old, state: 'Updating' }
  if (now) return { name, state: 'Ready' }
  return old && { name: old.name, state: 'Deleted' }
}

function replicated(
  old: Replicated | undefined,
  name: string,
  now: { updated: boolean; ready: boolean } | undefined,
  updating: boolean,
  selector?: string,
): Replicated | undefined {
  if (old && updating && !now?.updated) return { ...old, state: 'Updating' }
  if (now === undefined) return old && { name: old.name, state: 'Deleted', replicas: 0, ready: '' }
  return {
    name,
    state: now.ready ? 'Ready' : 'NotReady',
    replicas: 1,
    ...(now.ready && { readyReplicas: 1 }),
    ready: now.ready ? '1/1' : '0/1',
    ...(selector && { selector }),
  }
}
