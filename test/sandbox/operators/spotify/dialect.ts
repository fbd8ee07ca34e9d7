import { timestamp } from '../cluster.ts'
import type { Dialect, TriggerAnswer } from '../dialect.ts'
import type { Observed } from '../observed.ts'
import { decide } from './decide.ts'
import { derive } from './derive.ts'
import { cut } from './derive-savepoint.ts'
import type { SpotifyControl, SpotifySavepoint, SpotifyStatus } from './status.ts'
import { recordedStatus } from './update-state.ts'

/** Spotify's operator as v0.6 behaves. */
export const spotify: Dialect<SpotifyStatus> = {
  name: 'spotify',
  version: 'v1beta1',
  submitter: { suffix: 'job-submitter' },
  unrevisedJobFields: [
    'cleanupPolicy',
    'restartPolicy',
    'cancelRequested',
    'savepointGeneration',
    'savepointFormatType',
  ],
  savepointInProgress: ({ savepoint }) =>
    savepoint?.state === 'InProgress' && savepoint.jobID && savepoint.triggerID
      ? { jobId: savepoint.jobID, triggerId: savepoint.triggerID }
      : undefined,
  derive,
  decide,
  triggered,
  controlIsFinished: ({ userControl }, { control }) =>
    control === undefined ||
    control.name !== userControl ||
    control.state === 'Succeeded' ||
    control.state === 'Failed',
}

/** flinkcluster_reconciler.go triggerSavepoint: a savepoint asked for by annotation moves status.control in the same write. */
function triggered(observed: Observed, triggerReason: string, answer: TriggerAnswer): SpotifyStatus {
  const status = recordedStatus(observed)
  const at = timestamp(observed.now)
  const { userControl, job } = observed.cluster
  const common = {
    triggerReason,
    triggerTime: at,
    requestTime: at,
    ...(status.components.job?.id && { jobID: status.components.job.id }),
    ...(job?.savepointFormatType && { formatType: job.savepointFormatType }),
  }
  const savepoint: SpotifySavepoint =
    'error' in answer
      ? { ...common, state: 'TriggerFailed', message: cut(answer.error) }
      : { ...common, state: 'InProgress', triggerID: answer.triggerId }
  const asked =
    (userControl === 'savepoint' && triggerReason === 'user requested') ||
    (userControl === 'job-cancel' && triggerReason === 'job cancel')
  const control: SpotifyControl = { name: userControl, state: 'InProgress', updateTime: at }
  return { ...status, savepoint, ...(asked && { control }) }
}
