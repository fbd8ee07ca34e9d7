import { integerAt } from '../../../../src/domain/fields.ts'
import type { FlinkClient } from '../flink-client.ts'
import { errorText } from './error-text.ts'
import { type Pass, recordedAgain } from './pass.ts'
import { savepointDirectory } from './resource.ts'
import type { SavepointInfo, SavepointRecord } from './status.ts'

/** spec.job.savepointTriggerNonce; null and none at all are the same. */
export function nonceOf({ job }: Pass): number | undefined {
  return integerAt(job.job ?? {}, 'savepointTriggerNonce')
}

/** A savepoint of status.jobStatus.savepointInfo: releases before 1.10, and later ones with snapshots off. */
export async function triggerSavepoint(
  pass: Pass,
  flink: FlinkClient,
  triggerType: 'MANUAL' | 'PERIODIC',
): Promise<void> {
  const { status, job } = pass
  const directory = savepointDirectory(job)
  const body = {
    ...(directory !== undefined && { 'target-directory': directory }),
    'cancel-job': false,
    formatType: 'CANONICAL',
  }
  const answer = await flink.triggerSavepoint(status.jobStatus.jobId ?? '', body)
  if ('error' in answer) {
    status.error = errorText('ReconciliationException', answer.error)
    return
  }
  Object.assign(status.jobStatus.savepointInfo, {
    triggerId: answer.triggerId,
    triggerTimestamp: Date.now(),
    triggerType,
    formatType: 'CANONICAL',
  })
  recordedAgain(pass)
}

/** Asks after the one in flight (SnapshotObserver.java). */
export async function observeSavepoint(pass: Pass, flink: FlinkClient): Promise<void> {
  const { jobStatus } = pass.status
  const info = jobStatus.savepointInfo
  if (jobStatus.state !== 'RUNNING') {
    await failed(pass, true)
    return
  }
  const found = await flink.savepoint(jobStatus.jobId ?? '', info.triggerId ?? '')
  if (found.is === 'done') done(pass, found.location)
  // The grace period counts from each attempt's own trigger, so a quick failure is tried again without end (seen on 1.7.0).
  if (found.is === 'failed')
    await failed(pass, Date.now() - (info.triggerTimestamp ?? 0) > pass.operator.graceMs)
}

function done(pass: Pass, location: string): void {
  const info = pass.status.jobStatus.savepointInfo
  const { triggerTimestamp = 0, triggerType = 'MANUAL' } = info
  const nonce = nonceOf(pass)
  keep(info, {
    timeStamp: triggerTimestamp,
    location,
    triggerType,
    formatType: 'CANONICAL',
    // The nonce of now, be it another than the one that was asked for (seen on 1.7.0).
    ...(triggerType === 'MANUAL' && nonce !== undefined && { triggerNonce: nonce }),
  })
  if (triggerType === 'PERIODIC') info.lastPeriodicSavepointTimestamp = triggerTimestamp
  ended(info)
  if (triggerType === 'MANUAL') recordedAgain(pass, { savepointTriggerNonce: nonce ?? null })
}

/** Appends to the history, which holds ten. */
export function keep(info: SavepointInfo, savepoint: SavepointRecord): void {
  info.lastSavepoint = savepoint
  info.savepointHistory = [...info.savepointHistory, savepoint].slice(-10)
}

async function failed(pass: Pass, givenUp: boolean): Promise<void> {
  const info = pass.status.jobStatus.savepointInfo
  const nonce = nonceOf(pass)
  const manual = info.triggerType === 'MANUAL'
  const message = manual
    ? `Savepoint failed for savepointTriggerNonce: ${nonce ?? null}`
    : 'Periodic savepoint failed'
  await pass.event({ component: 'Operator', type: 'Warning', reason: 'SavepointError', message })
  ended(info)
  if (manual && givenUp) recordedAgain(pass, { savepointTriggerNonce: nonce ?? null })
}

function ended(info: SavepointInfo): void {
  delete info.triggerId
  delete info.triggerTimestamp
  delete info.triggerType
  delete info.formatType
}
