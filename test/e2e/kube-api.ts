import { Agent, type RequestOptions, request } from 'node:https'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** A Kubernetes object as the tests read it. */
export interface KubeObject {
  apiVersion?: string
  kind?: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    generation?: number
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into objects of every kind
  [field: string]: any
}

export interface KubeAnswer {
  readonly code: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server said
  readonly body: any
}

/** The API server as the tests and the stand-in kubelet speak to it: plain paths and JSON, nothing between. */
export class KubeApi {
  readonly #url: URL
  readonly #ca: string
  readonly #token: string
  readonly #agent: Agent

  constructor(url: string, caPem: string, token: string) {
    this.#url = new URL(url)
    this.#ca = caPem
    this.#token = token
    this.#agent = new Agent({ ca: caPem, keepAlive: true })
  }

  /** The answer, whatever its code; throws only where nobody answers. */
  send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<KubeAnswer> {
    return new Promise((resolve, reject) => {
      const asked = request(
        this.#options(method, path, body === undefined ? {} : { contentType }),
        answer => {
          const chunks: Buffer[] = []
          answer.on('data', chunk => chunks.push(chunk))
          answer.once('error', reject)
          answer.once('end', () => {
            const text = Buffer.concat(chunks).toString()
            resolve({ code: answer.statusCode ?? 0, body: parsed(text) })
          })
        },
      )
      asked.once('error', reject)
      asked.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** The answer's object; throws on any code from 400. */
  async ask(method: string, path: string, body?: unknown, contentType?: string): Promise<KubeObject> {
    const answer = await this.send(method, path, body, contentType)
    if (answer.code >= 400) {
      throw new Error(
        `${method} ${path}: ${answer.code} ${answer.body?.message ?? JSON.stringify(answer.body)}`,
      )
    }
    return answer.body
  }

  get(path: string): Promise<KubeObject> {
    return this.ask('GET', path)
  }

  /** A JSON merge patch. */
  patch(path: string, body: unknown): Promise<KubeObject> {
    return this.ask('PATCH', path, body, 'application/merge-patch+json')
  }

  /** Server-side apply with force: there is one afterwards, as the manifest says. */
  apply(path: string, body: unknown): Promise<KubeObject> {
    const forced = `${path}?fieldManager=flinksp-test&force=true`
    return this.ask('PATCH', forced, body, 'application/apply-patch+yaml')
  }

  /**
   * Every object of a collection that fits `query`, now and whenever one changes, until `signal`; a lost stream begins again with a
   * list, which brings what was missed. `gone` names what a new list no longer holds.
   */
  async *changes(
    path: string,
    query: string,
    signal: AbortSignal,
  ): AsyncGenerator<{ object: KubeObject; gone: boolean }> {
    const known = new Map<string, KubeObject>()
    while (!signal.aborted) {
      const list = await this.get(`${path}?${query}`).catch(() => undefined)
      if (list !== undefined) {
        yield* this.#fromList(list, known)
        yield* this.#fromWatch(`${path}?${query}`, list.metadata.resourceVersion ?? '', known, signal)
      }
      await sleep(200, undefined, { signal }).catch(() => undefined)
    }
  }

  *#fromList(list: KubeObject, known: Map<string, KubeObject>) {
    const items: KubeObject[] = list['items']
    const there = new Set(items.map(item => item.metadata.uid ?? ''))
    for (const [uid, object] of known) {
      if (there.has(uid)) continue
      known.delete(uid)
      yield { object, gone: true }
    }
    for (const object of items) {
      known.set(object.metadata.uid ?? '', object)
      yield { object, gone: false }
    }
  }

  async *#fromWatch(path: string, version: string, known: Map<string, KubeObject>, signal: AbortSignal) {
    const lines = this.#lines(`${path}&watch=true&resourceVersion=${version}`, signal)
    for await (const line of lines) {
      const event = parsed(line)
      if (event?.type === 'ERROR' || event?.object?.metadata?.uid === undefined) return
      const object: KubeObject = event.object
      const gone = event.type === 'DELETED'
      if (gone) known.delete(object.metadata.uid ?? '')
      else known.set(object.metadata.uid ?? '', object)
      yield { object, gone }
    }
  }

  async *#lines(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const options = { ...this.#options('GET', path, {}), agent: false as const, ca: this.#ca, signal }
    try {
      const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
        request(options, resolve).once('error', reject).end()
      })
      answer.on('error', () => undefined)
      yield* createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })
    } catch {
      // The stream is lost: the caller lists again.
    }
  }

  #options(method: string, path: string, more: { contentType?: string }): RequestOptions {
    return {
      method,
      host: this.#url.hostname,
      port: this.#url.port,
      path,
      agent: this.#agent,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: 'application/json',
        'user-agent': 'flinksp-test',
        ...(more.contentType !== undefined && { 'content-type': more.contentType }),
      },
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the server said
function parsed(text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
