import type { Fields } from '../../src/domain/fields.ts'

export interface ClusterParts {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  /** More of it: generation, annotations. */
  readonly metadata?: Fields
  /** Of spec.job, status.components.job, and status. */
  readonly job?: Fields
  readonly jobStatus?: Fields
  readonly status?: Fields
}

export const flinkJobId = 'ef5f05038af357c0704cca2bf611ae92'

/** A running FlinkCluster as Spotify's operator v0.6 writes it, without any savepoint. */
export function spotifyCluster(parts: ClusterParts = {}): Fields {
  return flinkCluster(parts, {
    deployTime: '2026-03-01T08:00:00Z',
    startTime: '2026-03-01T08:01:00Z',
    submitterName: `${parts.name ?? 'orders'}-job-submitter`,
  })
}

/** The same as the GoogleCloudPlatform operator, tag v1beta1-9, writes it. */
export function gcpCluster({ status, ...parts }: ClusterParts = {}): Fields {
  const revision = `${parts.name ?? 'orders'}-75498d56ff-1`
  const written = { currentRevision: revision, nextRevision: revision, ...status }
  return flinkCluster({ ...parts, status: written }, {}, 'jobManagerStatefulSet')
}

function flinkCluster(parts: ClusterParts, jobMarks: Fields, jobManager = 'jobManager'): Fields {
  const { name = 'orders', namespace = 'default' } = parts
  return {
    apiVersion: 'flinkoperator.k8s.io/v1beta1',
    kind: 'FlinkCluster',
    metadata: { name, namespace, uid: parts.uid ?? `uid-of-${name}`, ...parts.metadata },
    spec: { job: { savepointsDir: `gs://bucket/${name}`, ...parts.job } },
    status: {
      state: 'Running',
      components: {
        [jobManager]: { name: `${name}-jobmanager`, state: 'Ready' },
        job: { id: flinkJobId, state: 'Running', ...jobMarks, ...parts.jobStatus },
      },
      ...parts.status,
    },
  }
}
