import type { KubeObject } from './object.ts'
import type { RequestInfo } from './request-info.ts'
import { ApiError, forbidden } from './status.ts'
import type { Store } from './store.ts'
import type { User } from './users.ts'

export interface Rule {
  verbs?: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
}

/** What somebody wants to do, as RBAC looks at it. */
export interface Attributes {
  readonly verb: string
  readonly group?: string
  /** `plural` or `plural/subresource`. */
  readonly resource?: string
  readonly namespace?: string
  readonly name?: string
  readonly path?: string
}

interface Subject {
  kind: string
  name: string
  namespace?: string
}

interface Binding extends KubeObject {
  subjects?: Subject[]
  roleRef: { kind: string; name: string }
}

export type Verdict = { allowed: boolean; reason: string }

const roles = 'rbac.authorization.k8s.io'

/** Role-based access control out of the store's Roles and bindings. system:masters may do everything. */
export function authorize(store: Store, user: User, wanted: Attributes): Verdict {
  if (user.groups.includes('system:masters')) return { allowed: true, reason: '' }
  for (const { binding, rules } of grants(store, user, wanted.namespace ?? '')) {
    if (!rules.some(rule => covers(rule, wanted))) continue
    return { allowed: true, reason: `RBAC: allowed by ${describe(binding, user)}` }
  }
  return { allowed: false, reason: '' }
}

/** Every rule that holds for the user in a namespace. */
export function rulesFor(store: Store, user: User, namespace: string): Rule[] {
  const all = user.groups.includes('system:masters')
  const everything: Rule[] = [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]
  return all ? everything : grants(store, user, namespace).flatMap(({ rules }) => rules)
}

function grants(store: Store, user: User, namespace: string) {
  const cluster = store.list(`${roles}/clusterrolebindings`)
  const local = namespace ? store.list(`${roles}/rolebindings`, namespace) : []
  return [...cluster, ...local]
    .map(object => object as Binding)
    .filter(({ subjects = [], metadata }) => subjects.some(one => isSubject(one, user, metadata.namespace)))
    .map(binding => ({ binding, rules: rulesOf(store, binding) }))
}

function isSubject(subject: Subject, user: User, bindingNamespace = ''): boolean {
  if (subject.kind === 'Group') return user.groups.includes(subject.name)
  if (subject.kind === 'ServiceAccount') {
    return user.user === `system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`
  }
  return subject.name === user.user
}

function rulesOf(store: Store, { roleRef, metadata }: Binding): Rule[] {
  const clusterRole = roleRef.kind === 'ClusterRole'
  const role = clusterRole
    ? store.get(`${roles}/clusterroles`, '', roleRef.name)
    : store.get(`${roles}/roles`, metadata.namespace ?? '', roleRef.name)
  return (role?.['rules'] as Rule[] | undefined) ?? []
}

function covers(rule: Rule, wanted: Attributes): boolean {
  if (!includes(rule.verbs, wanted.verb)) return false
  if (wanted.path !== undefined)
    return (rule.nonResourceURLs ?? []).some(url => covered(url, wanted.path ?? ''))
  const { resource = '' } = wanted
  const subresource = resource.includes('/') ? `*/${resource.split('/')[1]}` : '*'
  const names = rule.resourceNames ?? []
  return (
    includes(rule.apiGroups, wanted.group ?? '') &&
    (includes(rule.resources, resource) || (rule.resources ?? []).includes(subresource)) &&
    (names.length === 0 || names.includes(wanted.name ?? ''))
  )
}

const includes = (values: string[] | undefined, value: string) =>
  values?.includes('*') || values?.includes(value) || false

const covered = (pattern: string, path: string) =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path

function describe({ kind, metadata, roleRef, subjects = [] }: Binding, user: User): string {
  const place = metadata.namespace ? `${metadata.name}/${metadata.namespace}` : metadata.name
  const subject = subjects.find(one => isSubject(one, user, metadata.namespace))
  const account = subject?.kind === 'ServiceAccount'
  const name = account ? `${subject.name}/${subject.namespace ?? metadata.namespace}` : subject?.name
  return `${kind} "${place}" of ${roleRef.kind} "${roleRef.name}" to ${subject?.kind} "${name}"`
}

export function attributesOf({ verb, path, resource }: RequestInfo): Attributes {
  if (!resource) return { verb, path }
  const { group, plural, subresource, namespace, name } = resource
  return { verb, group, resource: subresource ? `${plural}/${subresource}` : plural, namespace, name }
}

/** The 403, in kube-apiserver's words (endpoints/handlers/responsewriters/errors.go). */
export function denial(user: User, wanted: Attributes): ApiError {
  const { verb, group = '', resource = '', namespace, name = '', path } = wanted
  if (path !== undefined) {
    const message = `forbidden: User "${user.user}" cannot ${verb} path "${path}"`
    return new ApiError(403, 'Forbidden', message, { details: {} })
  }
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  const why = `User "${user.user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`
  return forbidden({ group, plural: resource.split('/')[0] ?? '' }, name, why)
}
