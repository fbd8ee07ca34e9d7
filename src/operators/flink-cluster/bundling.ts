import type { Bundling } from '../job-operator.ts'

/** What tells of a fault of a FlinkCluster, or of its operator (controllers/flinkcluster_converter.go). */
export const bundling: Bundling = {
  made({ metadata }) {
    const labels = `cluster=${metadata.name},app=flink`
    return [
      { kind: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' }, labels },
      { kind: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' }, labels },
      { kind: { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' }, labels },
      { kind: { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs' }, labels },
    ]
  },
  // config/manager/manager.yaml and helm-chart/flink-operator of both GoogleCloudPlatform's and Spotify's.
  operatorLabels: 'app=flink-operator,control-plane=controller-manager',
  operatorNamespaces: ['flink-operator-system', 'flink-operator'],
}
