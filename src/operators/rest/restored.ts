import { sameLocation } from '../../domain/location.ts'
import type { RestAnswer } from '../../domain/rest.ts'

/** What Flink says of where a job came from (`latest.restored` of its checkpoints), beside what was wanted. */
export type Restored =
  | { readonly is: 'target' }
  /** The job has failed over since, and goes on from a later checkpoint. */
  | { readonly is: 'failed-over'; readonly from: string }
  | { readonly is: 'other'; readonly from: string }
  | { readonly is: 'unknown' }

export function restoredFrom(answer: RestAnswer, target: string): Restored {
  if (answer.answer !== 'checkpoints' || !answer.checkpoints.restored) return { is: 'unknown' }
  const { restored, restoredCount } = answer.checkpoints
  if (sameLocation(restored.location, target)) return { is: 'target' }
  return restoredCount > 1
    ? { is: 'failed-over', from: restored.location ?? 'a checkpoint' }
    : { is: 'other', from: restored.location ?? 'an unknown location' }
}
