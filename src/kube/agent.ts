import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, type AgentOptions as HttpAgentOptions } from 'node:http'
import { type AgentOptions, Agent as HttpsAgent } from 'node:https'
import { getCACertificates } from 'node:tls'
import type { Machine } from '../domain/connection.ts'
import { failure } from '../domain/failure.ts'
import type { Access } from './access.ts'
import type { Credentials } from './credentials.ts'
import { goFileError, messageOf } from './go-wording.ts'
import { proxyFor } from './proxy.ts'

/** The connections to the API server: one pool for all requests, another one only when the client certificate changes. */
export interface Agents {
  for(credentials: Credentials): Promise<HttpAgent>
  close(): void
}

/**
 * An idle connection is not used again after this: a request on a connection that the other side is just closing
 * cannot be told from one that arrived.
 */
const idleMs = 15_000

/** client-go's dialer keeps connections alive at 30 s, below the idle limit of cloud load balancers. */
const keepAliveMs = 30_000

export function agentsFor(access: Access, machine: Machine): Agents {
  const proxy = proxyFor(access.server, access.cluster.proxyUrl, machine.env)
  let made: { certificate: Credentials['certificate']; agent: Promise<HttpAgent> } | undefined
  const close = () => {
    made?.agent.then(
      agent => agent.destroy(),
      () => {},
    )
    made = undefined
  }
  return {
    for({ certificate }) {
      if (made !== undefined && made.certificate?.cert === certificate?.cert) return made.agent
      close()
      made = { certificate, agent: makeAgent(access, certificate, proxy) }
      return made.agent
    },
    close,
  }
}

async function makeAgent(
  access: Access,
  certificate: Credentials['certificate'],
  proxy: URL | undefined,
): Promise<HttpAgent> {
  const plain: HttpAgentOptions = {
    keepAlive: true,
    keepAliveMsecs: keepAliveMs,
    timeout: idleMs,
    maxSockets: 64,
  }
  const secure = access.server.startsWith('https:')
  const options: AgentOptions = secure ? { ...plain, ...tlsOptions(access, certificate) } : plain
  if (proxy?.protocol.startsWith('socks')) {
    const { SocksProxyAgent } = await import('socks-proxy-agent')
    return new SocksProxyAgent(proxy, options) as unknown as HttpAgent
  }
  if (proxy !== undefined) {
    const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent')
    return secure ? new HttpsProxyAgent({ ...options, proxy }) : new HttpProxyAgent({ ...plain, proxy })
  }
  return secure ? new HttpsAgent(options) : new HttpAgent(plain)
}

function tlsOptions(access: Access, issued: Credentials['certificate']): AgentOptions {
  const { cluster, user } = access
  const ca = contents(cluster.caFile, cluster.caData)
  if (ca !== undefined && cluster.insecure) {
    throw failure('not-asked', 'specifying a root certificates file with the insecure flag is not allowed')
  }
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw failure('not-asked', 'unable to load root certificates: unable to parse bytes as PEM block')
  }
  const cert = issued?.cert ?? contents(user.certFile, user.certData)
  const key = issued?.key ?? contents(user.keyFile, user.keyData)
  return {
    ...trusted(ca, cluster.insecure),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(cluster.tlsServerName !== undefined && { servername: cluster.tlsServerName }),
    ...(cluster.insecure && { rejectUnauthorized: false }),
  }
}

/** Without a certificate authority of its own Go trusts what the machine trusts; Node alone would only trust Mozilla's list. */
function trusted(ca: string | undefined, insecure: boolean): AgentOptions {
  if (ca !== undefined) return { ca }
  if (insecure) return {}
  return { ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])] }
}

/** Data wins over a file, as in client-go's rest.LoadTLSFiles. */
function contents(path: string | undefined, data: string | undefined): string | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('latin1')
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    throw failure('not-asked', goFileError('open', path, error), messageOf(error))
  }
}
