import { type Failure, failure } from '../domain/failure.ts'
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../domain/fields.ts'
import type { CommandEnd, PodShell } from '../domain/pod-shell.ts'
import { type Clock, refusedWith } from '../domain/ports.ts'
import type { RestPlace } from '../domain/rest.ts'
import { deadline } from './deadline.ts'
import { interrupted } from './failures.ts'
import { resourcePath } from './paths.ts'
import { openPodSocket, type PodSocket } from './pod-socket.ts'
import { type ReadyPod, readyPod } from './pods.ts'
import type { Server } from './server.ts'

/** What one exec needs beside the server. */
export interface Execution {
  readonly server: Server
  readonly clock: Clock
  /** Ctrl-C. */
  readonly signal: AbortSignal
  /** A command that says nothing for so long is given up. */
  readonly silenceMs: number
}

/** Commands in the JobManager's pod of a job. The pod is looked for once. */
export function podShell(execution: Execution, place: RestPlace): PodShell {
  let found: Promise<ReadyPod> | undefined
  let pod: string | undefined
  return {
    get pod() {
      return pod
    },
    async run(command, mostBytes) {
      found ??= readyPod(execution.server, place, execution.signal)
      const ready = await found.catch(error => {
        found = undefined
        throw error
      })
      pod = ready.name
      const target = { namespace: place.namespace, ...ready }
      return await ended(execution, target, command, mostBytes).catch(error => {
        // It went meanwhile: the next command looks for another.
        if (refusedWith(error, 404)) found = undefined
        throw error
      })
    },
  }
}

interface Target extends ReadyPod {
  readonly namespace: string
}

// Streams of remotecommand (k8s.io/apimachinery pkg/util/remotecommand/constants.go): 3 is how the command ended, as a Status.
const stdout = 1
const stderr = 2
const status = 3

const stderrLimit = 4096
const statusLimit = 64 * 1024

/** The server closes the connection after the status; where it does not, so much later. */
const closeMs = 2_000

async function ended(
  { server, clock, signal, silenceMs }: Execution,
  target: Target,
  command: readonly string[],
  mostBytes: number,
): Promise<CommandEnd> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandEnd>()
  // Ctrl-C or silence may end it before anybody waits for it: the connection is still being made.
  promise.catch(() => {})
  const said = hear(mostBytes)
  const shown = `pod/${target.name}`
  const silent = () => reject(failure('not-asked', `no answer from ${shown} within ${silenceMs / 1_000} s`))
  let limit = deadline(clock, silenceMs, silent)
  const settle = () => {
    try {
      resolve(said.end(shown))
    } catch (error) {
      reject(error)
    }
  }
  let socket: PodSocket | undefined
  const stop = () => reject(interrupted())
  signal.addEventListener('abort', stop, { once: true })
  try {
    socket = await opened(server, target, command, signal, (stream, bytes) => {
      limit.clear()
      if (!said.take(stream, bytes)) settle()
      limit = said.isOver() ? deadline(clock, closeMs, settle) : deadline(clock, silenceMs, silent)
    })
    socket.onclose = settle
    if (socket.readyState > socket.OPEN) settle()
    return await promise
  } finally {
    limit.clear()
    signal.removeEventListener('abort', stop)
    socket?.close()
  }
}

function opened(
  server: Server,
  { namespace, name, container }: Target,
  command: readonly string[],
  signal: AbortSignal,
  receive: (stream: number, bytes: Buffer) => void,
): Promise<PodSocket> {
  const at = { apiVersion: 'v1', plural: 'pods', namespace, name, subresource: 'exec' }
  const words = command.map(word => `&command=${encodeURIComponent(word)}`).join('')
  const path = `${resourcePath(at, { container, stdout: 'true', stderr: 'true' })}${words}`
  return openPodSocket(server, path, { verb: 'get', resource: 'pods/exec', name }, receive, signal)
}

/** What came so far. */
interface Heard {
  /** false: it is more than was to come. */
  take(stream: number, bytes: Buffer): boolean
  isOver(): boolean
  /** Throws where the command was not run, or not to its end. */
  end(shown: string): CommandEnd
}

function hear(mostBytes: number): Heard {
  const streams: Record<number, Buffer[]> = { [stdout]: [], [stderr]: [], [status]: [] }
  const limits: Readonly<Record<number, number>> = {
    [stdout]: mostBytes,
    [stderr]: stderrLimit,
    [status]: statusLimit,
  }
  const lengths: Record<number, number> = {}
  const whole = (stream: number) => Buffer.concat(streams[stream] ?? [])
  return {
    take(stream, bytes) {
      const length = lengths[stream] ?? 0
      const left = (limits[stream] ?? 0) - length
      lengths[stream] = length + bytes.length
      // A copy of what is kept: ws hands out slices of what it received.
      if (left > 0) streams[stream]?.push(bytes.subarray(0, left))
      return stream !== stdout || bytes.length <= left
    },
    isOver: () => (lengths[status] ?? 0) > 0,
    end(shown) {
      if ((lengths[stdout] ?? 0) > mostBytes)
        throw failure('not-asked', `a command in ${shown} said more than ${mostBytes} bytes`)
      const exitCode = exitCodeOf(whole(status), shown)
      return { exitCode, stdout: whole(stdout), stderr: whole(stderr).toString('utf8') }
    },
  }
}

/** client-go tools/remotecommand/v4.go */
function exitCodeOf(bytes: Buffer, shown: string): number {
  if (bytes.length === 0) throw lost(shown)
  const answer = parsed(bytes)
  if (!answer) throw lost(shown)
  if (textAt(answer, 'status') === 'Success') return 0
  const causes = listAt(fieldsAt(answer, 'details'), 'causes')
  const code = causes.find(cause => textAt(cause, 'reason') === 'ExitCode')
  const exitCode = Number(code && textAt(code, 'message'))
  if (textAt(answer, 'reason') === 'NonZeroExitCode' && Number.isInteger(exitCode)) return exitCode
  const message = textAt(answer, 'message') ?? 'no reason given'
  throw failure('not-asked', `a command in ${shown} was not run: ${message.slice(0, 2048)}`)
}

function parsed(bytes: Buffer): Fields | undefined {
  try {
    const answer: unknown = JSON.parse(bytes.toString('utf8'))
    return isFields(answer) ? answer : undefined
  } catch {
    return undefined
  }
}

function lost(shown: string): Failure {
  return failure('not-asked', `the connection to ${shown} was lost before the command there ended`)
}
