import { type ClusterState, nextClusterState } from '../cluster-state.ts'
import { allUpdated, type Observed } from '../observed.ts'
import { deriveControl } from './derive-control.ts'
import { deriveJob } from './derive-job.ts'
import { deriveSavepoint, savepointForUpdate } from './derive-savepoint.ts'
import type { GcpJob, GcpStatus, Named } from './status.ts'
import { recordedStatus, updateStateOf } from './update-state.ts'

/** GoogleCloudPlatform/flink-on-k8s-operator controllers/flinkcluster_updater.go deriveClusterStatus, tag v1beta1-9. */
export function derive(observed: Observed): GcpStatus {
  const recorded = recordedStatus(observed)
  const job = deriveJob(observed, recorded)
  const requested = deriveControl(observed, recorded, job, deriveSavepoint(observed, recorded))
  const savepoint = savepointForUpdate(observed, recorded) ?? requested.savepoint
  const updateState = updateStateOf(observed)
  return {
    state: nextClusterState(observed, {
      recorded: recorded.state as ClusterState | undefined,
      updating: updateState === 'updating' && !allUpdated(observed),
      updateTriggered: updateState !== 'none',
      stoppedJob: stoppedAs(job),
    }),
    components: { ...deriveComponents(observed, recorded), ...(job && { job }) },
    ...(requested.control && { control: requested.control }),
    ...(savepoint && { savepoint }),
    currentRevision:
      updateState === 'finished' && recorded.nextRevision
        ? recorded.nextRevision
        : (recorded.currentRevision ?? observed.nextRevision),
    nextRevision: observed.nextRevision,
  }
}

function stoppedAs(job: GcpJob | undefined): 'Succeeded' | 'Failed' | 'Cancelled' | undefined {
  // Lost keeps the cluster: it stays Running and empty (seen on tag -9).
  const state = job?.state
  return state === 'Succeeded' || state === 'Failed' || state === 'Cancelled' ? state : undefined
}

function deriveComponents(observed: Observed, recorded: GcpStatus): Omit<GcpStatus['components'], 'job'> {
  const { cluster, jobManager, taskManager, service } = observed
  const old = recorded.components
  const updating = old.job?.state === 'Updating'
  const component = (
    was: Named,
    name: string,
    now: { updated: boolean; ready?: boolean } | undefined,
  ): Named => {
    if (updating && !now?.updated) return { name: was.name, state: 'Updating' }
    if (now) return { name, state: now.ready === false ? 'NotReady' : 'Ready' }
    return was.name === '' ? was : { name: was.name, state: 'Deleted' }
  }
  return {
    configMap: component(old.configMap, `${cluster.name}-configmap`, service),
    jobManagerStatefulSet: component(old.jobManagerStatefulSet, `${cluster.name}-jobmanager`, jobManager),
    jobManagerService: component(old.jobManagerService, `${cluster.name}-jobmanager`, service),
    taskManagerStatefulSet: component(old.taskManagerStatefulSet, `${cluster.name}-taskmanager`, taskManager),
  }
}
