import { randomUUID } from 'node:crypto'
import { type Json, type KubeObject, timestamp } from './object.ts'
import type { Rule } from './rbac.ts'
import type { Store } from './store.ts'

const read = ['get', 'list', 'watch']
const change = ['create', 'delete', 'deletecollection', 'patch', 'update']
const workloads: Pick<Rule, 'apiGroups' | 'resources'>[] = [
  {
    apiGroups: [''],
    resources: ['configmaps', 'endpoints', 'pods', 'serviceaccounts', 'services'],
  },
  { apiGroups: ['apps'], resources: ['controllerrevisions', 'deployments', 'statefulsets'] },
  { apiGroups: ['batch'], resources: ['jobs'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
]
const connections = { apiGroups: [''], resources: ['pods/portforward', 'pods/proxy', 'services/proxy'] }
const seen: Rule[] = [
  ...workloads.map(rule => ({ ...rule, verbs: read })),
  { apiGroups: [''], resources: ['events', 'namespaces', 'pods/status', 'services/status'], verbs: read },
]
const changed: Rule[] = [
  ...seen,
  ...workloads.map(rule => ({ ...rule, verbs: change })),
  { apiGroups: [''], resources: ['secrets'], verbs: [...read, ...change] },
  { ...connections, verbs: [...read, ...change] },
]

/** The ClusterRoles that every cluster has, as far as this server serves what they are about. */
const clusterRoles: Record<string, Rule[]> = {
  'cluster-admin': [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ],
  admin: [
    ...changed,
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings', 'roles'], verbs: ['*'] },
  ],
  edit: changed,
  view: seen,
  'system:discovery': [
    {
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
      verbs: ['get'],
    },
  ],
  'system:public-info-viewer': [
    { nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] },
  ],
  'system:basic-user': [
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ],
}

const bindings: Record<string, string[]> = {
  'cluster-admin': ['system:masters'],
  'system:discovery': ['system:authenticated'],
  'system:basic-user': ['system:authenticated'],
  'system:public-info-viewer': ['system:authenticated', 'system:unauthenticated'],
}

/** Puts into a new store what a fresh cluster has. */
export function bootstrap(store: Store): void {
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
    const labels = { 'kubernetes.io/metadata.name': name }
    store.put(
      '/namespaces',
      newObject(
        'v1',
        'Namespace',
        { name, labels },
        { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
      ),
    )
  }
  const rbac = 'rbac.authorization.k8s.io'
  for (const [name, rules] of Object.entries(clusterRoles)) {
    store.put(`${rbac}/clusterroles`, newObject(`${rbac}/v1`, 'ClusterRole', { name }, { rules }))
  }
  for (const [name, groups] of Object.entries(bindings)) {
    const subjects = groups.map(group => ({ kind: 'Group', apiGroup: rbac, name: group }))
    const roleRef = { kind: 'ClusterRole', apiGroup: rbac, name }
    store.put(
      `${rbac}/clusterrolebindings`,
      newObject(`${rbac}/v1`, 'ClusterRoleBinding', { name }, { subjects, roleRef }),
    )
  }
}

function newObject(apiVersion: string, kind: string, metadata: Json, rest: Json): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, uid: randomUUID(), creationTimestamp: timestamp() },
    ...rest,
  }
}
