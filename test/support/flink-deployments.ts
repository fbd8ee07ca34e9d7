import { type Fields, fieldsAt } from '../../src/domain/fields.ts'

export const apacheJobId = 'fd0f0feac0c2e081ecc9f4c08fc893ff'

/** What is different from the job below. */
export interface DeploymentParts {
  readonly kind?: 'FlinkDeployment' | 'FlinkSessionJob'
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly metadata?: Fields
  /** spec.job; null: a session cluster. */
  readonly job?: Fields | null
  readonly configuration?: Fields
  readonly spec?: Fields
  readonly jobStatus?: Fields
  /** status.jobStatus.savepointInfo. */
  readonly info?: Fields
  readonly status?: Fields
  /** What of spec.job the operator has carried out otherwise. */
  readonly reconciled?: Fields
}

/** A running FlinkDeployment `orders`, as operator 1.7 writes it. */
export function deployment17(parts: DeploymentParts = {}): Fields {
  return deployment(parts, {}, { metadata: { generation: generationOf(parts) } })
}

/** The same as operator 1.15 writes it. */
export function deployment15(parts: DeploymentParts = {}): Fields {
  const known = { savepointRedeployNonce: null, autoscalerResetNonce: null }
  return deployment(
    { ...parts, status: { observedGeneration: generationOf(parts), ...parts.status } },
    known,
    {},
  )
}

function generationOf({ metadata = {} }: DeploymentParts): unknown {
  return metadata['generation'] ?? 1
}

function deployment(parts: DeploymentParts, known: Fields, resourceMetadata: Fields): Fields {
  const { name = 'orders', namespace = 'default', kind = 'FlinkDeployment' } = parts
  const job = parts.job === null ? undefined : { state: 'running', upgradeMode: 'savepoint', ...parts.job }
  const configuration = { 'state.savepoints.dir': `s3://bucket/${name}`, ...parts.configuration }
  return {
    apiVersion: 'flink.apache.org/v1beta1',
    kind,
    metadata: { name, namespace, uid: `uid-of-${name}`, generation: 1, ...uidOf(parts), ...parts.metadata },
    spec: {
      flinkVersion: 'v1_18',
      flinkConfiguration: Object.fromEntries(
        Object.entries(configuration).filter(([, value]) => value !== null),
      ),
      ...(kind === 'FlinkSessionJob' && { deploymentName: 'session' }),
      ...(job && { job }),
      ...parts.spec,
    },
    status: {
      jobStatus: {
        jobId: apacheJobId,
        state: 'RUNNING',
        startTime: '1795357012529',
        savepointInfo: { lastPeriodicSavepointTimestamp: 0, savepointHistory: [], ...parts.info },
        ...parts.jobStatus,
      },
      lifecycleState: 'STABLE',
      ...(kind === 'FlinkDeployment' && { jobManagerDeploymentStatus: 'READY' }),
      reconciliationStatus: {
        state: 'DEPLOYED',
        lastReconciledSpec: reconciledSpec({ ...job, ...parts.reconciled }, known, resourceMetadata),
      },
      ...parts.status,
    },
  }
}

function uidOf({ uid }: DeploymentParts): Fields {
  return uid === undefined ? {} : { uid }
}

/** JSON in a text, in which every field that the release knows stands, null where it is not set. */
function reconciledSpec(job: Fields, known: Fields, resourceMetadata: Fields): string {
  const spec = { job: { savepointTriggerNonce: null, initialSavepointPath: null, ...known, ...job } }
  return JSON.stringify({
    spec,
    resource_metadata: { apiVersion: 'flink.apache.org/v1beta1', ...resourceMetadata },
  })
}

/** The object after its operator has carried out what its spec says, and `job` of it otherwise. */
export function reconciled(body: Fields, job: Fields = {}): Fields {
  const status = fieldsAt(body, 'status')
  const before = JSON.parse(String(fieldsAt(status, 'reconciliationStatus')['lastReconciledSpec'])) as Fields
  const spec = { job: { ...fieldsAt(before, 'spec', 'job'), ...fieldsAt(body, 'spec', 'job'), ...job } }
  const generation = fieldsAt(body, 'metadata')['generation']
  const observed = 'observedGeneration' in status
  const resource = observed ? fieldsAt(before, 'resource_metadata') : { metadata: { generation } }
  const lastReconciledSpec = JSON.stringify({ spec, resource_metadata: resource })
  const reconciliationStatus = { ...fieldsAt(status, 'reconciliationStatus'), lastReconciledSpec }
  return {
    ...body,
    status: { ...status, reconciliationStatus, ...(observed && { observedGeneration: generation }) },
  }
}
