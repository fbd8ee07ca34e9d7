/** What `history` of one FlinkCluster asks for: the paths below its API server, Flink's last. */
export function askedOfHistory(name: string): readonly string[] {
  const core = '/api/v1/namespaces/default'
  const job = 'c0c55c5f5b3f4d0e9a4f3a2b1c0d9e8f'
  return [
    `/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters/${name}`,
    `${core}/configmaps/flinksp-flinkcluster-${name}`,
    `/apis/apps/v1/namespaces/default/controllerrevisions?limit=500&labelSelector=flinkoperator.k8s.io%2Fmanaged-by%3D${name}`,
    `${core}/events?limit=500&fieldSelector=involvedObject.kind%3DFlinkCluster%2CinvolvedObject.name%3D${name}`,
    `${core}/services/${name}-jobmanager:ui/proxy/jobs/${job}/checkpoints`,
  ]
}
