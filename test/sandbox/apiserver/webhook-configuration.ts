import type { KubeObject } from './object.ts'
import { matchesLabelSelector } from './selectors.ts'
import type { Cause } from './status.ts'
import type { Store } from './store.ts'

export interface Webhook {
  name: string
  clientConfig: {
    url?: string
    caBundle?: string
    service?: { namespace: string; name: string; path?: string; port?: number }
  }
  rules?: {
    operations?: string[]
    apiGroups?: string[]
    apiVersions?: string[]
    resources?: string[]
    scope?: string
  }[]
  failurePolicy?: 'Fail' | 'Ignore'
  timeoutSeconds?: number
  namespaceSelector?: Parameters<typeof matchesLabelSelector>[0]
  objectSelector?: Parameters<typeof matchesLabelSelector>[0]
}

/** The write that webhooks may be asked about. */
export interface Admission {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  readonly group: string
  readonly version: string
  /** `plural` or `plural/subresource`. */
  readonly resource: string
  readonly namespace: string
  readonly object?: KubeObject
  readonly oldObject?: KubeObject
}

/** The webhooks of a configuration kind whose rules and selectors match the write. */
export function webhooksFor(store: Store, plural: string, admission: Admission): Webhook[] {
  const configurations = store.list(`admissionregistration.k8s.io/${plural}`)
  const namespace = store.get('/namespaces', '', admission.namespace)
  return configurations
    .flatMap(({ webhooks }) => (Array.isArray(webhooks) ? (webhooks as Webhook[]) : []))
    .filter(webhook => (webhook.rules ?? []).some(rule => ruleMatches(rule, admission)))
    .filter(
      webhook =>
        !namespace || matchesLabelSelector(webhook.namespaceSelector, namespace.metadata.labels ?? {}),
    )
    .filter(({ objectSelector }) =>
      [admission.object, admission.oldObject].some(
        object => object && matchesLabelSelector(objectSelector, object.metadata.labels ?? {}),
      ),
    )
}

function ruleMatches(rule: NonNullable<Webhook['rules']>[number], admission: Admission): boolean {
  const [plural, subresource] = admission.resource.split('/')
  const patterns = subresource
    ? [admission.resource, '*/*', `${plural}/*`, `*/${subresource}`]
    : [admission.resource, '*', '*/*', `${plural}/*`]
  return (
    has(rule.operations, [admission.operation, '*']) &&
    has(rule.apiGroups, [admission.group, '*']) &&
    has(rule.apiVersions, [admission.version, '*']) &&
    has(rule.resources, patterns) &&
    (rule.scope ?? '*') !== (admission.namespace ? 'Cluster' : 'Namespaced')
  )
}

const has = (values: string[] | undefined, wanted: string[]) =>
  (values ?? []).some(value => wanted.includes(value))

/** What kube-apiserver has against a webhook configuration (the part people meet). */
export function webhookProblems({ webhooks }: KubeObject): Cause[] {
  const all = Array.isArray(webhooks)
    ? (webhooks as (Webhook & { sideEffects?: string; admissionReviewVersions?: string[] })[])
    : []
  return all.flatMap(({ clientConfig, sideEffects, admissionReviewVersions }, at) => {
    const problems: Cause[] = []
    const field = (name: string) => `webhooks[${at}].${name}`
    if (clientConfig?.url && !clientConfig.url.startsWith('https://')) {
      const scheme = JSON.stringify(clientConfig.url.split(':')[0])
      const message = `Invalid value: ${scheme}: 'https' is the only allowed URL scheme; desired format: https://host[/path]`
      problems.push({ reason: 'FieldValueInvalid', message, field: field('clientConfig.url') })
    }
    if (sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
      const message = 'Required value: must specify one of None, NoneOnDryRun'
      problems.push({ reason: 'FieldValueRequired', message, field: field('sideEffects') })
    }
    if (!admissionReviewVersions?.length) {
      const message = 'Required value: must specify one of v1, v1beta1'
      problems.push({ reason: 'FieldValueRequired', message, field: field('admissionReviewVersions') })
    }
    return problems
  })
}

/** The configuration with what the API server fills in. */
export function withWebhookDefaults(object: KubeObject): KubeObject {
  const all = Array.isArray(object['webhooks']) ? (object['webhooks'] as Webhook[]) : []
  const webhooks = all.map(webhook => ({
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    ...webhook,
    rules: (webhook.rules ?? []).map(rule => ({ scope: '*', ...rule })),
  }))
  return { ...object, webhooks }
}
