import type { IncomingMessage } from 'node:http'
import { type ApiError, badRequest, unauthorized } from './status.ts'

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

interface Impersonation {
  may(user: User, resource: string, name: string): boolean
  /** The refusal, where it is the action `mode` that is not allowed. */
  denied(user: User, mode: string): ApiError
}

/** Whom the request acts for (`--as`, `--as-group`), where the user has the right to. */
export function impersonate(request: IncomingMessage, user: User, { may, denied }: Impersonation): User {
  const name = single(request, 'impersonate-user')
  const groups = request.headersDistinct['impersonate-group'] ?? []
  if (name === undefined) {
    if (groups.length === 0) return user
    const listed = groups.map(group => JSON.stringify(group)).join(', ')
    throw badRequest(
      `requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{${listed}}, Extra:map[string][]string(nil)} without impersonating a user name`,
    )
  }
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? []
  const asked: [string, string][] = [
    account ? ['serviceaccounts', account] : ['users', name],
    ...groups.map((group): [string, string] => ['groups', group]),
  ]
  // Since 1.36 the refusal speaks of the narrower right that would do (constrained impersonation, KEP-5284).
  if (!asked.every(([resource, one]) => may(user, resource, one))) {
    throw denied(user, account ? 'serviceaccount' : 'user-info')
  }
  const own = account ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : []
  return { user: name, groups: [...new Set([...(groups.length > 0 ? groups : own), 'system:authenticated'])] }
}

function single(request: IncomingMessage, header: string): string | undefined {
  return request.headersDistinct[header]?.[0]
}
