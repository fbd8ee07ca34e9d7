import { flinkDuration } from '../../../../src/operators/apache/configuration.ts'
import type { FlinkClient } from '../flink-client.ts'
import { nonceOf, triggerSavepoint } from './legacy-savepoint.ts'
import { createSnapshot, keepsSnapshots } from './made-snapshots.ts'
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
  if (!isDue(pass)) return
  pass.operator.periodicAt.set(pass.job.uid, Date.now())
  await take(pass, flink, 'PERIODIC')
}

async function take(pass: Pass, flink: FlinkClient, trigger: 'MANUAL' | 'PERIODIC'): Promise<void> {
  const { operator, job } = pass
  if (!keepsSnapshots(operator, job)) return triggerSavepoint(pass, flink, trigger)
  await createSnapshot(operator, job, trigger, { path: savepointDirectory(job), alreadyExists: false })
}

/** Counted from the last one, and from the creation where there was none. Schedules of Quartz are not played. */
function isDue({ operator, job }: Pass): boolean {
  const interval = flinkDuration(job.configuration['kubernetes.operator.periodic.savepoint.interval'] ?? '')
  if (!interval) return false
  const last = operator.periodicAt.get(job.uid) ?? job.createdAt
  return Date.now() - last >= (interval / 1000) * operator.secondMs
}
