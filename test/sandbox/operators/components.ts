import { randomBytes } from 'node:crypto'
import type { Fields } from '../../../src/domain/fields.ts'
import type { FlinkCluster } from './cluster.ts'
import { ownerReference } from './revisions.ts'

/** Label of the ControllerRevision that a component was made from. */
export const revisionLabel = 'flinkoperator.k8s.io/revision-name'

/** JobManager, TaskManager: see ../kubelet/README.md for what stands in for StatefulSets and Jobs. */
export function componentPod(
  cluster: FlinkCluster,
  component: 'jobmanager' | 'taskmanager',
  revision: string,
): Fields {
  const ports = [{ name: 'ui', containerPort: cluster.uiPort }]
  return pod(cluster, `${cluster.name}-${component}-0`, component, {
    labels: { [revisionLabel]: revision },
    annotations: { 'flinksp.test/flink-properties': JSON.stringify(cluster.flinkProperties) },
    container: component === 'jobmanager' ? { ports } : {},
  })
}

/** The batch Job that submits, which every operator names differently. */
export interface SubmitterKind {
  /** `NAME-job`, `NAME-job-submitter` */
  readonly suffix: string
  /** It runs as long as the Flink job does, and ends as that ended, or well however that ended; undefined: it ends once it has submitted. */
  readonly attached?: 'ends as the job' | 'ends well'
}

export function submitterPod(cluster: FlinkCluster, kind: SubmitterKind, fromSavepoint: string): Fields {
  const { jarFile, className } = cluster.job?.body ?? {}
  const { args, parallelism, allowNonRestoredState } = cluster.job ?? { args: [], parallelism: 1 }
  const suffix = randomBytes(3).toString('hex').slice(0, 5)
  const jobName = `${cluster.name}-${kind.suffix}`
  return pod(cluster, `${jobName}-${suffix}`, 'submitter', {
    labels: { 'job-name': jobName },
    annotations: {
      'flinksp.test/job': JSON.stringify({ jarFile, className, args, parallelism }),
      'flinksp.test/allow-non-restored-state': String(allowNonRestoredState ?? false),
      ...(kind.attached && { 'flinksp.test/attached': kind.attached }),
      ...(fromSavepoint && { 'flinksp.test/from-savepoint': fromSavepoint }),
    },
    container: {},
  })
}

interface PodParts {
  readonly labels: Fields
  readonly annotations: Fields
  readonly container: Fields
}

function pod(cluster: FlinkCluster, name: string, component: string, parts: PodParts): Fields {
  const image = (cluster.spec['image'] as Fields | undefined)?.['name'] ?? 'flink'
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: cluster.namespace,
      labels: {
        cluster: cluster.name,
        app: 'flink',
        component,
        'flinksp.test/process': 'true',
        ...parts.labels,
      },
      annotations: parts.annotations,
      ownerReferences: [ownerReference(cluster)],
    },
    spec: {
      restartPolicy: component === 'submitter' ? 'Never' : 'Always',
      containers: [{ name: 'main', image, ...parts.container }],
    },
  }
}

/** `NAME-jobmanager`, its port `ui` (controllers/flinkcluster_converter.go getDesiredJobManagerService). */
export function jobManagerService(cluster: FlinkCluster, revision: string): Fields {
  const labels = { cluster: cluster.name, app: 'flink', component: 'jobmanager' }
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `${cluster.name}-jobmanager`,
      namespace: cluster.namespace,
      labels: { ...labels, [revisionLabel]: revision },
      ownerReferences: [ownerReference(cluster)],
    },
    spec: {
      type: 'ClusterIP',
      selector: labels,
      ports: [{ name: 'ui', port: cluster.uiPort, targetPort: 'ui', protocol: 'TCP' }],
    },
  }
}
