import type { IncomingMessage } from 'node:http'
import { type Fields, isFields } from '../domain/fields.ts'
import type { Clock } from '../domain/ports.ts'
import { unpacked } from './body.ts'
import { deadline } from './deadline.ts'
import { unusableAnswer, watchRefusal } from './failures.ts'
import type { Place } from './objects.ts'
import { resourcePath, subjectOf } from './paths.ts'
import { objectLimit, type Server, streamFailure } from './server.ts'

/** client-go's reflectors ask for 5 to 10 minutes, spread so that not all watches end at once. */
function streamSeconds(): number {
  return 300 + Math.floor(Math.random() * 300)
}

/** A stream that is still open this long after its server should have ended it is dead. */
const graceMs = 30_000

/** Which objects a stream is about. `name`: of the only one, for messages. */
interface Which {
  readonly apiVersion: string
  readonly namespace: string | undefined
  readonly fieldSelector?: string | undefined
  readonly labelSelector?: string | undefined
  readonly name?: string
}

/**
 * The events of one watch request: ends when the server ends it, throws a Failure when it is lost, when the server sends
 * ERROR, or when the object it carries is none.
 */
export async function* watchStream(
  { server, clock, signal }: { server: Server; clock: Clock; signal: AbortSignal },
  which: Which,
  resourceVersion: string,
  place: (act: (place: Place) => Promise<IncomingMessage>) => Promise<IncomingMessage>,
): AsyncGenerator<Fields> {
  const stop = new AbortController()
  const seconds = streamSeconds()
  const limit = deadline(clock, seconds * 1000 + graceMs, () => stop.abort())
  try {
    const ended = AbortSignal.any([signal, stop.signal])
    const response = await place(at => server.stream(requestOf(which, at, resourceVersion, seconds, ended)))
    for await (const line of linesOf(response, server)) yield eventIn(line, which)
  } catch (error) {
    throw stop.signal.aborted
      ? streamFailure(new Error('the watch did not end in time'), server.access)
      : error
  } finally {
    limit.clear()
    stop.abort()
  }
}

function requestOf(
  { namespace, fieldSelector, labelSelector }: Which,
  { apiVersion, plural }: Place,
  resourceVersion: string,
  seconds: number,
  signal: AbortSignal,
) {
  const query = {
    watch: '1',
    fieldSelector,
    labelSelector,
    resourceVersion,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
  }
  return {
    method: 'GET' as const,
    path: resourcePath({ apiVersion, plural, namespace }, query),
    subject: subjectOf('watch', { apiVersion }, plural),
    signal,
  }
}

/** Whole lines; what is left without its end when the stream ends is a lost stream. */
async function* linesOf(response: IncomingMessage, server: Server): AsyncGenerator<string> {
  let rest: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of await unpacked(response)) {
      let from = 0
      const bytes = chunk as Buffer
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
        const line = Buffer.concat([...rest, bytes.subarray(from, end)])
        rest = []
        length = 0
        from = end + 1
        if (line.length > 0) yield line.toString('utf8')
      }
      rest.push(bytes.subarray(from))
      length += bytes.length - from
      if (length > objectLimit)
        throw unusableAnswer(`the server sent a watch event of more than ${objectLimit} bytes`)
    }
  } catch (error) {
    throw streamFailure(error, server.access)
  }
  if (length > 0) throw streamFailure(new Error('unexpected EOF'), server.access)
}

function eventIn(line: string, { name }: Which): Fields {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    throw unusableAnswer('the server sent a watch event that is not JSON')
  }
  if (!isFields(event) || !isFields(event['object'])) {
    throw unusableAnswer('the server sent a watch event without an object')
  }
  if (event['type'] === 'ERROR')
    throw watchRefusal(event['object'], { verb: 'watch', ...(name !== undefined && { name }) })
  return event
}
