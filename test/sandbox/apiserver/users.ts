import type { IncomingMessage } from 'node:http'
import { forbidden, internalError, unauthorized } from './status.ts'

export interface User {
  readonly user: string
  readonly groups: readonly string[]
}

export interface Token extends User {
  readonly token: string
}

const anonymous: User = { user: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Who asks: by bearer token, or nobody in particular. An unknown token is 401. */
export function authenticate(request: IncomingMessage, tokens: readonly Token[]): User {
  const header = request.headers.authorization
  if (header === undefined) return anonymous
  const token = /^Bearer\s+(.+)$/i.exec(header)?.[1]
  const found = tokens.find(one => one.token === token)
  if (!found) throw unauthorized()
  return { user: found.user, groups: [...new Set([...found.groups, 'system:authenticated'])] }
}

type MayImpersonate = (user: User, resource: string, name: string) => boolean

/** Whom the request acts for (`--as`, `--as-group`), where the user has the right to. */
export function impersonate(request: IncomingMessage, user: User, may: MayImpersonate): User {
  const name = single(request, 'impersonate-user')
  const groups = request.headersDistinct['impersonate-group'] ?? []
  if (name === undefined) {
    if (groups.length === 0) return user
    throw internalError(`requested [${groups.join(' ')}] without impersonating a user`)
  }
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? []
  const asked: [string, string][] = [
    account ? ['serviceaccounts', account] : ['users', name],
    ...groups.map((group): [string, string] => ['groups', group]),
  ]
  for (const [resource, one] of asked) {
    if (may(user, resource, one)) continue
    const where = resource === 'serviceaccounts' ? `in the namespace "${namespace}"` : 'at the cluster scope'
    const why = `User "${user.user}" cannot impersonate resource "${resource}" in API group "" ${where}`
    throw forbidden({ group: '', plural: resource }, one, why)
  }
  const own = account ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : []
  return { user: name, groups: [...new Set([...(groups.length > 0 ? groups : own), 'system:authenticated'])] }
}

function single(request: IncomingMessage, header: string): string | undefined {
  return request.headersDistinct[header]?.[0]
}
