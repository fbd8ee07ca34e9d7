import type { JobFacts } from '../../../domain/job.ts'
import type { Change } from '../../../domain/plan.ts'
import type { Write } from '../../../domain/ports.ts'
import { type Resource, refOf } from '../../../domain/resource.ts'
import { operatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import { policyBack } from '../stop/writes.ts'
import type { PatchWish } from './state.ts'

/** The fields that the restore sets, for the plan. */
export function restoreChanges(options: PatchWish, facts: JobFacts, resource: Resource): Change[] {
  const change = (path: string, from: unknown, to: unknown): Change =>
    from === undefined ? { path, to } : { path, from, to }
  const policy = policyBack(options.setForStop, resource)
  return [
    ...(mustClearControl(options, facts) ? [{ path: 'status.control', from: facts.control }] : []),
    change('spec.job.fromSavepoint', facts.specFromSavepoint, options.target.location),
    change('spec.job.allowNonRestoredState', facts.allowNonRestoredState, options.allowNonRestoredState),
    ...(needsNonce(options, facts)
      ? [{ path: `spec.job.podAnnotations['${nonceAnnotation}']`, to: options.nonce }]
      : []),
    ...(policy ? [policy] : []),
  ]
}

export function mustClearControl(options: PatchWish, facts: JobFacts): boolean {
  return options.build === 'spotify' && facts.control?.name === 'job-cancel'
}

/** Of pods, in which nobody reads it: only there to make a revision. */
export const nonceAnnotation = 'flinksp/restore'

/** The same value again is no update: only something else that is rendered makes it one (both operators, newRevision). */
function needsNonce(options: PatchWish, facts: JobFacts): boolean {
  return facts.specFromSavepoint === options.target.location || mustClearControl(options, facts)
}

/** The one patch of a restore. It always says allowNonRestoredState, which is as sticky as fromSavepoint (seen on Spotify v0.6). */
export function patchFromSavepoint(
  options: PatchWish,
  before: Resource,
  nonce = nonceFor(options, before),
): Write {
  const { resourceVersion } = before.metadata
  const policy = policyBack(options.setForStop, before)
  return {
    verb: 'patch',
    ref: refOf(before),
    type: 'merge',
    body: {
      metadata: { resourceVersion },
      spec: {
        job: {
          fromSavepoint: options.target.location,
          allowNonRestoredState: options.allowNonRestoredState,
          ...(nonce && { podAnnotations: { [nonceAnnotation]: nonce } }),
          ...(policy && { cleanupPolicy: { afterJobSucceeds: policy.to ?? null } }),
        },
      },
    },
  }
}

function nonceFor(options: PatchWish, before: Resource): string | undefined {
  return needsNonce(options, readFlinkCluster(before, operatorName(options.build)))
    ? options.nonce
    : undefined
}

export function clearControl(before: Resource): Write {
  const { uid, resourceVersion } = before.metadata
  return {
    verb: 'patch',
    ref: refOf(before),
    subresource: 'status',
    type: 'merge',
    body: { metadata: { uid, resourceVersion }, status: { control: null } },
  }
}
