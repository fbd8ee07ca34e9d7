import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { eventually } from './conditions.ts'
import type { ControlPlane } from './control-plane/start.ts'

export interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** The rules of docs/rbac.yaml, by the name of the ClusterRole without `flinksp-`. */
export async function documentedRules(): Promise<Readonly<Record<string, readonly Rule[]>>> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'rbac.yaml'), 'utf8')
  const roles = loadAll(text) as { metadata: { name: string }; rules: Rule[] }[]
  return Object.fromEntries(
    roles.map(({ metadata, rules }) => [metadata.name.replace('flinksp-', ''), rules]),
  )
}

/** The same rules without one: `patch flinkclusters`, or `services/proxy` for all of its verbs. */
export function without(rules: readonly Rule[], right: string): readonly Rule[] {
  const [resource = '', verb] = right.split(' ').reverse()
  const left = rules.map(rule =>
    rule.resources.includes(resource)
      ? { ...rule, verbs: rule.verbs.filter(other => verb !== undefined && other !== verb) }
      : rule,
  )
  if (JSON.stringify(left) === JSON.stringify(rules)) throw new Error(`no such right: ${right}`)
  return left.filter(({ verbs }) => verbs.length > 0)
}

const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'

/** The user may do this much in the namespace default, and the API server knows it. */
export async function grant(controlPlane: ControlPlane, user: string, rules: readonly Rule[]): Promise<void> {
  const { api } = controlPlane
  const metadata = { name: user }
  await api.ask('POST', `${roles}/roles`, { metadata, rules })
  await api.ask('POST', `${roles}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  })
  const [{ apiGroups: [group] = [], resources: [resource] = [], verbs: [verb] = [] } = {}] = rules
  const review = {
    spec: { resourceAttributes: { namespace: 'default', group, resource, verb } },
  }
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  await eventually(`${user} has its rights`, async () => {
    const answer = await controlPlane.apiAs(user).ask('POST', path, review)
    return answer['status'].allowed === true ? true : undefined
  })
}
