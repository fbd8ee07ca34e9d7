import { flagAt } from '../../src/domain/fields.ts'
import { openApi } from '../sandbox/kubernetes/api.ts'
import type { Environment } from './environment.ts'
import { until } from './until.ts'

export interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

const all = ['get', 'list', 'watch', 'patch', 'create', 'update']

export const flinkClusters: Rule = {
  apiGroups: ['flinkoperator.k8s.io'],
  resources: ['flinkclusters'],
  verbs: all,
}
export const records: Rule = { apiGroups: [''], resources: ['configmaps'], verbs: all }
export const flinkRest: Rule = { apiGroups: [''], resources: ['services/proxy'], verbs: all }

const roles = 'rbac.authorization.k8s.io'

/** A Role with these rules, bound to the user; kube-apiserver hears of it a moment later. */
export async function grant(
  environment: Environment,
  namespace: string,
  user: string,
  rules: readonly Rule[],
): Promise<void> {
  const { api } = environment
  const path = `/apis/${roles}/v1/namespaces/${namespace}`
  const common = { apiVersion: `${roles}/v1`, metadata: { name: user } }
  await api.create(`${path}/roles`, { ...common, kind: 'Role', rules })
  await api.create(`${path}/rolebindings`, {
    ...common,
    kind: 'RoleBinding',
    roleRef: { apiGroup: roles, kind: 'Role', name: user },
    subjects: [{ apiGroup: roles, kind: 'User', name: user }],
  })
  const own = await openApi(environment.kubeconfig(user))
  await until(() => may(own, namespace, rules))
  own.close()
}

/** The first of the rights that were given. */
async function may(api: Environment['api'], namespace: string, rules: readonly Rule[]): Promise<boolean> {
  const [first] = rules
  const { apiGroups: [group] = [], resources: [resource] = [], verbs: [verb] = [] } = first ?? {}
  const resourceAttributes = { namespace, group, resource, verb, name: first?.resourceNames?.[0] }
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  }
  const answer = await api.create('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)
  return flagAt(answer, 'status', 'allowed') ?? false
}
