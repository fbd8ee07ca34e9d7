import { randomBytes } from 'node:crypto'
import type { FlinkClient } from '../flink-client.ts'
import { errorText } from './error-text.ts'
import { createCluster, lookAt } from './flink-cluster.ts'
import { carriedOut, type Pass } from './pass.ts'

/** Starts the job, from this savepoint if one is given; true once it was handed over. */
export async function deploy(
  pass: Pass,
  from: string | undefined,
  { first = false, upgradeMode }: { readonly first?: boolean; readonly upgradeMode?: string } = {},
): Promise<boolean> {
  const { status, job, operator } = pass
  const { jobStatus } = status
  const flink = job.kind === 'FlinkSessionJob' ? (await lookAt(operator, job)).flink : undefined
  // The session cluster is not there yet.
  if (job.kind === 'FlinkSessionJob' && flink === undefined) return false
  jobStatus.jobId = nextJobId(pass)
  await pass.save()
  await submitted(pass)
  if (flink) {
    if (!(await submit(pass, flink, from))) return false
  } else {
    await createCluster(operator, job, { jobId: jobStatus.jobId, fromSavepoint: from })
    deployedCluster(pass)
  }
  jobStatus.state = 'RECONCILING'
  carriedOut(pass, upgradeMode === undefined ? {} : { upgradeMode }, first)
  return true
}

/** The session cluster of session jobs: a FlinkDeployment without spec.job. */
export async function deploySession(pass: Pass): Promise<void> {
  await createCluster(pass.operator, pass.job)
  deployedCluster(pass)
  carriedOut(pass, {}, true)
}

function deployedCluster({ status, job }: Pass): void {
  status.jobManagerDeploymentStatus = 'DEPLOYING'
  status.taskManager = { labelSelector: `component=taskmanager,app=${job.name}`, replicas: 1 }
}

const submitted = (pass: Pass) =>
  pass.event({
    component: 'JobManagerDeployment',
    type: 'Normal',
    reason: 'Submit',
    message: 'Starting deployment',
  })

/** 1.7 kept the id of an application's job, and gave session jobs one of their uid and generation (seen on 1.7.0). */
function nextJobId({ operator: { features }, job, status }: Pass): string {
  if (!features.keepsJobId) return randomBytes(16).toString('hex')
  if (job.kind === 'FlinkSessionJob') {
    const uid = job.uid.replaceAll('-', '').slice(0, 16)
    return `${uid}${job.generation.toString(16).padStart(16, '0')}`
  }
  return status.jobStatus.jobId ?? randomBytes(16).toString('hex')
}

async function submit(pass: Pass, flink: FlinkClient, from: string | undefined): Promise<boolean> {
  const { job, status } = pass
  const refusal = await flink.runJar({
    jobId: status.jobStatus.jobId,
    programArgsList: job.job?.['args'] ?? [],
    parallelism: job.job?.['parallelism'] ?? 1,
    allowNonRestoredState: job.job?.['allowNonRestoredState'] === true,
    ...(from !== undefined && { savepointPath: from }),
  })
  if (refusal === undefined) return true
  status.error = errorText('ReconciliationException', refusal)
  await pass.event({ component: 'Job', type: 'Warning', reason: 'Error', message: refusal.slice(0, 200) })
  return false
}
