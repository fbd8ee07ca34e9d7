import { flagAt } from '../../../../src/domain/fields.ts'
import { sendEvent } from './events.ts'
import type { ApacheOperator } from './operator-context.ts'
import { pathOf } from './pass.ts'
import { finalizing } from './resource.ts'
import type { Snapshot } from './snapshot.ts'
import { flinkOf, targetOf } from './snapshot-target.ts'

const notRunning = 'Cannot dispose of snapshot because referenced Flink job is not running!'

/** A snapshot that is being deleted (StateSnapshotReconciler.java cleanup): its data goes too, unless it says otherwise. */
export async function cleanUpSnapshot(
  operator: ApacheOperator,
  snapshot: Snapshot,
): Promise<number | undefined> {
  if (!snapshot.finalized) return undefined
  const { spec, status } = snapshot
  // Never looked at, or not valid: the finalizer never comes off (seen on 1.15.0).
  if (status === undefined) return operator.loopMs
  const disposes = spec['checkpoint'] === undefined && (flagAt(spec, 'savepoint', 'disposeOnDelete') ?? true)
  // Nobody looks at it any more, so it stays IN_PROGRESS for ever (seen on 1.15.0).
  if (disposes && status.state === 'IN_PROGRESS') return operator.loopMs
  if (disposes && status.state === 'COMPLETED' && !(await dispose(operator, snapshot))) {
    const event = {
      component: 'Snapshot',
      type: 'Warning',
      reason: 'CleanupFailed',
      message: notRunning,
    } as const
    await sendEvent(operator.api, snapshot, event)
    return operator.loopMs
  }
  await operator.api.patch(pathOf(snapshot), finalizing(snapshot))
  return undefined
}

async function dispose(operator: ApacheOperator, snapshot: Snapshot): Promise<boolean> {
  const target = await targetOf(operator, snapshot)
  const flink = target?.running ? await flinkOf(operator, target) : undefined
  if (flink === undefined) return false
  await flink.dispose(snapshot.status?.path ?? '')
  return true
}
