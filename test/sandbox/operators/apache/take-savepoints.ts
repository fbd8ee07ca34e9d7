import { flinkDuration } from '../../../../src/operators/apache/configuration.ts'
import type { FlinkClient } from '../flink-client.ts'
import { nonceOf, triggerSavepoint } from './legacy-savepoint.ts'
import { createCheckpointSnapshot, createSnapshot, keepsSnapshots } from './made-snapshots.ts'
import { type Pass, recorded, recordedAgain } from './pass.ts'
import { savepointDirectory } from './resource.ts'

/** The savepoints of a running job: asked for by a new nonce (any other value, but null), or due by the clock (SnapshotUtils.java shouldTriggerSnapshot). */
export async function takeSavepoints(pass: Pass, flink: FlinkClient): Promise<void> {
  if (pass.status.jobStatus.savepointInfo.triggerId !== undefined) return
  const nonce = nonceOf(pass)
  if (nonce !== undefined && nonce !== recorded(pass).job?.['savepointTriggerNonce']) {
    await take(pass, flink, 'MANUAL')
    if (keepsSnapshots(pass.operator, pass.job)) recordedAgain(pass, { savepointTriggerNonce: nonce })
    return
  }
  if (isDue(pass, 'savepoint')) await take(pass, flink, 'PERIODIC')
  // Releases before kept nothing of them but the time.
  const { operator, job } = pass
  if (keepsSnapshots(operator, job) && isDue(pass, 'checkpoint'))
    await createCheckpointSnapshot(operator, job, 'PERIODIC')
}

async function take(pass: Pass, flink: FlinkClient, trigger: 'MANUAL' | 'PERIODIC'): Promise<void> {
  const { operator, job } = pass
  if (!keepsSnapshots(operator, job)) return triggerSavepoint(pass, flink, trigger)
  await createSnapshot(operator, job, trigger, { path: savepointDirectory(job), alreadyExists: false })
}

/** Says so once. Counted from the last one, and from the creation where there was none. Schedules of Quartz are not played. */
function isDue({ operator, job }: Pass, what: 'savepoint' | 'checkpoint'): boolean {
  const interval = flinkDuration(job.configuration[`kubernetes.operator.periodic.${what}.interval`] ?? '')
  if (!interval) return false
  const key = `${what} ${job.uid}`
  const last = operator.periodicAt.get(key) ?? job.createdAt
  const due = Date.now() - last >= (interval / 1000) * operator.secondMs
  if (due) operator.periodicAt.set(key, Date.now())
  return due
}
