import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { Failure } from '../domain/failure.ts'
import { type Fields, integerAt, isFields, textAt } from '../domain/fields.ts'
import { readBody } from './body.ts'
import type { Login, LoginSurroundings } from './credentials.ts'
import { messageOf } from './go-wording.ts'
import type { UserEntry } from './kubeconfig-entries.ts'
import { rememberTokens } from './oidc-tokens.ts'

// client-go plugin/pkg/client/auth/oidc/oidc.go: a token is taken for expired 10 s early
const earlyMs = 10_000

/**
 * An OpenID Connect user: the id-token while it is valid, else a new one for the refresh-token, written back to the
 * kubeconfig as kubectl does (many providers accept a refresh-token only once). client-node's class sends no
 * client-secret and keeps the new tokens to itself, so it is not used.
 */
export function oidcLogin(
  user: UserEntry,
  userName: string,
  { clock, unattended }: LoginSurroundings,
): Login {
  let config: Fields = user.authProvider?.config ?? {}
  let refreshing: Promise<Fields> | undefined
  return {
    async current() {
      const idToken = textAt(config, 'id-token')
      if (idToken === undefined || expiresAt(idToken) < clock.now() + earlyMs) {
        // A refresh that is cut off in the middle may have used up the refresh-token.
        if (unattended) throw unusable('The id-token is expired, and is not refreshed unasked')
        refreshing ??= refreshed(config, user.origin, userName).finally(() => {
          refreshing = undefined
        })
        config = await refreshing
      }
      return { authorization: `Bearer ${textAt(config, 'id-token') ?? ''}` }
    },
    renew: async () => false,
  }
}

/** Epoch milliseconds, from the token's own `exp`. */
function expiresAt(idToken: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return (isFields(claims) ? (integerAt(claims, 'exp') ?? 0) : 0) * 1000
  } catch {
    throw unusable('ID Token is not a valid JWT')
  }
}

async function refreshed(config: Fields, origin: string | undefined, userName: string): Promise<Fields> {
  const refreshToken = textAt(config, 'refresh-token')
  const issuer = textAt(config, 'idp-issuer-url')
  if (refreshToken === undefined)
    throw unusable('No valid id-token, and cannot refresh without refresh-token')
  if (issuer === undefined) throw unusable('Must provide idp-issuer-url')
  const agent = new Agent(trusted(config))
  try {
    const found = await asked(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, agent)
    const endpoint = textAt(found, 'token_endpoint')
    if (endpoint === undefined) throw unusable('oidc: discovery object has no token_endpoint')
    const answer = await exchanged(endpoint, config, refreshToken, agent)
    const idToken = textAt(answer, 'id_token')
    if (idToken === undefined) throw unusable('token response did not contain an id_token')
    const tokens = { 'id-token': idToken, 'refresh-token': textAt(answer, 'refresh_token') ?? refreshToken }
    if (origin !== undefined) rememberTokens(origin, userName, tokens)
    return { ...config, ...tokens }
  } finally {
    agent.destroy()
  }
}

function trusted(config: Fields): { ca?: string | Buffer } {
  const data = textAt(config, 'idp-certificate-authority-data')
  const path = textAt(config, 'idp-certificate-authority')
  if (data !== undefined) return { ca: Buffer.from(data, 'base64') }
  return path === undefined ? {} : { ca: readFileSync(path) }
}

/** The client's secret in a header first, then in the form: golang.org/x/oauth2 AuthStyleAutoDetect. */
async function exchanged(
  endpoint: string,
  config: Fields,
  refreshToken: string,
  agent: Agent,
): Promise<Fields> {
  const id = textAt(config, 'client-id') ?? ''
  const secret = textAt(config, 'client-secret') ?? ''
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  try {
    return await asked(endpoint, agent, { form, headers: { authorization } })
  } catch {
    const withSecret = { ...form, client_id: id, ...(secret !== '' && { client_secret: secret }) }
    return asked(endpoint, agent, { form: withSecret, headers: {} })
  }
}

interface Posted {
  readonly form: Record<string, string>
  readonly headers: Record<string, string>
}

async function asked(url: string, agent: Agent, posted?: Posted): Promise<Fields> {
  const body = posted && new URLSearchParams(posted.form).toString()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const headers = { accept: 'application/json', ...(body && type), ...posted?.headers }
    const sent = request(url, { agent, method: body ? 'POST' : 'GET', headers, timeout: 30_000 }, resolve)
    sent.on('error', reject).on('timeout', () => sent.destroy(new Error('i/o timeout')))
    sent.end(body)
  }).catch(error => {
    throw unusable(messageOf(error))
  })
  const text = (await readBody(response, 1024 * 1024)).toString('utf8')
  if (response.statusCode !== 200) throw unusable(`failed to refresh token: HTTP ${response.statusCode}`)
  return objectIn(text)
}

function objectIn(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text)
    if (isFields(value)) return value
  } catch {
    // told below
  }
  throw unusable('the identity provider did not answer with a JSON object')
}

function unusable(reason: string): Failure {
  return new Failure('not-asked', `Unable to connect to the server: ${reason}`)
}
