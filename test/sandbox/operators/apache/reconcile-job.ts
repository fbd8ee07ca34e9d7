import { isApiError } from '../../kubernetes/api.ts'
import { changesOf } from './changes.ts'
import { deploy, deploySession } from './deploy.ts'
import { deleteCluster, lookAt, type Sight } from './flink-cluster.ts'
import { type JobKind, kindPath } from './kinds.ts'
import { isDeployed, observe } from './observe.ts'
import type { ApacheOperator } from './operator-context.ts'
import { carriedOut, type Pass, passOver, pathOf, recorded, recordedAgain } from './pass.ts'
import { record } from './recorded.ts'
import { redeploy } from './redeploy.ts'
import { type ApacheJob, finalizing, readApacheJob } from './resource.ts'
import { changed } from './spec-changed.ts'
import { firstStatus } from './status.ts'
import { restartPoint, suspend } from './suspend.ts'
import { takeSavepoints } from './take-savepoints.ts'
import { isValid } from './validate.ts'

/** One pass over a FlinkDeployment or FlinkSessionJob; gives the time until the next that nothing else causes (FlinkDeploymentController.java reconcile). */
export async function reconcileJob(
  operator: ApacheOperator,
  kind: JobKind,
  namespace: string,
  name: string,
): Promise<number | undefined> {
  const job = await read(operator, kind, namespace, name)
  if (job === undefined) return undefined
  if (job.deleting) return cleanUp(operator, job)
  if (!job.finalized) {
    await operator.api.patch(pathOf(job), finalizing(job))
    return 0
  }
  const sight = await lookAt(operator, job)
  const pass = passOver(operator, job, job.status ?? newStatus(operator, job))
  if (job.status !== undefined) await observe(pass, sight)
  const valid = await isValid(pass)
  await pass.save()
  if (valid) await act(pass, sight)
  await pass.save()
  return operator.loopMs
}

async function read({ api }: ApacheOperator, kind: JobKind, namespace: string, name: string) {
  try {
    return readApacheJob(kind, await api.get(`${kindPath(kind, namespace)}/${name}`))
  } catch (error) {
    if (isApiError(error, 404)) return undefined
    throw error
  }
}

/** Nothing was carried out yet: the recorded spec is the one of now, suspended. */
function newStatus({ features }: ApacheOperator, job: ApacheJob) {
  const upgradeMode = job.job?.['initialSavepointPath'] ? 'savepoint' : 'stateless'
  const over = { state: 'suspended', upgradeMode, savepointTriggerNonce: null }
  return firstStatus(job, record(job, job.spec, features, { over, firstDeployment: true }), features)
}

async function act(pass: Pass, sight: Sight): Promise<void> {
  const { job, status, operator } = pass
  const { firstDeployment } = recorded(pass)
  if (firstDeployment && status.reconciliationStatus.state === 'UPGRADING') return firstDeploy(pass)
  const changes = changesOf(job, recorded(pass), operator.features)
  if (changes.is === 'SAVEPOINT_REDEPLOY') return redeploy(pass, sight, changes.diff)
  if (changes.is === 'UPGRADE' || status.reconciliationStatus.state === 'UPGRADING')
    return upgrade(pass, sight, changes.diff)
  if (isDeployed(pass) && changes.is === 'IGNORE') seen(pass)
  if (isDeployed(pass) && status.jobStatus.state === 'RUNNING' && sight.flink)
    await takeSavepoints(pass, sight.flink)
}

/** A change that starts nothing is recorded as looked at, the fields themselves are not (seen on both releases). */
function seen(pass: Pass): void {
  const { job, status, operator } = pass
  const inFlight = status.jobStatus.savepointInfo.triggerId !== undefined
  if (operator.features.observedGeneration) status.observedGeneration = job.generation
  else if (recorded(pass).generation !== job.generation && !inFlight) recordedAgain(pass)
}

async function firstDeploy(pass: Pass): Promise<void> {
  const { job } = pass
  if (job.job === undefined) return deploySession(pass)
  const { upgradeMode } = recorded(pass).job ?? {}
  const path = job.job['initialSavepointPath']
  if (job.job['state'] === 'suspended') return
  await deploy(pass, typeof path === 'string' && path !== '' ? path : undefined, {
    first: true,
    upgradeMode: String(upgradeMode),
  })
}

/** Stops what runs, and starts what is to run (AbstractFlinkResourceReconciler.java reconcile). */
async function upgrade(pass: Pass, sight: Sight, diff: string): Promise<void> {
  const { job, status } = pass
  const begun = status.reconciliationStatus.state === 'UPGRADING'
  if (!begun) await changed(pass, 'UPGRADE', diff)
  if (isDeployed(pass)) {
    if (!(await suspend(pass, sight.flink))) return
    if (job.job?.['state'] === 'suspended') {
      carriedOut(pass)
      status.reconciliationStatus.lastStableSpec = status.reconciliationStatus.lastReconciledSpec
      return
    }
    recordedAgain(pass, { state: 'suspended', upgradeMode: job.job?.['upgradeMode'] ?? 'stateless' })
    status.reconciliationStatus.state = 'UPGRADING'
    await pass.save()
  } else if (!begun) {
    if (job.job?.['state'] === 'suspended') {
      carriedOut(pass)
      return
    }
    recordedAgain(pass)
    Object.assign(status.reconciliationStatus, { state: 'UPGRADING', reconciliationTimestamp: Date.now() })
    await pass.save()
  }
  await deploy(pass, restartPoint(pass))
}

/** No savepoint is taken (kubernetes.operator.job.savepoint-on-deletion is off). */
async function cleanUp(operator: ApacheOperator, job: ApacheJob): Promise<number | undefined> {
  if (!job.finalized) return undefined
  const status = job.status
  if (status) {
    const message = `Cleaning up ${job.kind}`
    await passOver(operator, job, status).event({
      component: 'Operator',
      type: 'Normal',
      reason: 'Cleanup',
      message,
    })
  }
  if (job.kind === 'FlinkDeployment') await deleteCluster(operator, job)
  else await (await lookAt(operator, job)).flink?.cancelJob(status?.jobStatus.jobId ?? '')
  await operator.api.patch(pathOf(job), finalizing(job))
  return undefined
}
