import { type Fields, fieldsAt } from '../../domain/fields.ts'
import type { Resource } from '../../domain/resource.ts'
import type { OperatorName } from './operator.ts'
import { reconciledOf } from './reconciled.ts'

/**
 * Which release wrote this object, or undefined where it does not show. The operator writes every field that it knows into
 * lastReconciledSpec, null where it is not set: the fields tell its age (seen on 1.7.0 and 1.15.0).
 */
export function operatorOfObject({ status }: Resource): OperatorName | undefined {
  if ('upgradeSavepointPath' in fieldsAt(status, 'jobStatus')) return 'apache-1.10'
  const { job } = reconciledOf(status)
  if ('autoscalerResetNonce' in job) return 'apache-1.10'
  if (Object.keys(job).length === 0 || 'savepointRedeployNonce' in job) return undefined
  return 'state' in job ? 'apache-1.7' : undefined
}

/** The same question to the kind's schema, as the CRD or the server's OpenAPI document declares it. */
export function operatorOfSchema(schema: Fields): OperatorName | undefined {
  const job = propertiesOf(schema, 'spec', 'job')
  if (Object.keys(job).length === 0) return undefined
  // Both kinds have it since there are FlinkStateSnapshots (1.10).
  if ('upgradeSavepointPath' in propertiesOf(schema, 'status', 'jobStatus')) return 'apache-1.10'
  return 'savepointRedeployNonce' in job ? 'apache-1.8' : 'apache-1.7'
}

function propertiesOf(schema: Fields, ...path: string[]): Fields {
  return fieldsAt(schema, ...path.flatMap(key => ['properties', key]), 'properties')
}
