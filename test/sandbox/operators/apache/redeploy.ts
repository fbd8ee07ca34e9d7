import { textAt } from '../../../../src/domain/fields.ts'
import { deploy } from './deploy.ts'
import type { Sight } from './flink-cluster.ts'
import { carriedOut, type Pass } from './pass.ts'
import { changed } from './spec-changed.ts'
import { gone } from './suspend.ts'

/** savepointRedeployNonce: no savepoint of the state of now, no way back (AbstractJobReconciler.java redeployWithSavepoint). */
export async function redeploy(pass: Pass, { flink }: Sight, diff: string): Promise<void> {
  const { job, status } = pass
  const { jobStatus, reconciliationStatus } = status
  // One in flight is waited for.
  if (jobStatus.savepointInfo.triggerId !== undefined) return
  await changed(pass, 'SAVEPOINT_REDEPLOY', diff)
  // A blank path redeploys a session job from nothing (DefaultValidator.java looks at FlinkDeployments only).
  const path = textAt(job.job ?? {}, 'initialSavepointPath')
  const stable = () => {
    reconciliationStatus.lastStableSpec = reconciliationStatus.lastReconciledSpec
  }
  if (path === undefined) delete jobStatus.upgradeSavepointPath
  else jobStatus.upgradeSavepointPath = path
  if (job.job?.['state'] === 'suspended') {
    carriedOut(pass)
    stable()
    return
  }
  await flink?.cancelJob(jobStatus.jobId ?? '')
  await gone(pass)
  if (await deploy(pass, path)) stable()
}
