import { type Fields, fieldsAt, textAt } from '../../../domain/fields.ts'
import { manifestOf, without, withoutAnnotations } from '../../../domain/manifest.ts'
import type { Change } from '../../../domain/plan.ts'
import { resourceOf } from '../../../domain/resource.ts'
import { rightSpelling } from '../auto/automatic.ts'
import { controlAnnotation } from '../read.ts'
import { policyBack } from '../stop/writes.ts'
import { nonceAnnotation } from './writes.ts'

/** What a manifest has to say of the savepoint. */
export interface ManifestWish {
  readonly target: { readonly location: string }
  readonly allowNonRestoredState: boolean
  readonly nonce?: string
  readonly setForStop?: readonly Change[]
}

/**
 * The FlinkCluster with the savepoint put in, as it is created, or applied by GitOps. A savepointGeneration that is kept
 * takes an unasked savepoint 5 s after the job runs (seen on GCP tag -2), a new object may not have cancelRequested
 * ("property `cancelRequested` cannot be set to true for a new job", both operators' webhooks), and a command in the
 * annotation would be carried out on the new job.
 */
export function manifest(object: Fields, wish: ManifestWish): Fields {
  const { target, allowNonRestoredState } = wish
  const bare = manifestOf(object)
  const spec = fieldsAt(bare, 'spec')
  const kept = without(spelled(fieldsAt(spec, 'job')), 'savepointGeneration', 'cancelRequested')
  const job = withPolicyBack(kept, object, wish.setForStop)
  return {
    ...bare,
    metadata: withoutAnnotations(fieldsAt(bare, 'metadata'), key => key === controlAnnotation),
    spec: {
      ...spec,
      job: { ...job, ...noncePart(job, wish), fromSavepoint: target.location, allowNonRestoredState },
    },
  }
}

/** What a stop had set, and could not put back. */
function withPolicyBack(job: Fields, object: Fields, setForStop: ManifestWish['setForStop']): Fields {
  const resource = resourceOf(object)
  const back = resource && policyBack(setForStop, resource)
  if (!back) return job
  const policy = without(fieldsAt(job, 'cleanupPolicy'), 'afterJobSucceeds')
  return {
    ...job,
    cleanupPolicy: { ...policy, ...(back.to !== undefined && { afterJobSucceeds: back.to }) },
  }
}

/** The same value again is no change to an operator. */
function noncePart(job: Fields, { target, nonce }: ManifestWish): Fields {
  if (nonce === undefined || textAt(job, 'fromSavepoint') !== target.location) return {}
  return { podAnnotations: { ...fieldsAt(job, 'podAnnotations'), [nonceAnnotation]: nonce } }
}

/** Fields that nothing but their spelling keeps from being read are written right, where the right one is not there too. */
function spelled(job: Fields): Fields {
  const entries = Object.entries(job).flatMap(([name, value]): [string, unknown][] => {
    const right = rightSpelling(name) ?? name
    return right !== name && Object.hasOwn(job, right) ? [] : [[right, value]]
  })
  return Object.fromEntries(entries)
}
