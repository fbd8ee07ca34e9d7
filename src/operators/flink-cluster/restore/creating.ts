import type { Build, Creating, CreationWish } from '../../job-operator.ts'
import { restoreCreated } from './created.ts'
import { manifest } from './manifest.ts'
import { isHighlyAvailable, propertiesOf, sharedState } from './shared-state.ts'

/** How a FlinkCluster is created with a savepoint in it. */
export const creating: Creating = {
  manifest,
  badName,
  shared: sharedState,
  risks,
  remains: name => [
    { kind: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' }, labels: `cluster=${name},app=flink` },
    { kind: { apiVersion: 'v1', kind: 'Service', plural: 'services' }, labels: `cluster=${name},app=flink` },
  ],
  created: restoreCreated,
}

/** Names of Services begin with a letter (RFC 1035). The longest component is NAME-job-submitter, and a label; Spotify admits 48 characters (its webhook). */
function badName(name: string, build: Build | undefined): string | undefined {
  const longest = build === 'spotify' || build === undefined ? 48 : 49
  if (name.length > longest) return `it is longer than ${longest} characters`
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
    return 'it has to consist of lower case letters, digits and -, begin with a letter, and end with a letter or digit'
  return undefined
}

function risks({ resource, how }: CreationWish): string[] {
  const highlyAvailable = isHighlyAvailable(propertiesOf(resource.body))
  const all = [
    'spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed',
    ...(how === 'recreate'
      ? [
          'what only the status holds is lost with it: savepointLocation and the last failure; savepointGeneration begins at 0 again',
          highlyAvailable
            ? 'high availability is on: its metadata of the old job may win over the savepoint'
            : undefined,
        ]
      : []),
  ]
  return all.filter(risk => risk !== undefined)
}
