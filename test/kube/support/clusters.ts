export const apiVersion = 'flinkoperator.k8s.io/v1beta1'
export const kind = 'FlinkCluster'
export const collection = '/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters'

export const orders = { apiVersion, kind, namespace: 'default', name: 'orders' }
export const ordersPath = `${collection}/orders`

/** A FlinkCluster as the server sends it. */
export function cluster(resourceVersion: string, more: { name?: string; uid?: string; spec?: object } = {}) {
  const { name = 'orders', uid = `uid-${name}`, spec = {} } = more
  return { apiVersion, kind, metadata: { name, namespace: 'default', uid, resourceVersion }, spec }
}

export const groupList = {
  kind: 'APIGroup',
  name: 'flinkoperator.k8s.io',
  versions: [{ groupVersion: apiVersion, version: 'v1beta1' }],
  preferredVersion: { groupVersion: apiVersion, version: 'v1beta1' },
}

export const resourceList = {
  kind: 'APIResourceList',
  groupVersion: apiVersion,
  resources: [
    { name: 'flinkclusters', singularName: 'flinkcluster', namespaced: true, kind, verbs: ['get', 'list'] },
    { name: 'flinkclusters/status', singularName: '', namespaced: true, kind, verbs: ['get', 'patch'] },
  ],
}
