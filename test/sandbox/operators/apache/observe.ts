import { errorText } from './error-text.ts'
import type { Sight } from './flink-cluster.ts'
import { observeSavepoint } from './legacy-savepoint.ts'
import { type Pass, recorded } from './pass.ts'
import type { Status } from './status.ts'

/** Brings the status up to what can be seen, before anything is done. */
export async function observe(pass: Pass, sight: Sight): Promise<void> {
  const { status, job, operator } = pass
  // Errors stand for one loop; the next one that meets them writes them again: they blink (seen on 1.15.0).
  delete status.error
  if (!isDeployed(pass)) {
    const resumes = job.job?.['state'] !== 'suspended' && recorded(pass).job?.['state'] === 'suspended'
    // Seen on 1.7.0, where a resume shows it before anything is deployed.
    if (operator.features.keepsJobId && status.jobStatus.state === 'FINISHED' && resumes)
      status.jobStatus.state = 'RECONCILING'
    return
  }
  if (job.kind === 'FlinkDeployment' && !(await observeJobManager(pass, sight))) return
  if (job.job === undefined) {
    status.clusterInfo = clusterInfo
    markStable(status)
    return
  }
  if (sight.flink) await observeJob(pass, sight.flink)
}

export function isDeployed(pass: Pass): boolean {
  const { state } = pass.status.reconciliationStatus
  return state === 'DEPLOYED' && recorded(pass).job?.['state'] !== 'suspended'
}

const clusterInfo = {
  'flink-version': '1.18.1',
  'flink-revision': 'a8c8b1c @ 2023-12-19T22:17:36+01:00',
  'total-cpu': '1.0',
  'total-memory': '1677721600',
}

/** True once its jobs can be looked at. */
async function observeJobManager(pass: Pass, { jobManager, crash, from }: Sight): Promise<boolean> {
  const { status, operator } = pass
  const was = status.jobManagerDeploymentStatus
  if (crash !== undefined && from !== undefined && operator.seesFailedStarts) {
    await failedStart(pass, from)
    return false
  }
  if (crash !== undefined) {
    status.jobManagerDeploymentStatus = 'ERROR'
    status.error = errorText('DeploymentFailedException', crash, { reason: 'CrashLoopBackOff' })
    if (was !== 'ERROR') await warn(pass, 'CrashLoopBackOff', crash)
    return false
  }
  if (jobManager !== 'ready') {
    status.jobManagerDeploymentStatus = 'DEPLOYING'
    return false
  }
  if (was === 'READY') return true
  status.jobManagerDeploymentStatus = was === 'DEPLOYED_NOT_READY' ? 'READY' : 'DEPLOYED_NOT_READY'
  if (status.jobManagerDeploymentStatus !== 'READY') return false
  if (!operator.features.observedGeneration || pass.job.job === undefined) return true
  // It comes with every start and means nothing (seen on 1.15.0).
  await pass.event({ component: 'Job', type: 'Warning', reason: 'Missing', message: 'Job Not Found' })
  status.error = 'Job Not Found'
  return false
}

/** Of a savepoint that is not there (seen on 1.7.0, restore-recreate-missing-path). */
async function failedStart(pass: Pass, from: string): Promise<void> {
  const { status } = pass
  status.jobManagerDeploymentStatus = 'READY'
  await changedTo(pass, 'FAILED')
  const type = 'org.apache.flink.util.SerializedThrowable'
  const missing = `java.lang.RuntimeException: java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory '${from}' on file system 'file'.`
  const causes = [`java.util.concurrent.CompletionException: ${missing}`, missing]
  status.error = JSON.stringify({
    type,
    message: 'org.apache.flink.runtime.client.JobInitializationException: Could not start the JobMaster.',
    additionalMetadata: {},
    throwableList: causes.map(message => ({ type, message, additionalMetadata: {} })),
  })
}

async function changedTo(pass: Pass, state: string): Promise<void> {
  const { jobStatus } = pass.status
  if (jobStatus.state === state) return
  const message = `Job status changed from ${jobStatus.state} to ${state}`
  await pass.event({ component: 'Job', type: 'Normal', reason: 'JobStatusChanged', message })
  jobStatus.state = state
}

const warn = (pass: Pass, reason: string, message: string) =>
  pass.event({ component: 'JobManagerDeployment', type: 'Warning', reason, message })

async function observeJob(pass: Pass, flink: NonNullable<Sight['flink']>): Promise<void> {
  const { jobStatus } = pass.status
  const jobs = await flink.jobs()
  const found = jobs?.find(({ id }) => id === jobStatus.jobId)
  if (found === undefined) {
    if (jobs && jobStatus.state === 'RUNNING') jobStatus.state = 'RECONCILING'
    return
  }
  if (found.state !== jobStatus.state) {
    await changedTo(pass, found.state)
    Object.assign(jobStatus, {
      jobName: found.name,
      startTime: String(found.startedAt),
      updateTime: String(Date.now()),
    })
    if (pass.job.kind === 'FlinkDeployment') pass.status.clusterInfo = clusterInfo
  }
  if (found.state === 'RUNNING') markStable(pass.status)
  if (found.state === 'FAILED') await failed(pass, flink)
  if (jobStatus.savepointInfo.triggerId !== undefined) await observeSavepoint(pass, flink)
}

async function failed({ status }: Pass, flink: NonNullable<Sight['flink']>): Promise<void> {
  const trace = (await flink.exception(status.jobStatus.jobId ?? '')) ?? ''
  const causes = [...trace.matchAll(/^Caused by: (.*)$/gm)].map(([, cause = '']) => cause)
  const type = 'org.apache.flink.util.SerializedThrowable'
  status.error = JSON.stringify({
    type,
    message: trace.split('\n')[0],
    additionalMetadata: {},
    throwableList: causes.map(message => ({ type, message })),
  })
}

function markStable({ reconciliationStatus }: Status): void {
  reconciliationStatus.lastStableSpec = reconciliationStatus.lastReconciledSpec
}
