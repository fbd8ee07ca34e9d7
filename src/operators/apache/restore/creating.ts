import { type Fields, fieldsAt, integerAt } from '../../../domain/fields.ts'
import { sameLocation } from '../../../domain/location.ts'
import { manifestOf, without, withoutAnnotations } from '../../../domain/manifest.ts'
import type { Creating, CreationWish, Remains } from '../../job-operator.ts'
import {
  type Configuration,
  checkpointDirectoryKeys,
  configurationOf,
  isHighlyAvailable,
  setting,
} from '../configuration.ts'
import { upgradeModeAnnotation } from '../read.ts'
import { restoreCreated } from './restore.ts'

type ManifestWish = Parameters<Creating['manifest']>[1]

/** How a FlinkDeployment is created with a savepoint in it. */
export const creatingDeployment: Creating = {
  manifest,
  badName,
  shared,
  risks,
  remains: deploymentRemains,
  created: restoreCreated,
}

/** How a FlinkSessionJob is. */
export const creatingSessionJob: Creating = {
  ...creatingDeployment,
  badName: () => undefined,
  remains: () => [],
}

/**
 * The object with the savepoint put in. A nonce that is kept may take a savepoint, or redeploy, unasked; and the operator's
 * own finalizer would keep an object that no operator has seen (seen on 1.15.0).
 */
function manifest(object: Fields, { target, allowNonRestoredState, nonce }: ManifestWish): Fields {
  const bare = manifestOf(object)
  const spec = fieldsAt(bare, 'spec')
  const job = fieldsAt(spec, 'job')
  const kept = without(job, 'savepointTriggerNonce', 'checkpointTriggerNonce', 'savepointRedeployNonce')
  // Applied to the object that is there, only another nonce makes it start from the path.
  const again =
    nonce === undefined ? {} : { savepointRedeployNonce: (integerAt(job, 'savepointRedeployNonce') ?? 0) + 1 }
  return {
    ...bare,
    metadata: ownMetadata(fieldsAt(bare, 'metadata')),
    spec: {
      ...spec,
      job: {
        ...kept,
        ...again,
        initialSavepointPath: target.location,
        allowNonRestoredState,
        state: 'running',
      },
    },
  }
}

function ownMetadata(metadata: Fields): Fields {
  const bare = withoutAnnotations(metadata, key => key === upgradeModeAnnotation)
  const finalizers = Array.isArray(bare['finalizers']) ? (bare['finalizers'] as unknown[]) : []
  const others = finalizers.filter(name => !String(name).endsWith('.flink.apache.org/finalizer'))
  const rest = without(bare, 'finalizers')
  return others.length > 0 ? { ...rest, finalizers: others } : rest
}

/** DefaultValidator.java. */
function badName(name: string): string | undefined {
  if (name.length > 45) return 'it is longer than 45 characters'
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
    return 'it has to consist of lower case letters, digits and -, begin with a letter, and end with a letter or digit'
  return undefined
}

/** What two jobs may not have in common; a job id is always made anew by this operator. */
function shared(one: Fields, other: Fields): string[] {
  const [a, b] = [configurationOf(fieldsAt(one, 'spec')), configurationOf(fieldsAt(other, 'spec'))]
  return [sharedLeader(a, b), sharedCheckpoints(a, b)].filter(each => each !== undefined)
}

/** Without an id of its own a cluster is called like its object (KubernetesConfigOptions.CLUSTER_ID). */
function sharedLeader(a: Configuration, b: Configuration): string | undefined {
  const keys = ['high-availability.cluster-id', 'kubernetes.cluster-id']
  const [of, its] = [setting(a, ...keys), setting(b, ...keys)]
  const both = isHighlyAvailable(a) && isHighlyAvailable(b)
  return both && of !== undefined && of === its ? `the high-availability cluster id ${of}` : undefined
}

/** Below a common directory each job has one of its own, by its job id, unless that is switched off (CheckpointingOptions.CREATE_CHECKPOINT_SUB_DIR). */
function sharedCheckpoints(a: Configuration, b: Configuration): string | undefined {
  const keys = ['execution.checkpointing.create-subdir', 'state.checkpoints.create-subdir']
  if (setting(a, ...keys) !== 'false' && setting(b, ...keys) !== 'false') return undefined
  const [of, its] = [setting(a, ...checkpointDirectoryKeys), setting(b, ...checkpointDirectoryKeys)]
  return sameLocation(of, its) ? `the checkpoint directory ${of}` : undefined
}

function risks({ how, resource }: CreationWish): string[] {
  const highlyAvailable = isHighlyAvailable(configurationOf(resource.spec))
  if (how !== 'recreate') return []
  return [
    'what only the status holds is lost with it: the savepoint history of operators up to 1.9; FlinkStateSnapshots stay',
    ...(highlyAvailable
      ? [
          'high availability is on: where its metadata of the old job is left, that may win over the savepoint',
        ]
      : []),
  ]
}

/** The Service belongs to the Deployment, and goes last (seen on 1.7.0). */
function deploymentRemains(name: string): Remains[] {
  const labels = `app=${name}`
  return [
    { kind: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' }, labels },
    { kind: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' }, labels },
    { kind: { apiVersion: 'v1', kind: 'Service', plural: 'services' }, labels },
  ]
}
