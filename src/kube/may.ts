import { createHash } from 'node:crypto'
import { flagAt, isFields } from '../domain/fields.ts'
import type { Cluster } from '../domain/ports.ts'
import type { Access } from './access.ts'
import type { Cache } from './cache.ts'
import type { Server } from './server.ts'

type Asked = Parameters<Cluster['may']>[1]

const keptMs = 24 * 60 * 60 * 1000

/** May this user do it? Asked by SelfSubjectAccessReview, and remembered for a day per server, user and namespace. */
export async function may(
  { server, cache, now }: { server: Server; cache: Cache; now: () => number },
  verb: string,
  asked: Asked,
  { recheckNo = false }: { recheckNo?: boolean } = {},
): Promise<boolean> {
  const key = `may/${hashed({ who: identity(server.access), verb, ...asked })}`
  const remembered = answerIn(await cache.recall(key), now())
  if (remembered === true || (remembered === false && !recheckNo)) return remembered
  const allowed = await review(server, verb, asked)
  await cache.remember(key, JSON.stringify({ allowed, at: now() }))
  return allowed
}

async function review(server: Server, verb: string, asked: Asked): Promise<boolean> {
  const resourceAttributes = {
    namespace: asked.namespace,
    verb,
    group: asked.group,
    resource: asked.plural,
    ...(asked.subresource !== undefined && { subresource: asked.subresource }),
    ...(asked.name !== undefined && { name: asked.name }),
  }
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  }
  const answer = await server.json({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    subject: { verb: 'post', resource: 'selfsubjectaccessreviews.authorization.k8s.io' },
    body: { type: 'application/json', text: JSON.stringify(body) },
  })
  return flagAt(answer.fields, 'status', 'allowed') ?? false
}

/** Who it is, as far as the kubeconfig tells; a token only as part of a hash. */
function identity({ userName, user }: Access): unknown {
  const { impersonate, impersonateUid, impersonateGroups, token, username, certFile, certData } = user
  return { userName, impersonate, impersonateUid, impersonateGroups, token, username, certFile, certData }
}

function hashed(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}

function answerIn(text: string | undefined, now: number): boolean | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (!isFields(value)) return undefined
    const at = value['at']
    return typeof at === 'number' && at <= now && now - at < keptMs ? flagAt(value, 'allowed') : undefined
  } catch {
    return undefined
  }
}
