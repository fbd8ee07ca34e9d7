import { Agent, type RequestOptions, request } from 'node:https'

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
  readonly #token: string
  readonly #agent: Agent

  constructor(url: string, caPem: string, token: string) {
    this.#url = new URL(url)
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
