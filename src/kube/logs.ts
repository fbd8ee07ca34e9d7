import type { IncomingMessage } from 'node:http'
import type { LogWish } from '../domain/ports.ts'
import { unpacked } from './body.ts'
import { resourcePath, subjectOf } from './paths.ts'
import { type Server, streamFailure } from './server.ts'

/** Container runtimes cut lines at 16 KiB (cri-api). */
const longestLine = 16 * 1024
/** So much is read at most, whatever the server sends. */
const mostBytes = 256 * 1024 * 1024

/** What a container has written, a line at a time: what is left without an end is a line too. */
export async function* logs(server: Server, wish: LogWish, signal: AbortSignal): AsyncGenerator<string> {
  const { namespace, pod: name, container, sinceSeconds, lines, previous } = wish
  const query = {
    container,
    sinceSeconds: String(Math.max(1, Math.ceil(sinceSeconds))),
    tailLines: String(lines),
    previous: previous ? 'true' : undefined,
  }
  const stop = new AbortController()
  try {
    const response = await server.stream({
      method: 'GET',
      path: resourcePath({ apiVersion: 'v1', plural: 'pods', namespace, name, subresource: 'log' }, query),
      subject: subjectOf('get', { apiVersion: 'v1', name }, 'pods/log'),
      signal: AbortSignal.any([signal, stop.signal]),
    })
    yield* linesOf(response, server)
  } finally {
    stop.abort()
  }
}

async function* linesOf(response: IncomingMessage, server: Server): AsyncGenerator<string> {
  let rest: Buffer[] = []
  let kept = 0
  let read = 0
  const keep = (bytes: Buffer) => {
    const room = bytes.subarray(0, longestLine - kept)
    rest.push(room)
    kept += room.length
  }
  const taken = () => {
    const line = Buffer.concat(rest).toString('utf8')
    rest = []
    kept = 0
    return line
  }
  try {
    for await (const chunk of await unpacked(response)) {
      const bytes = chunk as Buffer
      read += bytes.length
      let from = 0
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
        keep(bytes.subarray(from, end))
        from = end + 1
        yield taken()
      }
      keep(bytes.subarray(from))
      if (read > mostBytes) return
    }
  } catch (error) {
    throw streamFailure(error, server.access)
  }
  if (kept > 0) yield taken()
}
