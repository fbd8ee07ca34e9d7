import { type Fields, fieldsAt, textAt } from '../../domain/fields.ts'
import type { Resource } from '../../domain/resource.ts'
import type { OperatorName } from './operator.ts'

/**
 * Which build wrote this object, or undefined where it does not show yet. Tags that behave alike and look alike
 * share the name of one of them: -4 stands for -4 and -5, -8 for -6 to -8, -2 for -1 and -2.
 * The marks were read at each tag in api/v1beta1/flinkcluster_types.go and seen on v1alpha1, -2, -3, -9 and Spotify v0.6.
 */
export function operatorOfObject(resource: Resource): OperatorName | undefined {
  if (resource.apiVersion === 'flinkoperator.k8s.io/v1alpha1') return 'gcp-v1alpha1'
  const { status } = resource
  const components = fieldsAt(status, 'components')
  if (isSpotify(status, components)) return 'spotify'
  if (textAt(components, 'job', 'lastSavepointTriggerTime')) return 'gcp-master'
  if ('jobManagerStatefulSet' in components) return 'gcp-9'
  if (textAt(status, 'currentRevision') || textAt(status, 'nextRevision')) return 'gcp-8'
  if (!('jobManagerDeployment' in components)) return undefined
  if ('savepoint' in status) return 'gcp-4'
  if ('control' in status) return 'gcp-3'
  return undefined
}

/** The same question to the kind's schema: `FlinkCluster` as the CRD or the server's OpenAPI document declares it. */
export function operatorOfSchema(schema: Fields): OperatorName | undefined {
  const properties = (...path: string[]) =>
    fieldsAt(schema, ...path.flatMap(key => ['properties', key]), 'properties')
  const job = properties('spec', 'job')
  const status = properties('status')
  if ('maxStateAgeToRestoreSeconds' in job || 'flinkVersion' in properties('spec')) return 'spotify'
  const components = properties('status', 'components')
  if (Object.keys(status).length === 0) return undefined
  if ('takeSavepointOnUpgrade' in job) return 'gcp-master'
  if ('jobManagerStatefulSet' in components) return 'gcp-9'
  if ('currentRevision' in status) return 'gcp-8'
  if ('savepoint' in status) return 'gcp-4'
  if ('control' in status) return 'gcp-3'
  return 'gcp-2'
}

function isSpotify(status: Fields, components: Fields): boolean {
  const job = fieldsAt(components, 'job')
  return (
    'revision' in status ||
    'jobManager' in components ||
    'taskManager' in components ||
    'savepointTime' in job ||
    'deployTime' in job ||
    'submitterName' in job
  )
}
