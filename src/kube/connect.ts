import type { ConnectionOptions, Machine } from '../domain/connection.ts'
import { onceEach } from '../domain/once-each.ts'
import type { Passage } from '../domain/passage.ts'
import type { PodShell } from '../domain/pod-shell.ts'
import type { Clock, Cluster } from '../domain/ports.ts'
import type { RestPlace } from '../domain/rest.ts'
import { chooseAccess } from './access.ts'
import { agentsFor } from './agent.ts'
import { type Cache, cacheFor } from './cache.ts'
import { discoveryOf } from './discovery.ts'
import { identityHeaders } from './headers.ts'
import { loadKubeconfig } from './kubeconfig.ts'
import { list } from './list.ts'
import { loginOf } from './login.ts'
import { get } from './objects.ts'
import { passageThrough } from './passage.ts'
import { objectLimit, type Server, serverAt } from './server.ts'

/** The door to Kubernetes, open until `close`. */
export interface KubeDoor {
  readonly cluster: Cluster
  readonly passage: Passage
  /** Commands in the JobManager's pod of a job. */
  shell(place: RestPlace): Promise<PodShell>
  /** Ends port-forwards and connections. */
  close(): Promise<void>
}

/** Of a command in a pod, where `--request-timeout` does not say it. */
const longestSilenceMs = 30_000

/** Who is calling, for the server's audit log. */
export interface Caller {
  readonly version: string
  /** `kubectl flinksp take` */
  readonly command?: string
  /** Nobody is there: a login that would have to ask, or to tell anybody anything, fails. */
  readonly unattended?: boolean
  /** What can be done while the server is busy with the handshake. Called for each connection that is made. */
  readonly meanwhile?: () => void
}

/**
 * Reads the kubeconfig and the flags as kubectl does. Nothing is sent yet. `signal` (Ctrl-C) ends every request;
 * `warn` gets the server's own warnings, a line each, as kubectl prints them.
 */
export async function connect(
  connection: ConnectionOptions,
  machine: Machine,
  clock: Clock,
  signal: AbortSignal,
  warn: (text: string) => void = () => {},
  caller: Caller = { version: 'unknown' },
): Promise<KubeDoor> {
  const access = chooseAccess(loadKubeconfig(connection.kubeconfig, machine), connection, machine)
  const agents = agentsFor(access, machine)
  const server = serverAt(access, {
    login: await loginOf(access, { machine, clock, ...(caller.unattended && { unattended: signal }) }),
    agents,
    clock,
    signal,
    warn: onceEach(warn),
    requestTimeoutMs: connection.requestTimeoutMs ?? 0,
    headers: identityHeaders(machine, caller.version, caller.command),
    ...(caller.meanwhile && { meanwhile: caller.meanwhile }),
  })
  const passage = passageThrough(server, clock)
  return {
    cluster: clusterOf(server, cacheFor(access.server, connection, machine, clock), clock, signal),
    passage,
    async shell(place) {
      const { podShell } = await import('./exec.ts')
      const silenceMs = connection.requestTimeoutMs || longestSilenceMs
      return podShell({ server, clock, signal, silenceMs }, place)
    },
    async close() {
      await passage.close()
      agents.close()
    },
  }
}

function clusterOf(server: Server, cache: Cache, clock: Clock, interrupted: AbortSignal): Cluster {
  const now = () => clock.now()
  const discovery = discoveryOf(server, cache, now)
  return {
    namespace: server.access.namespace,
    server: server.access.server,
    served: discovery.served,
    get: (ref, options) => get(server, discovery, ref, options?.late),
    list: (kind, namespace, selector) => list(server, discovery, kind, namespace, selector),
    async write(wanted, options) {
      const { write } = await import('./write.ts')
      return write(server, discovery, cache, clock, wanted, options)
    },
    async *watch(ref, resourceVersion, signal) {
      const { watch } = await import('./watch.ts')
      yield* watch({ server, discovery, clock, signal, interrupted }, ref, resourceVersion)
    },
    async *watchAll(kind, namespace, resourceVersion, signal, selector, listed) {
      const { watchAll } = await import('./watch-all.ts')
      const collection = { kind, namespace, selector, listed }
      yield* watchAll({ server, discovery, clock, signal, interrupted }, collection, resourceVersion)
    },
    async remove(object, options) {
      const { remove } = await import('./remove.ts')
      await remove(server, discovery, object, options)
    },
    async may(verb, resource, options) {
      const { may } = await import('./may.ts')
      return may({ server, cache, now }, verb, resource, options)
    },
    async *logs(wish, signal) {
      const { logs } = await import('./logs.ts')
      yield* logs(server, wish, signal)
    },
    async read(path) {
      const answer = await server.json({ method: 'GET', path, subject: { verb: 'get' } }, 16 * objectLimit)
      return answer.fields
    },
    recall: (key, withinMs) => cache.recall(key, withinMs),
    remember: (key, value) => cache.remember(key, value),
  }
}
