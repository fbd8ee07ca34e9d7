import { setTimeout as sleep } from 'node:timers/promises'
import type { FlinkClient } from '../flink-client.ts'
import { errorText, toldOf } from './error-text.ts'
import { deleteCluster } from './flink-cluster.ts'
import { keep } from './legacy-savepoint.ts'
import { createSnapshot, keepsSnapshots } from './made-snapshots.ts'
import { type Pass, recorded } from './pass.ts'
import { savepointDirectory } from './resource.ts'

/** Stops the job as spec.job.upgradeMode says; false: its savepoint failed, and it runs on. */
export async function suspend(pass: Pass, flink: FlinkClient | undefined): Promise<boolean> {
  const { status, job, operator } = pass
  await pass.event({
    component: 'JobManagerDeployment',
    type: 'Normal',
    reason: 'Suspended',
    message: 'Suspending existing deployment.',
  })
  const jobId = status.jobStatus.jobId ?? ''
  if (job.job?.['upgradeMode'] === 'savepoint' && flink && status.jobStatus.state === 'RUNNING') {
    const ended = await stopped(pass, flink, jobId)
    if ('error' in ended) {
      await cannotSave(pass, ended.error)
      return false
    }
    await keepUpgrade(pass, ended.location)
  } else {
    if (isLastState(pass)) operator.haMetadata.set(job.uid, await flink?.checkpoint(jobId))
    await flink?.cancelJob(jobId)
  }
  await gone(pass)
  return true
}

/** A FlinkDeployment's cluster leaves its high-availability metadata behind; nothing is written down of it (AbstractFlinkService.java cancelJob). */
function isLastState({ job }: Pass): boolean {
  return job.kind === 'FlinkDeployment' && job.job?.['upgradeMode'] === 'last-state'
}

/** Nothing of it runs any more. */
export async function gone({ status, job, operator }: Pass): Promise<void> {
  if (job.kind === 'FlinkDeployment') {
    await deleteCluster(operator, job)
    status.jobManagerDeploymentStatus = 'MISSING'
    status.taskManager = { labelSelector: '', replicas: 0 }
  }
  status.jobStatus.state = 'FINISHED'
}

const askEveryMs = 20

async function stopped(
  { job, operator }: Pass,
  flink: FlinkClient,
  jobId: string,
): Promise<{ readonly location: string } | { readonly error: string }> {
  const directory = savepointDirectory(job)
  const request = {
    // Of a session job the session cluster says where.
    ...(directory !== undefined && { targetDirectory: directory }),
    // AbstractFlinkService.java: of every stop with a savepoint.
    drain: job.configuration['kubernetes.operator.job.drain-on-savepoint-deletion'] === 'true',
    formatType: job.configuration['kubernetes.operator.savepoint.format.type'] ?? 'CANONICAL',
  }
  const answer = await flink.stopJob(jobId, request)
  if ('error' in answer) return answer
  for (;;) {
    const savepoint = await flink.savepoint(jobId, answer.triggerId)
    if (savepoint.is === 'done') return savepoint
    if (savepoint.is === 'failed') return { error: toldOf(savepoint.stackTrace) }
    if (savepoint.is === 'unknown') return savepoint
    await sleep(askEveryMs, undefined, { signal: operator.stopped })
  }
}

/** Seen on both releases: the job keeps running, and every loop tries again. */
async function cannotSave({ status, operator, event }: Pass, error: string): Promise<void> {
  const today = operator.features.snapshots
  status.error = today
    ? errorText('UpgradeFailureException', 'Savepoint Error', { causes: [error] })
    : errorText('ReconciliationException', `java.util.concurrent.ExecutionException: ${error}`)
  await event({
    component: 'JobManagerDeployment',
    type: 'Warning',
    reason: today ? 'SavepointError' : 'ClusterDeploymentException',
    message: today ? `Savepoint Error -> ${error}` : error,
  })
}

async function keepUpgrade({ status, job, operator }: Pass, location: string): Promise<void> {
  const { jobStatus } = status
  if (operator.features.snapshots) jobStatus.upgradeSavepointPath = location
  if (keepsSnapshots(operator, job)) {
    await createSnapshot(operator, job, 'UPGRADE', { path: location, alreadyExists: true })
    return
  }
  keep(jobStatus.savepointInfo, {
    timeStamp: Date.now(),
    location,
    triggerType: 'UPGRADE',
    formatType: job.kind === 'FlinkSessionJob' ? 'UNKNOWN' : 'CANONICAL',
  })
}

const lastStateMark = 'KUBERNETES_OPERATOR_LAST_STATE'

/** What a start goes on from: how the job was suspended counts, not what the spec says now. */
export function restartPoint(pass: Pass): string | undefined {
  const { status, operator, job } = pass
  const mode = recorded(pass).job?.['upgradeMode']
  if (mode === 'stateless') return undefined
  const { upgradeSavepointPath, savepointInfo } = status.jobStatus
  if (mode === 'last-state') {
    const newest = operator.haMetadata.get(job.uid)
    // It is written by the deployment alone, where there was a checkpoint (ApplicationReconciler.java deploy).
    if (operator.features.snapshots && newest !== undefined)
      status.jobStatus.upgradeSavepointPath = lastStateMark
    return newest
  }
  const path = operator.features.snapshots ? upgradeSavepointPath : savepointInfo.lastSavepoint?.location
  return path === lastStateMark ? undefined : path
}
