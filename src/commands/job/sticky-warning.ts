import { type ResourceRef, shortName } from '../../domain/resource.ts'

/** The field is not taken away again: that would be a change of the spec, and restart the job once more (both operators). */
export function stickyWarning(job: Pick<ResourceRef, 'kind' | 'name'>, location: string): string {
  return `Warning: spec.job.fromSavepoint of ${shortName(job)} stays set: every later change of its spec starts the job from ${location} again, until the field is changed or removed`
}
