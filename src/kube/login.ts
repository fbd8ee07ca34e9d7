import { readFileSync } from 'node:fs'
import { failure } from '../domain/failure.ts'
import type { Clock } from '../domain/ports.ts'
import type { Access } from './access.ts'
import type { Credentials, Login, LoginSurroundings } from './credentials.ts'
import { goFileError } from './go-wording.ts'
import type { UserEntry } from './kubeconfig-entries.ts'

/**
 * The way of this user, in client-go's order: a token, a token file, a password; exec and auth-provider only without
 * them and without a client certificate of their own. Over http nothing is sent, as kubectl does.
 */
export async function loginOf(access: Access, around: LoginSurroundings): Promise<Login> {
  const { clock } = around
  const { user } = access
  if (access.server.startsWith('http:')) return fixed({})
  if (user.token !== undefined) return fixed({ authorization: `Bearer ${user.token}` })
  if (user.tokenFile !== undefined) return tokenFile(user.tokenFile, clock)
  if (user.username !== undefined || user.password !== undefined) return fixed(basic(user))
  if (user.certFile !== undefined || user.certData !== undefined) return fixed({})
  if (user.exec !== undefined) {
    const { execLogin } = await import('./exec-login.ts')
    return execLogin(user.exec, access, around)
  }
  if (user.authProvider !== undefined) {
    const { providerLogin } = await import('./provider-login.ts')
    return providerLogin(user, access.userName, around)
  }
  return fixed({})
}

function fixed(credentials: Credentials): Login {
  return { current: async () => credentials, renew: async () => false }
}

function basic(user: UserEntry): Credentials {
  const pair = Buffer.from(`${user.username ?? ''}:${user.password ?? ''}`).toString('base64')
  return { authorization: `Basic ${pair}` }
}

// client-go transport/token_source.go: a projected token is read again every minute
const tokenFileLivesMs = 60_000

function tokenFile(path: string, clock: Clock): Login {
  let token = readToken(path)
  let readAt = clock.now()
  const reread = () => {
    token = readToken(path)
    readAt = clock.now()
  }
  return {
    async current() {
      if (clock.now() - readAt > tokenFileLivesMs) reread()
      return { authorization: `Bearer ${token}` }
    },
    async renew(refused) {
      reread()
      return refused.authorization !== `Bearer ${token}`
    },
  }
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw failure('not-asked', goFileError('open', path, error))
  }
}
