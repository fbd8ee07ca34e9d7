import { Agent } from 'node:http'
import type { Passage } from '../../../src/domain/passage.ts'
import type { RestPlace } from '../../../src/domain/rest.ts'

export const place: RestPlace = {
  namespace: 'shop',
  service: 'orders-jobmanager',
  port: 'ui',
  tls: false,
  podLabels: { cluster: 'orders', component: 'jobmanager' },
  podPort: 8081,
}

export interface Tracked {
  readonly passage: Passage
  /** Port-forwards made and closed so far. */
  readonly forwards: { made: number; closed: number }
}

/** A passage whose two ways lead to the given addresses; an Error is thrown by the way itself. */
export function passageTo(proxy: string | Error, forward: string | Error): Tracked {
  const forwards = { made: 0, closed: 0 }
  const passage: Passage = {
    async proxied() {
      if (proxy instanceof Error) throw proxy
      return { url: `${proxy}/proxy`, agent: new Agent(), headers: { authorization: 'Bearer s3cret' } }
    },
    async forwarded() {
      forwards.made++
      if (forward instanceof Error) throw forward
      return {
        url: forward,
        async close() {
          await new Promise(resolve => setImmediate(resolve))
          forwards.closed++
        },
      }
    },
  }
  return { passage, forwards }
}
