import { spawn } from 'node:child_process'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { channelSockets } from './channel-sockets.ts'
import type { KubeObject } from './object.ts'
import { badRequest } from './status.ts'

// What a kubelet speaks (kubelet pkg/cri/streaming/remotecommand/websocket.go).
const sockets = channelSockets(['v5.channel.k8s.io', 'v4.channel.k8s.io'])

const stdout = 1
const stderr = 2
const status = 3

/** The container that is meant, as kube-apiserver has it (registry/core/pod/strategy.go streamLocation). */
export function checkContainer(pod: KubeObject, container: string | null): void {
  const containers = pod.spec?.['containers']
  const names = Array.isArray(containers) ? containers.map(each => String(each?.name)) : []
  const { name } = pod.metadata
  if (!container && names.length > 1)
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`,
    )
  if (container && !names.includes(container))
    throw badRequest(`container ${container} is not valid for pod ${name}`)
}

/** Runs the command on this machine, in the stead of the pod, which is none. */
export function execute(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  command: readonly string[],
): void {
  sockets.handleUpgrade(request, socket, head, client => {
    const [program = '', ...words] = command
    const running = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const send = (channel: number, bytes: Uint8Array) =>
      client.send(Buffer.concat([Buffer.of(channel), bytes]))
    running.stdout.on('data', (bytes: Buffer) => send(stdout, bytes))
    running.stderr.on('data', (bytes: Buffer) => send(stderr, bytes))
    running.once('error', error => end(client, notRun(program, error)))
    running.once('close', code => end(client, ending(code ?? 137)))
    client.on('close', () => running.kill('SIGKILL')).on('error', () => running.kill('SIGKILL'))
  })
}

function end(client: WebSocket, answer: object): void {
  if (client.readyState !== client.OPEN) return
  const bytes = Buffer.from(JSON.stringify({ metadata: {}, ...answer }))
  client.send(Buffer.concat([Buffer.of(status), bytes]))
  client.close()
}

function ending(code: number): object {
  if (code === 0) return { status: 'Success' }
  return {
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

function notRun(program: string, { code }: NodeJS.ErrnoException): object {
  const why = code === 'ENOENT' ? 'executable file not found in $PATH' : String(code)
  const message = `Internal error occurred: error executing command in container: exec: "${program}": ${why}: unknown`
  return { status: 'Failure', message, reason: 'InternalError', code: 500 }
}
