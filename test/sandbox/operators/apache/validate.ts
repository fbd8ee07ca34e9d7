import { errorText } from './error-text.ts'
import { type Pass, recorded } from './pass.ts'
import { savepointDirectory } from './resource.ts'

/** What DefaultValidator.java has against a spec (the part people meet); the operator goes on with the last one that was valid. */
export async function isValid(pass: Pass): Promise<boolean> {
  const problem = problemOf(pass)
  if (problem === undefined) return true
  pass.status.error = errorText('ValidationException', problem)
  await pass.event({ component: 'Operator', type: 'Warning', reason: 'ValidationError', message: problem })
  return false
}

const notSet =
  'Savepoint could not be manually triggered for the running job while config key[state.savepoints.dir] is not set'

function problemOf(pass: Pass): string | undefined {
  const { job, operator } = pass
  // Of a session job its session cluster may say where.
  if (job.job === undefined || job.kind === 'FlinkSessionJob') return undefined
  const spec = job.job
  const nonce = spec['savepointTriggerNonce']
  const before = recorded(pass).job
  if (typeof nonce === 'number' && savepointDirectory(job) === undefined) return notSet
  if (spec['upgradeMode'] === 'savepoint' && savepointDirectory(job) === undefined)
    return 'Job could not be upgraded with savepoint while config key[state.savepoints.dir] is not set'
  const redeploy = spec['savepointRedeployNonce']
  const changed =
    typeof redeploy === 'number' && before !== undefined && redeploy !== before['savepointRedeployNonce']
  if (operator.features.redeploys && changed && !spec['initialSavepointPath'])
    return 'InitialSavepointPath must not be empty for savepoint redeployment'
  return undefined
}
