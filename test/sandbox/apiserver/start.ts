import type { Api, Dial } from './api.ts'
import { bootstrap } from './bootstrap.ts'
import { createInterceptors, type Faults, type Interceptors } from './faults.ts'
import { collectGarbage } from './garbage.ts'
import { createKinds } from './kinds.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { type Listening, startListening } from './listening.ts'
import type { KubeObject } from './object.ts'
import { doors, type RequestRecord } from './serve.ts'
import { createStore } from './store.ts'
import type { Token } from './users.ts'

export interface ApiServerOptions {
  /** Who may come in; the first is the default user of `kubeconfig()`. */
  readonly tokens: readonly Token[]
  readonly port?: number
  /** HTTPS with a certificate of its own (the default), or plain HTTP. */
  readonly tls?: boolean
  /** Where a pod's port really is. Default: the pod's annotation `flinksp.test/rest-url`. */
  readonly dial?: Dial
  /** How many changes a watch can go back; few provoke 410. */
  readonly watchHistory?: number
  /** How often a watch that asked for bookmarks gets one, if anything changed. */
  readonly bookmarkMillis?: number
  readonly log?: (line: string) => void
}

export interface ApiServer {
  readonly url: string
  /** The certificate to trust; empty without TLS. */
  readonly caPem: string
  /** YAML with a context for every user; the given one is current. */
  kubeconfig(user?: string): string
  /** Every request so far, in the order of arrival. */
  requests(): readonly RequestRecord[]
  readonly faults: Faults
  close(): Promise<void>
}

/** The annotation that says where a stand-in pod's REST API listens. */
export const restUrlAnnotation = 'flinksp.test/rest-url'

const dialAnnotation: Dial = ({ metadata }: KubeObject) => {
  const url = URL.parse(metadata.annotations?.[restUrlAnnotation] ?? '')
  return url ? { host: url.hostname, port: Number(url.port) } : undefined
}

/** Starts a Kubernetes API server in this process, on the loopback interface. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { tokens, port = 0, tls = true, log = () => {} } = options
  const api = createApi(options)
  const records: RequestRecord[] = []
  const interceptors = createInterceptors()
  const stopCollecting = collectGarbage(api.store)
  const listening = await startListening(tls, port, doors({ api, tokens, interceptors, records, log }))
  const { url, caPem } = listening
  const closed = new AbortController()
  return {
    url,
    caPem,
    kubeconfig: (user = tokens[0]?.user ?? '') => kubeconfigOf(url, caPem, tokens, user),
    requests: () => records,
    faults: faultsOf(api, interceptors, listening, closed.signal),
    async close() {
      closed.abort()
      stopCollecting()
      await listening.stop()
    },
  }
}

function createApi({
  watchHistory = 100_000,
  dial = dialAnnotation,
  bookmarkMillis = 5000,
}: ApiServerOptions): Api {
  const store = createStore(watchHistory)
  const kinds = createKinds(store)
  bootstrap(store)
  return { store, kinds, dial, bookmarkMillis, watches: new Set(), snapshots: new Map() }
}

function faultsOf(api: Api, interceptors: Interceptors, listening: Listening, closed: AbortSignal): Faults {
  return {
    dropWatches: () => {
      for (const drop of [...api.watches]) drop()
    },
    async refuseConnections(millis) {
      await listening.stop()
      await new Promise(resolve => setTimeout(resolve, millis))
      if (!closed.aborted) await listening.start()
    },
    answerOnce: (match, answer) => void interceptors.answer(match, answer, true),
    answer: (match, answer) => interceptors.answer(match, answer, false),
    warn: interceptors.warn,
    hold: interceptors.hold,
    forgetHistory: () => api.store.compact(),
  }
}
