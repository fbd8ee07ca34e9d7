import { timestamp } from '../cluster.ts'
import type { Dialect, TriggerAnswer } from '../dialect.ts'
import type { Observed } from '../observed.ts'
import { decide } from './decide.ts'
import { derive } from './derive.ts'
import { cut } from './derive-savepoint.ts'
import type { GcpSavepoint, GcpStatus } from './status.ts'
import { recordedStatus } from './update-state.ts'

/** GoogleCloudPlatform's operator as its last published image, tag v1beta1-9, behaves. */
export const gcp9: Dialect<GcpStatus> = {
  name: 'gcp-9',
  version: 'v1beta1',
  submitter: { suffix: 'job-submitter' },
  unrevisedJobFields: ['cleanupPolicy', 'restartPolicy', 'cancelRequested', 'savepointGeneration'],
  savepointInProgress: ({ savepoint }) =>
    savepoint?.state === 'InProgress' && savepoint.jobID && savepoint.triggerID
      ? { jobId: savepoint.jobID, triggerId: savepoint.triggerID }
      : undefined,
  derive,
  decide,
  triggered,
  controlIsFinished: ({ userControl }, { control }) =>
    control === undefined || control.name !== userControl || control.state !== 'Progressing',
}

/** util.go getTriggeredSavepointStatus; a request that stood as NotTriggered keeps its requestTime. */
function triggered(observed: Observed, triggerReason: string, answer: TriggerAnswer): GcpStatus {
  const status = recordedStatus(observed)
  const { savepoint, components } = status
  const triggerTime = timestamp(observed.now)
  const common = {
    triggerReason,
    triggerTime,
    requestTime: savepoint?.state === 'NotTriggered' ? savepoint.requestTime : triggerTime,
    ...(components.job?.id && { jobID: components.job.id }),
  }
  const next: GcpSavepoint =
    'error' in answer
      ? { ...common, state: 'TriggerFailed', message: cut(answer.error) }
      : { ...common, state: 'InProgress', triggerID: answer.triggerId }
  return { ...status, savepoint: next }
}
