import { fieldsAt } from '../../../domain/fields.ts'
import type { Change } from '../../../domain/plan.ts'
import type { Write } from '../../../domain/ports.ts'
import { type Resource, refOf } from '../../../domain/resource.ts'
import { controlAnnotation } from '../read.ts'
import { afterJobSucceeds } from './way.ts'

export function annotateJobCancel(before: Resource): Write {
  const { resourceVersion } = before.metadata
  return {
    verb: 'patch',
    ref: refOf(before),
    type: 'merge',
    body: { metadata: { resourceVersion, annotations: { [controlAnnotation]: 'job-cancel' } } },
  }
}

export const cancelChange: Change = { path: `metadata.annotations['${controlAnnotation}']`, to: 'job-cancel' }

const policyPath = 'spec.job.cleanupPolicy.afterJobSucceeds'

/** For the plan, and for the record. */
export function keepChange(before: Resource): Change {
  const from = afterJobSucceeds(before)
  return { path: policyPath, ...(from !== undefined && { from }), to: 'KeepCluster' }
}

/**
 * What of a stop's changes goes back with the patch that starts the job again: Spotify's webhook lets no other change of a
 * stopped job through (spotify/flink-on-k8s-operator flinkcluster_validate.go validateJobUpdate). The changes come from a
 * record that anybody may have written: nothing but this field can be set by them, and to nothing new.
 */
export function policyBack(changes: readonly Change[] | undefined, resource: Resource): Change | undefined {
  const set = changes?.find(({ path, to }) => path === policyPath && to === 'KeepCluster')
  if (!set || afterJobSucceeds(resource) !== 'KeepCluster') return undefined
  const back: Change = { path: policyPath, from: 'KeepCluster' }
  if (set.from === undefined) return back
  return set.from === 'DeleteCluster' || set.from === 'DeleteTaskManager'
    ? { ...back, to: set.from }
    : undefined
}

/** The defaults are filled in only where the whole policy is absent (api/v1beta1/flinkcluster_default.go). */
const defaultPolicy = { afterJobFails: 'KeepCluster', afterJobCancelled: 'DeleteCluster' }

export function keepCluster(before: Resource): Write {
  const none = Object.keys(policyOf(before)).length === 0
  return policyPatch(before, { ...(none && defaultPolicy), afterJobSucceeds: 'KeepCluster' })
}

/** As it was in `before`; undefined: it is not what we made of it any more, and nobody's business of ours. */
export function putBack(before: Resource, newest: Resource): Write | undefined {
  const same = newest.metadata.uid === before.metadata.uid
  if (!same || afterJobSucceeds(newest) !== 'KeepCluster') return undefined
  return policyPatch(newest, policyBefore(before))
}

/** How a person does the same. */
export function howToPutBack(before: Resource): string {
  const { namespace, name } = before.metadata
  const patch = JSON.stringify({ spec: { job: { cleanupPolicy: policyBefore(before) } } })
  return `kubectl patch flinkcluster/${name} -n ${namespace} --type=merge -p '${patch}'`
}

function policyBefore(before: Resource): Record<string, unknown> | null {
  if (Object.keys(policyOf(before)).length === 0) return null
  return { afterJobSucceeds: afterJobSucceeds(before) ?? null }
}

function policyPatch(object: Resource, cleanupPolicy: Record<string, unknown> | null): Write {
  const { resourceVersion } = object.metadata
  return {
    verb: 'patch',
    ref: refOf(object),
    type: 'merge',
    body: { metadata: { resourceVersion }, spec: { job: { cleanupPolicy } } },
  }
}

function policyOf({ spec }: Resource): Readonly<Record<string, unknown>> {
  return fieldsAt(spec, 'job', 'cleanupPolicy')
}
