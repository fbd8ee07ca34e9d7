import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What to do with a request: an answer, or anything else that a server can do to its client. */
export type Script =
  | { status?: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | ((response: ServerResponse) => void)

export interface ScriptedServer {
  readonly url: string
  readonly seen: readonly Seen[]
  /** What the next requests get; the last script is repeated. */
  play(...scripts: Script[]): void
  [Symbol.asyncDispose](): Promise<void>
}

/** An HTTP server on loopback that does what it is told and remembers what it was asked. */
export async function scriptedServer(...scripts: Script[]): Promise<ScriptedServer> {
  return await started('http', listener => createServer(listener), scripts)
}

/** The same with TLS, and a certificate that nobody trusts, for another host. */
export async function scriptedTlsServer(...scripts: Script[]): Promise<ScriptedServer> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'orders-jobmanager' }])
  return await started('https', listener => createTlsServer({ key, cert }, listener), scripts)
}

async function started(
  scheme: string,
  create: (listener: RequestListener) => ReturnType<typeof createServer>,
  first: Script[],
): Promise<ScriptedServer> {
  const seen: Seen[] = []
  let scripts = first
  const server = create((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      seen.push({ method, path, headers, body: Buffer.concat(chunks).toString() })
      const script = scripts.length > 1 ? scripts.shift() : scripts[0]
      if (script) perform(script, response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    seen,
    play(...next) {
      scripts = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function perform(script: Script, response: ServerResponse): void {
  if (typeof script === 'function') {
    script(response)
    return
  }
  const text = script.text ?? JSON.stringify(script.json)
  const type = script.text === undefined ? 'application/json' : 'text/html'
  response.writeHead(script.status ?? 200, { 'content-type': type, ...script.headers })
  response.end(text)
}

/** An address on loopback where nobody listens. */
export async function deserted(): Promise<string> {
  const server = await scriptedServer()
  await server[Symbol.asyncDispose]()
  return server.url
}
