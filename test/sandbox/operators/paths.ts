/** The versions that a FlinkCluster has been served in; no operator knew two. */
export type Version = 'v1alpha1' | 'v1beta1'

/** Of all FlinkClusters, or of those of one namespace. */
export function clustersPath(namespace?: string, version: Version = 'v1beta1'): string {
  const within = namespace ? `namespaces/${namespace}/` : ''
  return `/apis/flinkoperator.k8s.io/${version}/${within}flinkclusters`
}

export function clusterPath(namespace: string, name: string, version?: Version): string {
  return `${clustersPath(namespace, version)}/${name}`
}
