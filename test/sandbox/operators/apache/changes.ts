import { type Fields, fieldsAt } from '../../../../src/domain/fields.ts'
import { sameJson } from '../cluster.ts'
import type { Features } from './features.ts'
import { jobFields, type Recorded } from './recorded.ts'
import type { ApacheJob } from './resource.ts'

/** Of spec.job: what a change of starts nothing (flink-kubernetes-operator-api JobSpec, DiffType.IGNORE). */
const ignored = new Set([
  'savepointTriggerNonce',
  'checkpointTriggerNonce',
  'initialSavepointPath',
  'upgradeMode',
  'allowNonRestoredState',
  'savepointRedeployNonce',
])

/** How the spec differs from the one that was carried out last. */
export interface Changes {
  readonly is: 'none' | 'IGNORE' | 'UPGRADE' | 'SAVEPOINT_REDEPLOY'
  /** `job.state : running -> suspended` */
  readonly diff: string
}

export function changesOf({ spec, job }: ApacheJob, recorded: Recorded, features: Features): Changes {
  const now = job && jobFields(job, features)
  const before = recorded.job ?? {}
  const differing = Object.keys(now ?? {}).filter(key => !sameJson(now?.[key], before[key]))
  const diff = differing.map(key => `job.${key} : ${before[key]} -> ${now?.[key]}`).join(', ')
  const redeploy =
    features.redeploys &&
    now?.['savepointRedeployNonce'] !== null &&
    differing.includes('savepointRedeployNonce')
  if (redeploy) return { is: 'SAVEPOINT_REDEPLOY', diff }
  if (differing.some(key => !ignored.has(key)) || !sameRest(spec, recorded.spec))
    return { is: 'UPGRADE', diff }
  return {
    is:
      differing.length > 0 || !sameJson(spec['flinkConfiguration'], recorded.spec['flinkConfiguration'])
        ? 'IGNORE'
        : 'none',
    diff,
  }
}

/** All but spec.job and what is the operator's own configuration. */
function sameRest(spec: Fields, before: Fields): boolean {
  return sameJson(rest(spec), rest(before))
}

function rest({ job: _, ...spec }: Fields): Fields {
  const configuration = fieldsAt(spec, 'flinkConfiguration')
  const flinks = Object.entries(configuration).filter(([key]) => !key.startsWith('kubernetes'))
  return { ...spec, flinkConfiguration: Object.fromEntries(flinks) }
}
