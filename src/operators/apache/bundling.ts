import { textAt } from '../../domain/fields.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Bundling } from '../job-operator.ts'

/** What tells of a fault of a FlinkDeployment or FlinkSessionJob, or of their operator. */
export const bundling: Bundling = {
  made(resource) {
    const cluster = clusterOf(resource)
    if (cluster === undefined) return []
    const labels = `app=${cluster}`
    return [
      { kind: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' }, labels },
      { kind: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' }, labels },
    ]
  },
  livesIn(resource) {
    const name = clusterOf(resource)
    if (resource.kind !== 'FlinkSessionJob' || name === undefined) return undefined
    return { group: 'flink.apache.org', kind: 'FlinkDeployment', name }
  },
  // helm/flink-kubernetes-operator/templates/_helpers.tpl.
  operatorLabels: 'app.kubernetes.io/name=flink-kubernetes-operator',
  operatorNamespaces: ['flink-kubernetes-operator', 'flink-operator', 'flink'],
}

function clusterOf({ kind, metadata, spec }: Resource): string | undefined {
  return kind === 'FlinkSessionJob' ? textAt(spec, 'deploymentName') : metadata.name
}
