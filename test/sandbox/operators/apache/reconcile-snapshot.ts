import { type Fields, fieldsAt, flagAt, integerAt, isFields, textAt } from '../../../../src/domain/fields.ts'
import { isApiError } from '../../kubernetes/api.ts'
import { cleanUpSnapshot } from './clean-up-snapshot.ts'
import { errorText, toldOf } from './error-text.ts'
import { sendEvent } from './events.ts'
import { kindPath } from './kinds.ts'
import type { ApacheOperator } from './operator-context.ts'
import { pathOf } from './pass.ts'
import { finalizing, readOwned } from './resource.ts'
import { labelSnapshot, type Snapshot, type SnapshotStatus, writeSnapshot } from './snapshot.ts'
import { flinkOf, type Target, targetOf } from './snapshot-target.ts'

/** One pass over a FlinkStateSnapshot (FlinkStateSnapshotController.java reconcile). */
export async function reconcileSnapshot(
  operator: ApacheOperator,
  namespace: string,
  name: string,
): Promise<number | undefined> {
  const snapshot = await read(operator, `${kindPath('FlinkStateSnapshot', namespace)}/${name}`)
  if (snapshot === undefined) return undefined
  if (snapshot.deleting) return cleanUpSnapshot(operator, snapshot)
  if (!snapshot.finalized) {
    await operator.api.patch(pathOf(snapshot), finalizing(snapshot))
    return 0
  }
  const { state } = snapshot.status ?? {}
  if (state === 'IN_PROGRESS') await follow(operator, snapshot)
  else if (state === undefined || state === 'TRIGGER_PENDING') await begin(operator, snapshot)
  return operator.loopMs
}

async function read({ api }: ApacheOperator, path: string): Promise<Snapshot | undefined> {
  try {
    const body = await api.get(path)
    const { status } = body
    return {
      ...readOwned('FlinkStateSnapshot', body),
      status: isFields(status) && 'state' in status ? (status as unknown as SnapshotStatus) : undefined,
    }
  } catch (error) {
    if (isApiError(error, 404)) return undefined
    throw error
  }
}

async function begin(operator: ApacheOperator, snapshot: Snapshot): Promise<void> {
  const { spec, status } = snapshot
  const now = new Date().toISOString()
  if (flagAt(spec, 'savepoint', 'alreadyExists')) {
    const path = textAt(spec, 'savepoint', 'path') ?? ''
    await move(operator, snapshot, {
      failures: 0,
      state: 'COMPLETED',
      path,
      triggerTimestamp: now,
      resultTimestamp: now,
    })
    return
  }
  const target = await targetOf(operator, snapshot)
  const problem = problemOf(snapshot, target)
  if (problem !== undefined) {
    // No status, ever: only the label tells (seen on 1.15.0).
    await labelSnapshot(operator, snapshot, 'TRIGGER_PENDING')
    const event = {
      component: 'Operator',
      type: 'Warning',
      reason: 'ValidationError',
      message: problem,
    } as const
    await sendEvent(operator.api, snapshot, event)
    return
  }
  if (status && Date.now() < dueAt(status, operator)) return
  if (target?.running !== true) return abandon(operator, snapshot)
  await trigger(operator, snapshot, target)
}

function problemOf({ spec, namespace }: Snapshot, target: Target | undefined): string | undefined {
  const { savepoint, checkpoint } = spec
  if ((savepoint === undefined) === (checkpoint === undefined))
    return 'Exactly one of checkpoint or savepoint configurations has to be set.'
  if (!isFields(spec['jobReference'])) return 'Job reference must be supplied for this snapshot'
  const { name } = fieldsAt(spec, 'jobReference')
  return target === undefined ? `Target for snapshot ${namespace}/${name} was not found` : undefined
}

/** 10 s, 20 s, 40 s … after the failure. */
function dueAt({ failures, resultTimestamp }: SnapshotStatus, { secondMs }: ApacheOperator): number {
  if (failures === 0) return 0
  return Date.parse(resultTimestamp ?? '') + 10 * 2 ** (failures - 1) * secondMs
}

async function abandon(operator: ApacheOperator, snapshot: Snapshot): Promise<void> {
  const { kind, name } = fieldsAt(snapshot.spec, 'jobReference')
  const error = `Secondary resource ${name} (${kind}) for savepoint ${snapshot.name} is not running`
  const resultTimestamp = new Date().toISOString()
  const event = {
    component: 'Snapshot',
    type: 'Warning',
    reason: 'SnapshotAbandoned',
    message: error,
  } as const
  await sendEvent(operator.api, snapshot, event)
  await move(operator, snapshot, {
    failures: 0,
    ...snapshot.status,
    state: 'ABANDONED',
    error,
    resultTimestamp,
  })
}

async function trigger(operator: ApacheOperator, snapshot: Snapshot, target: Target): Promise<void> {
  const { spec, status } = snapshot
  const flink = await flinkOf(operator, target)
  const directory = textAt(spec, 'savepoint', 'path') ?? target.directory
  const answer = isCheckpoint(snapshot)
    ? await flink?.triggerCheckpoint(target.jobId)
    : await flink?.triggerSavepoint(target.jobId, {
        ...(directory !== undefined && { 'target-directory': directory }),
        'cancel-job': false,
        formatType: textAt(spec, 'savepoint', 'formatType') ?? 'CANONICAL',
      })
  const before = status ?? { failures: 0 }
  if (answer === undefined || 'error' in answer)
    return failed(operator, { ...snapshot, status: before }, answer?.error ?? '')
  const triggerTimestamp = new Date().toISOString()
  const { triggerId } = answer
  await move(operator, snapshot, { ...before, state: 'IN_PROGRESS', triggerId, triggerTimestamp })
}

const isCheckpoint = ({ spec }: Pick<Snapshot, 'spec'>) => spec['checkpoint'] !== undefined

/** Flink's own answer comes before the look at the job's state: what was killed is FAILED, not ABANDONED (seen on 1.15.0). */
async function follow(operator: ApacheOperator, snapshot: Snapshot): Promise<void> {
  const target = await targetOf(operator, snapshot)
  const flink = target && (await flinkOf(operator, target))
  if (target === undefined || flink === undefined) return abandon(operator, snapshot)
  const { triggerId = '', ...status } = snapshot.status ?? { failures: 0 }
  const found = isCheckpoint(snapshot)
    ? await flink.triggeredCheckpoint(target.jobId, triggerId)
    : await flink.savepoint(target.jobId, triggerId)
  if (found.is === 'running') return
  if (found.is !== 'done')
    return failed(operator, snapshot, found.is === 'failed' ? toldOf(found.stackTrace) : found.error)
  const { error: _, ...kept } = status
  const resultTimestamp = new Date().toISOString()
  await move(operator, snapshot, {
    ...kept,
    triggerId,
    state: 'COMPLETED',
    path: found.location,
    resultTimestamp,
  })
}

/** A negative backoffLimit, or none, means the first failure is the last (releases up to 1.15). Labels are not brought up. */
async function failed(
  operator: ApacheOperator,
  snapshot: { readonly status: SnapshotStatus | undefined } & Omit<Snapshot, 'status'>,
  text: string,
): Promise<void> {
  const error = errorText('ReconciliationException', text)
  const event = { component: 'Snapshot', type: 'Warning', reason: 'SavepointError', message: error } as const
  await sendEvent(operator.api, snapshot, event)
  const failures = (snapshot.status?.failures ?? 0) + 1
  const state = failures > (integerAt(snapshot.spec, 'backoffLimit') ?? -1) ? 'FAILED' : 'TRIGGER_PENDING'
  const resultTimestamp = new Date().toISOString()
  await writeSnapshot(operator, snapshot, { ...snapshot.status, failures, state, error, resultTimestamp })
}

/** First the labels, then the status: two writes. */
async function move(
  operator: ApacheOperator,
  snapshot: Snapshot,
  status: SnapshotStatus & Fields,
): Promise<void> {
  await labelSnapshot(operator, snapshot, status.state ?? '')
  await writeSnapshot(operator, snapshot, status)
}
