import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Machine } from '../domain/connection.ts'
import type { Patience } from './patience.ts'

/** What a place needs to reach a server. */
export interface Connecting extends Patience {
  readonly env: Machine['env']
  /** The name on this machine of whoever runs this. */
  user(): string
  /** The libraries have Node print warnings on stderr that say nothing to whoever reads them there. */
  muteWarnings(): void
}

/** Connections for those libraries that bring none of their own which know of proxies (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). */
export function agentsFor({ env }: Connecting): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const options = { keepAlive: true, maxSockets: 64, proxyEnv: { ...env } }
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) }
}

/** Node alone trusts Mozilla's list; companies have authorities of their own, which the machine knows. The API server has its own list. */
export function trustWhatTheMachineTrusts(): void {
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...getCACertificates('system')])])
}
