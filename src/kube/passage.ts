import { failure } from '../domain/failure.ts'
import type { Passage } from '../domain/passage.ts'
import type { Clock } from '../domain/ports.ts'
import type { RestPlace } from '../domain/rest.ts'
import { resourcePath } from './paths.ts'
import type { Server } from './server.ts'
import { inTurn } from './turn.ts'

/** The ways to a JobManager through this API server. */
export function passageThrough(server: Server, clock: Clock): Passage & { close(): Promise<void> } {
  const open = new Set<{ close(): Promise<void> }>()
  return {
    async proxied(place) {
      const { credentials, headers } = await server.headers()
      const agent = await server.agents.for(credentials)
      const url = `${server.access.server}${proxyPath(place)}`
      return await inTurn(agent, clock, () => ({ url, agent, headers: single(headers) }))
    },
    async forwarded(place, signal) {
      const { portForward } = await import('./port-forward.ts')
      const forward = await portForward(server, place, signal)
      const entry = {
        async close() {
          open.delete(entry)
          await forward.close()
        },
      }
      open.add(entry)
      return { url: forward.url, close: entry.close }
    },
    async close() {
      await Promise.all([...open].map(each => each.close()))
    },
  }
}

/** `…/services/https:NAME:PORT/proxy`: the API server speaks TLS to the pod where the scheme says so. */
function proxyPath(place: RestPlace): string {
  const at = { apiVersion: 'v1', plural: 'services', namespace: place.namespace }
  const name = `${place.tls ? 'https:' : ''}${place.service}:${place.port}`
  return `${resourcePath({ ...at, name, subresource: 'proxy' }).replaceAll('%3A', ':')}`
}

/**
 * A group or an extra value of several is a header given several times, which cannot be said here; joined by commas the
 * server would read one group of another name. The port-forward sends them as they are.
 */
function single(headers: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const [only, ...more] = [value].flat()
      if (more.length > 0)
        throw failure('not-asked', `the service proxy cannot be asked with several ${name} headers`)
      return [name, only ?? '']
    }),
  )
}
