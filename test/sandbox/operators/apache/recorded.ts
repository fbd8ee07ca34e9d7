import { type Fields, fieldsAt, flagAt, integerAt, isFields } from '../../../../src/domain/fields.ts'
import type { Features } from './features.ts'
import { apacheVersion } from './kinds.ts'
import type { ApacheJob } from './resource.ts'

/** A spec as the operator writes it into lastReconciledSpec and lastStableSpec. */
export interface Recorded {
  readonly spec: Fields
  readonly job: Fields | undefined
  readonly firstDeployment: boolean
  /** Where the release keeps it here. */
  readonly generation: number | undefined
}

export function recordedOf(text: string): Recorded {
  const parsed: unknown = JSON.parse(text)
  const body = isFields(parsed) ? parsed : {}
  const spec = fieldsAt(body, 'spec')
  return {
    spec,
    job: isFields(spec['job']) ? spec['job'] : undefined,
    firstDeployment: flagAt(body, 'resource_metadata', 'firstDeployment') ?? true,
    generation: integerAt(body, 'resource_metadata', 'metadata', 'generation'),
  }
}

/** The text for this spec; `over` is laid over its job. */
export function record(
  { generation }: Pick<ApacheJob, 'generation'>,
  spec: Fields,
  features: Features,
  { over = {}, firstDeployment }: { readonly over?: Fields; readonly firstDeployment: boolean },
): string {
  const { job } = spec
  const known = isFields(job) ? { ...jobFields(job, features), ...over } : null
  return JSON.stringify({
    spec: { ...spec, job: known },
    resource_metadata: {
      apiVersion: apacheVersion,
      ...(!features.observedGeneration && { metadata: { generation } }),
      firstDeployment,
    },
  })
}

/** Every field that the release knows, null where it is not set; `state` and `upgradeMode` have their defaults. */
export function jobFields(job: Fields, { jobKeys }: Features): Fields {
  const given = { state: 'running', upgradeMode: 'stateless', ...job }
  return Object.fromEntries(jobKeys.map(key => [key, given[key as keyof typeof given] ?? null]))
}
