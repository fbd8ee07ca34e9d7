import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Which requests are meant: all that is given must hold. */
export interface Wanted {
  /** `WATCH` for a watch. */
  readonly verb?: string
  readonly path?: RegExp
}

export interface Answer {
  readonly code: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: AsyncIterable<Buffer> | Iterable<Buffer>
}

/** What becomes of a request and its answer. */
export interface Spoiling {
  /** Done before the request is passed on. */
  readonly before?: () => Promise<unknown>
  /** Nothing is passed on, and nothing answered. */
  readonly swallow?: true
  /** Given in the API server's place; undefined: the request is passed on after all. */
  readonly answer?: Answer | ((path: string) => Answer | undefined)
  /** The answer ends after half of its body (before its head: 'lost'): cut off, or its side of the connection closed in order. */
  readonly half?: 'cut' | 'closed' | 'lost'
  /** Its body comes a byte at a time, so far apart. */
  readonly trickleMs?: number
}

/** What is to be spoilt, and how often. */
export interface Spoils {
  add(wanted: Wanted, spoiling: Spoiling, times?: number): () => void
  next(seen: { readonly verb: string; readonly path: string }): Spoiling | undefined
}

export function spoils(): Spoils {
  const entries = new Set<{ wanted: Wanted; spoiling: Spoiling; left: number }>()
  return {
    add(wanted, spoiling, times = Number.POSITIVE_INFINITY) {
      const entry = { wanted, spoiling, left: times }
      entries.add(entry)
      return () => void entries.delete(entry)
    },
    next({ verb, path }) {
      const found = [...entries].find(
        ({ wanted, left }) =>
          left > 0 && (wanted.verb ?? verb) === verb && (wanted.path === undefined || wanted.path.test(path)),
      )
      if (found) found.left -= 1
      return found?.spoiling
    },
  }
}

/** What is answered in the API server's place, if anything. */
export function given(spoiling: Spoiling | undefined, path: string): Answer | undefined {
  const answer = spoiling?.answer
  return typeof answer === 'function' ? answer(path) : answer
}

/** A refusal as the API server words it. */
export function refusal(
  code: number,
  reason: string,
  message: string,
  headers: NodeJS.Dict<string> = {},
): Answer {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
  return documented(status, code, headers)
}

/** A JSON document as an answer. */
export function documented(document: unknown, code = 200, headers: NodeJS.Dict<string> = {}): Answer {
  const body = Buffer.from(`${JSON.stringify(document)}\n`)
  return { code, headers: { 'content-type': 'application/json', ...headers }, body: [body] }
}

/** Passes an answer on, spoilt or not; resolves when all that will be sent is sent. */
export async function spoilt(
  spoiling: Spoiling | undefined,
  answer: Answer,
  response: ServerResponse,
): Promise<void> {
  if (spoiling?.half === 'lost') {
    await whole(answer)
    response.destroy()
  } else if (spoiling?.half) await halved(spoiling.half, answer, response)
  else if (spoiling?.trickleMs) await trickled(spoiling.trickleMs, answer, response)
  else await passedOn(answer, response)
}

async function passedOn(answer: Answer, response: ServerResponse): Promise<void> {
  response.writeHead(answer.code, answer.headers)
  response.flushHeaders()
  for await (const chunk of answer.body) response.write(chunk)
  response.end()
}

async function whole({ body }: Answer): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function halved(how: 'cut' | 'closed', answer: Answer, response: ServerResponse): Promise<void> {
  const body = await whole(answer)
  response.writeHead(answer.code, answer.headers)
  const socket = response.socket
  await new Promise<void>(sent => response.write(body.subarray(0, body.length / 2), () => sent()))
  if (how === 'cut') socket?.destroy()
  else socket?.end()
}

async function trickled(everyMs: number, answer: Answer, response: ServerResponse): Promise<void> {
  const body = await whole(answer)
  response.writeHead(answer.code, answer.headers)
  for (const byte of body) {
    if (response.destroyed) return
    response.write(Buffer.of(byte))
    await sleep(everyMs)
  }
  response.end()
}
