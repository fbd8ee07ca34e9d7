import { nextClusterState } from '../cluster-state.ts'
import type { Observed } from '../observed.ts'
import { type BlockingJob, type BlockingStatus, type Named, recordedStatus, unendedJobs } from './status.ts'

/** GoogleCloudPlatform/flink-on-k8s-operator controllers/flinkcluster_updater.go deriveClusterStatus, v1alpha1 to tag v1beta1-2. */
export function derive(observed: Observed): BlockingStatus {
  const recorded = recordedStatus(observed)
  const job = deriveJob(observed, recorded.components.job)
  return {
    state: nextClusterState(observed, {
      recorded: recorded.state,
      updating: false,
      updateTriggered: false,
      stoppedJob: stoppedAs(observed, job),
    }),
    components: { ...deriveComponents(observed, recorded), ...(job && { job }) },
  }
}

/** The state is that of the batch Job that submits, and only the id is asked of Flink. */
function deriveJob(observed: Observed, old: BlockingJob | undefined): BlockingJob | undefined {
  const { cluster, submitter } = observed
  if (submitter === undefined) {
    return old && cluster.job?.cancelRequested ? { ...old, state: 'Cancelled' } : old
  }
  const [only, ...others] = unendedJobs(observed)
  // The id of the job before stands until Flink runs one again (seen on v1alpha1: Running with the old id for 4 s).
  const id = only && others.length === 0 ? only.id : (old?.id ?? '')
  const { fromSavepoint: _from, ...kept } = old ?? {}
  const job = {
    ...kept,
    name: submitter.name.replace(/-[^-]+$/, ''),
    id,
    ...(submitter.fromSavepoint && { fromSavepoint: submitter.fromSavepoint }),
  }
  if (submitter.state === 'failed') return { ...job, state: 'Failed' }
  if (submitter.state === 'succeeded') return { ...job, state: 'Succeeded' }
  const restarted = old?.state === 'Failed' || old?.state === 'Cancelled'
  return {
    ...job,
    state: id === '' ? 'Pending' : 'Running',
    ...(restarted && { restartCount: (old.restartCount ?? 0) + 1 }),
  }
}

function stoppedAs({ submitter }: Observed, job: BlockingJob | undefined) {
  if (submitter?.state === 'failed') return 'Failed'
  if (submitter?.state === 'succeeded') return 'Succeeded'
  return submitter === undefined && job?.state === 'Cancelled' ? 'Cancelled' : undefined
}

function deriveComponents(observed: Observed, recorded: BlockingStatus) {
  const { cluster, jobManager, taskManager, service } = observed
  const old = recorded.components
  const component = (was: Named, name: string, now: { ready?: boolean } | undefined): Named => {
    if (now) return { name, state: now.ready === false ? 'NotReady' : 'Ready' }
    return was.name === '' ? was : { name: was.name, state: 'Deleted' }
  }
  return {
    configMap: component(old.configMap, `${cluster.name}-configmap`, service && {}),
    jobManagerDeployment: component(old.jobManagerDeployment, `${cluster.name}-jobmanager`, jobManager),
    jobManagerService: component(old.jobManagerService, `${cluster.name}-jobmanager`, service && {}),
    taskManagerDeployment: component(old.taskManagerDeployment, `${cluster.name}-taskmanager`, taskManager),
  }
}
