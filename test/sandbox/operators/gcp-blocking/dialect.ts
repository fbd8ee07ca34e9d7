import type { Dialect } from '../dialect.ts'
import { decide } from './decide.ts'
import { derive } from './derive.ts'
import { type BlockingStatus, recordedStatus } from './status.ts'

const common = {
  unrevisedJobFields: undefined,
  // It is waited for inside the pass: no status ever shows one in progress.
  savepointInProgress: () => undefined,
  triggered: recordedStatus,
  controlIsFinished: () => false,
  derive,
  decide,
}

/** Submits attached, so that a Flink job that fails is seen to fail. */
export const gcpV1alpha1: Dialect<BlockingStatus> = {
  ...common,
  name: 'gcp-v1alpha1',
  version: 'v1alpha1',
  submitter: { suffix: 'job', attached: 'ends as the job' },
}

/** Image tag v1beta1-2: a Flink job that failed counts as one that succeeded (seen: Running for 27 s, then Succeeded). */
export const gcp2: Dialect<BlockingStatus> = {
  ...common,
  name: 'gcp-2',
  version: 'v1beta1',
  submitter: { suffix: 'job', attached: 'ends well' },
}
