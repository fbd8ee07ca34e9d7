import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Passage } from '../domain/passage.ts'
import type { RestPlace } from '../domain/rest.ts'

/** Where Flink's REST API begins, and what a request to it must carry. */
export interface Endpoint {
  readonly url: string
  readonly agent: HttpAgent
  readonly headers: Readonly<Record<string, string>>
}

/** One way to a JobManager. */
export interface Way {
  /** For a person. */
  readonly name: string
  /** Rejects where there is no such way, or with the reason of `signal`. */
  open(signal: AbortSignal): Promise<Endpoint>
  /** What was opened is of no use any more; the next `open` begins anew. */
  drop(): void
  /** For good; waits for what was dropped. */
  close(): Promise<void>
}

/** The address that the user gave. Its user name and password travel in a header, so that no message shows them. */
export function givenWay(address: string): Way {
  const agents = ownAgents(true)
  return {
    name: 'the given address',
    async open() {
      const url = URL.canParse(address) ? new URL(address) : undefined
      if (!url || !/^https?:$/.test(url.protocol)) throw new Error('it is not an http or https URL')
      const path = url.pathname.replace(/\/+$/, '')
      return { url: `${url.origin}${path}`, agent: agents.for(url.origin), headers: credentials(url) }
    },
    drop() {},
    async close() {
      agents.destroy()
    },
  }
}

/** The API server's service proxy. Asked for its credentials every time: tokens expire during a wait. */
export function proxyWay(passage: Passage, place: RestPlace): Way {
  return {
    name: "the API server's service proxy",
    open: signal => within(passage.proxied(place), signal),
    drop() {},
    async close() {},
  }
}

/** A port-forward, made when first needed and shared by all questions. */
export function forwardWay(passage: Passage, place: RestPlace): Way {
  // The API server does not verify the certificate of a backend either, and its name could not be that of our local port.
  const agents = ownAgents(false)
  const life = new AbortController()
  let forward: ReturnType<Passage['forwarded']> | undefined
  let ended: Promise<unknown> = Promise.resolve()
  const drop = () => {
    const closed = forward?.then(open => open.close()).catch(() => {})
    ended = Promise.all([ended, closed])
    forward = undefined
  }
  return {
    name: 'a port-forward',
    async open(signal) {
      const mine = forward ?? passage.forwarded(place, life.signal)
      forward = mine
      mine.catch(() => {
        if (forward === mine) forward = undefined
      })
      const { url } = await within(mine, signal)
      return { url: url.replace(/\/+$/, ''), agent: agents.for(url), headers: {} }
    },
    drop,
    async close() {
      life.abort()
      agents.destroy()
      drop()
      await ended
    },
  }
}

function ownAgents(verified: boolean): { for(url: string): HttpAgent; destroy(): void } {
  const plain = new HttpAgent({ keepAlive: true })
  const secure = new HttpsAgent({ keepAlive: true, rejectUnauthorized: verified })
  return {
    for: url => (url.startsWith('https:') ? secure : plain),
    destroy() {
      plain.destroy()
      secure.destroy()
    },
  }
}

function credentials(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {}
  const pair = [url.username, url.password].map(part => decodeURIComponent(part)).join(':')
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
