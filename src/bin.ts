import { randomBytes } from 'node:crypto'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { failed } from './cli/failed.ts'
import type { Io } from './cli/io.ts'
import { commandsOn } from './commands/index.ts'
import type { Machine } from './domain/connection.ts'
import type { Clock } from './domain/ports.ts'
import { main } from './main.ts'
import { realWorld } from './world.ts'

// The only file that knows the process.

const machine: Machine = {
  env: process.env,
  home: homedir(),
  platform: process.platform,
  arch: process.arch,
  nodeVersion: process.version,
}

/** Node's timers fire at once beyond this. */
const longestTimer = 2 ** 31 - 1

const clock: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    for (let left = ms; left > 0 && !signal?.aborted; left -= longestTimer) {
      await oneTimer(Math.min(left, longestTimer), signal)
    }
  },
}

function oneTimer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
}

const interruption = new AbortController()

/** The first Ctrl-C lets the command end in order, which closes port-forwards and says how to look; the second does not wait. */
function interrupt(): void {
  if (interruption.signal.aborted) process.exit(130)
  interruption.abort()
}

const io: Io = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  async ask(question) {
    // Not as a terminal: readline would take Ctrl-C for itself.
    const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
    const ended = new AbortController()
    lines.once('close', () => ended.abort())
    try {
      return await lines.question(question, { signal: AbortSignal.any([interruption.signal, ended.signal]) })
    } catch {
      process.stderr.write('\n')
      return undefined
    } finally {
      lines.close()
    }
  },
  terminal: {
    stdin: process.stdin.isTTY === true,
    stdout: process.stdout.isTTY === true,
    stderr: process.stderr.isTTY === true,
  },
  machine,
  clock,
}

/** Leaves only when what was printed has left too: a pipe on Windows is slower than exit. */
function leave(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

// Whoever reads us may stop reading (`| head`): what is left to say is then for nobody, and no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1
  })
}

process.on('uncaughtException', error => void failed(error, io).then(code => process.exit(code)))

void main(
  process.argv.slice(2),
  io,
  wish =>
    realWorld(wish, {
      machine,
      clock,
      interrupted: interruption.signal,
      newId: () => randomBytes(16).toString('hex'),
    }),
  commandsOn(machine),
).then(leave)
