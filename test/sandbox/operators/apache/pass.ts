import { isApiError } from '../../kubernetes/api.ts'
import { sameJson } from '../cluster.ts'
import { type ApacheEvent, sendEvent } from './events.ts'
import { kindPath } from './kinds.ts'
import type { ApacheOperator } from './operator-context.ts'
import { type Recorded, record, recordedOf } from './recorded.ts'
import { type ApacheJob, type Owned, readApacheJob } from './resource.ts'
import { conditionsOf, lifecycleOf, type Status } from './status.ts'

/** One look at one job, and the status that comes of it. */
export interface Pass {
  readonly operator: ApacheOperator
  readonly job: ApacheJob
  readonly status: Status
  /** Writes the status where it has changed. */
  save(): Promise<void>
  event(event: ApacheEvent): Promise<void>
}

export function pathOf({ kind, namespace, name }: Owned): string {
  return `${kindPath(kind, namespace)}/${name}`
}

export function passOver(operator: ApacheOperator, job: ApacheJob, status: Status): Pass {
  let written: unknown = job.body['status']
  return {
    operator,
    job,
    status,
    save: async () => {
      status.lifecycleState = lifecycleOf(status)
      if (operator.features.observedGeneration && job.job) status.conditions = conditionsOf(status)
      if (sameJson(written, status)) return
      await writeStatus(operator, job, structuredClone(status))
      written = structuredClone(status)
    },
    event: event => sendEvent(operator.api, job, event),
  }
}

/** The operator writes its status over whatever is there (StatusRecorder.java replaceStatus). */
async function writeStatus({ api }: ApacheOperator, job: ApacheJob, status: Status): Promise<void> {
  const path = pathOf(job)
  for (;;) {
    const newest = await api.get(path)
    if (readApacheJob(job.kind, newest).uid !== job.uid) return
    try {
      await api.replace(`${path}/status`, { ...newest, status })
      return
    } catch (error) {
      if (!isApiError(error, 409)) throw error
    }
  }
}

export function recorded({ status }: Pass): Recorded {
  return recordedOf(status.reconciliationStatus.lastReconciledSpec)
}

/** The spec of now counts as carried out; a nonce that was not looked at yet does not. */
export function carriedOut(pass: Pass, over: Record<string, unknown> = {}, firstDeployment = false): void {
  const { job, operator, status } = pass
  const { savepointTriggerNonce = null } = recorded(pass).job ?? {}
  const text = record(job, job.spec, operator.features, {
    over: { savepointTriggerNonce, ...over },
    firstDeployment,
  })
  Object.assign(status.reconciliationStatus, {
    lastReconciledSpec: text,
    reconciliationTimestamp: Date.now(),
    state: 'DEPLOYED',
  })
  if (operator.features.observedGeneration) status.observedGeneration = job.generation
}

/** What was carried out stays as it is but for these fields of its job. */
export function recordedAgain(pass: Pass, over: Record<string, unknown> = {}): void {
  const { job, operator, status } = pass
  const { spec, firstDeployment } = recorded(pass)
  status.reconciliationStatus.lastReconciledSpec = record(job, spec, operator.features, {
    over,
    firstDeployment,
  })
  if (operator.features.observedGeneration) status.observedGeneration = job.generation
}
