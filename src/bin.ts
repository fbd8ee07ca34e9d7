import { randomBytes } from 'node:crypto'
import { homedir, userInfo } from 'node:os'
import { isatty } from 'node:tty'
import manifest from '../package.json' with { type: 'json' }
import { exitCode } from './cli/exit.ts'
import { commandsOn } from './commands/index.ts'
import type { Machine } from './domain/connection.ts'
import type { Archives, Clock, FlinkRest, Manifests } from './domain/ports.ts'
import type { OpenWorld, WorldWish } from './domain/world.ts'
import { completionVerb, main } from './main.ts'
import { placesFromHere } from './storage/from-here.ts'
import { remoteDoors, usualLimitMs } from './storage/remote.ts'
import { tellFailure } from './view/failed.ts'
import type { Terminal } from './view/terminal.ts'

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
const unread = new AbortController()

/** The first Ctrl-C lets the command end in order, which closes port-forwards and says how to look; the second does not wait. */
function interrupt(): void {
  if (interruption.signal.aborted) process.exit(130)
  interruption.abort()
}

const terminal: Terminal = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  async ask(question, signal = interruption.signal) {
    const { createInterface } = await import('node:readline/promises')
    // Not as a terminal: readline would take Ctrl-C for itself.
    const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
    const ended = new Promise<string>(resolve => lines.once('close', () => resolve('')))
    const stop = AbortSignal.any([interruption.signal, signal])
    try {
      return await Promise.race([lines.question(question, { signal: stop }), ended])
    } catch (error) {
      if (!stop.aborted) throw error
      process.stderr.write('\n')
      return undefined
    } finally {
      lines.close()
    }
  },
  isTerminal: {
    // Not before it is asked for, and not by process.stdin: its stream alone takes some milliseconds to be made.
    get stdin() {
      return isatty(0)
    },
    stdout: process.stdout.isTTY === true,
    stderr: process.stderr.isTTY === true,
  },
  size: () => {
    const { columns = 80, rows = 24 } = process.stderr.isTTY ? process.stderr : process.stdout
    return { columns, rows }
  },
  machine,
  clock,
  // Not performance.timeOrigin: it brings all of perf_hooks into memory.
  startedAt: Date.now() - process.uptime() * 1000,
  unread: unread.signal,
}

/** Leaves only when what was printed has left too: a pipe on Windows is slower than exit. A result that is lost is no success. */
function leave(code: number): void {
  process.stdout.write('', () => {
    const lost = lostResult()
    process.stderr.write(lost ? `error: the result could not be printed: ${lost}\n` : '', () =>
      process.exit(lost ? code || 1 : code),
    )
  })
}

/** Why stdout failed, a full disk say. Whoever reads us may stop reading (`| head`): that is no error. */
function lostResult(): string | undefined {
  const { errored } = process.stdout
  return errored && (errored as NodeJS.ErrnoException).code !== 'EPIPE' ? errored.message : undefined
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

process.stdout.on('error', () => unread.abort())
process.stderr.on('error', () => {})

const manifests: Manifests = {
  read: async path => (await openManifests()).read(path),
  keep: async (name, object) => (await openManifests()).keep(name, object),
}

async function openManifests(): Promise<Manifests> {
  const { manifestsIn } = await import('./storage/manifests.ts')
  return manifestsIn(process.cwd(), () => process.stdin, interruption.signal)
}

const archives: Archives = {
  check: async target => (await openArchives()).check(target),
  write: async (target, files, at) => (await openArchives()).write(target, files, at),
}

async function openArchives(): Promise<Archives> {
  const { archivesIn } = await import('./storage/archives.ts')
  return archivesIn(process.cwd(), {
    isTerminal: terminal.isTerminal.stdout,
    write: bytes => void process.stdout.write(bytes),
  })
}

/**
 * V8 gives short-lived objects room before it collects them: the peak of 1,000 takes was twice that of 100. With little room a
 * compiler's thread waits for a collection more often, and one that waits when the program ends holds it up for ever
 * (nodejs/node#54918): so nothing is compiled beside the program any more.
 */
const sparingMemory = [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=10',
  '--no-opt',
  '--no-maglev',
  '--no-concurrent-sparkplug',
]

/** In a container there may be no name for the number. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return process.env['USER'] ?? 'nobody'
  }
}

/** Loads what a history will need once the server has answered: until then there is nothing else to do. */
function prepareHistory(): void {
  const flink = import('./flink/exchange.ts').then(({ prepareExchange }) => prepareExchange())
  for (const needed of [import('./flink/rest.ts'), flink, import('./view/savepoint-table.ts')])
    needed.catch(() => {})
}

/** The real world. The kubeconfig is read, and what speaks to the cluster loaded, when a command first asks for it. */
function realWorld({ command, connection, restUrl, person, unattended }: WorldWish): OpenWorld {
  const open: FlinkRest[] = []
  const over = unattended ? AbortSignal.any([interruption.signal, unattended]) : interruption.signal
  const connectNow = async () => {
    const { connect } = await import('./kube/connect.ts')
    const who = { version: manifest.version, command: `kubectl flinksp ${command}` }
    const meanwhile = command === 'history' ? prepareHistory : () => {}
    const caller = { ...who, unattended: unattended !== undefined, meanwhile }
    return await connect(connection, machine, clock, over, text => person.warn(text), caller)
  }
  let connecting: ReturnType<typeof connectNow> | undefined
  const connected = () => {
    connecting ??= connectNow()
    return connecting
  }
  const remote = remoteDoors({
    ...{ clock, env: machine.env, user: userName, interrupted: interruption.signal },
    limitMs: connection.requestTimeoutMs ?? usualLimitMs,
    muteWarnings: () => void process.removeAllListeners('warning'),
  })
  const places = placesFromHere({ directory: process.cwd(), remote })
  return {
    manifests,
    archives,
    places,
    async placesOf(place) {
      const { podPlace } = await import('./storage/pod.ts')
      const shell = await (await connected()).shell(place)
      return placesFromHere({ directory: '/', file: podPlace(shell), remote })
    },
    clock,
    person,
    interrupted: interruption.signal,
    newId: () => randomBytes(16).toString('hex'),
    async spareMemory() {
      const { setFlagsFromString } = await import('node:v8')
      for (const flag of sparingMemory) setFlagsFromString(flag)
    },
    cluster: async () => (await connected()).cluster,
    async kubeconfig() {
      const { kubeconfigNames } = await import('./kube/names.ts')
      return kubeconfigNames(connection, machine)
    },
    async rest(place, reach) {
      const { flinkRest } = await import('./flink/rest.ts')
      const rest = flinkRest(restUrl ? { url: restUrl } : (await connected()).passage, place, reach)
      open.push(rest)
      return rest
    },
    async close() {
      await Promise.allSettled(open.map(rest => rest.close()))
      const door = await connecting?.catch(() => undefined)
      await door?.close()
    },
  }
}

process.on('uncaughtException', error => {
  if (process.argv[2] === completionVerb) process.exit(0)
  void tellFailure(error, terminal).then(() => process.exit(exitCode(error)))
})

void main(process.argv.slice(2), terminal, realWorld, commandsOn(machine)).then(leave)
