import type { Call } from './api.ts'
import { isJson, type Json } from './object.ts'
import { parseJson } from './prepare.ts'
import { type Attributes, authorize, rulesFor } from './rbac.ts'
import { badRequest } from './status.ts'
import type { Answer } from './write.ts'

/** POST of a kind that is a question: SelfSubjectAccessReview, SelfSubjectRulesReview, SelfSubjectReview. */
export async function review(call: Call): Promise<Answer> {
  const body = parseJson(await call.body())
  if (!isJson(body)) throw badRequest('the body must be a JSON object')
  const spec = isJson(body['spec']) ? body['spec'] : {}
  const { kind } = call
  const status = answers[kind.kind]?.(call, spec) ?? {}
  const object = { kind: kind.kind, apiVersion: `${kind.group}/${kind.version}`, metadata: {}, spec, status }
  return { code: 201, object }
}

const answers: Record<string, (call: Call, spec: Json) => Json> = {
  SelfSubjectAccessReview({ api, user }, spec) {
    const { allowed, reason } = authorize(api.store, user, reviewed(spec))
    return { allowed, ...(reason && { reason }) }
  },
  SelfSubjectRulesReview({ api, user }, spec) {
    const rules = rulesFor(api.store, user, text(spec['namespace']))
    return {
      resourceRules: rules.filter(rule => !rule.nonResourceURLs),
      nonResourceRules: rules.filter(rule => rule.nonResourceURLs),
      incomplete: false,
    }
  },
  SelfSubjectReview({ user }) {
    return { userInfo: { username: user.user, groups: user.groups } }
  },
}

function reviewed(spec: Json): Attributes {
  const resource = spec['resourceAttributes']
  const path = spec['nonResourceAttributes']
  if (isJson(path)) return { verb: text(path['verb']), path: text(path['path']) }
  if (!isJson(resource)) {
    throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified')
  }
  const plural = text(resource['resource'])
  const subresource = text(resource['subresource'])
  return {
    verb: text(resource['verb']),
    group: text(resource['group']),
    resource: subresource ? `${plural}/${subresource}` : plural,
    namespace: text(resource['namespace']),
    name: text(resource['name']),
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')
