import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process of ours, its output in a file. */
export interface RunningProcess {
  readonly pid: number
  readonly log: string
  /** Resolves with the exit code, or the signal's name, when it has ended. */
  readonly ended: Promise<number | string>
  /** SIGTERM, and SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<void>
}

export interface ProcessOptions {
  readonly log: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const leash = '/usr/bin/setpriv'

/**
 * Starts a process that cannot outlive this one: the kernel kills it when its parent is gone (PR_SET_PDEATHSIG), even if
 * the parent was killed and had no chance to clean up. Where setpriv is not installed it is a plain child.
 */
export function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): RunningProcess {
  const [file, words] = leashed(command, args)
  const output = openSync(options.log, 'a')
  const child = spawn(file, words, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const ended = new Promise<number | string>(resolve => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    child.once('error', error => resolve(error.message))
  })
  return { pid: child.pid ?? -1, log: options.log, ended, stop: graceMs => stop(child, ended, graceMs) }
}

function leashed(command: string, args: readonly string[]): [file: string, words: readonly string[]] {
  return existsSync(leash) ? [leash, ['--pdeathsig', 'KILL', command, ...args]] : [command, args]
}

async function stop(child: ChildProcess, ended: Promise<unknown>, graceMs = 5_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  child.kill('SIGTERM')
  const patience = new AbortController()
  const late = sleep(graceMs, 'late', { signal: patience.signal }).catch(() => 'ended')
  if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL')
  patience.abort()
  await ended
}

/** Waits until `condition` gives something; fails with the end of the process's log when it ends first or time runs out. */
export async function untilReady<T>(
  what: string,
  running: RunningProcess | undefined,
  condition: () => Promise<T | undefined>,
  timeoutMs = 60_000,
): Promise<T> {
  let over: number | string | undefined
  running?.ended.then(code => {
    over = code
  })
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await condition().catch(() => undefined)
    if (value !== undefined) return value
    if (over !== undefined) throw new Error(`${what} ended (${over}): ${await tail(running)}`)
    if (Date.now() > deadline)
      throw new Error(`${what} not ready after ${timeoutMs} ms: ${await tail(running)}`)
    await sleep(50)
  }
}

async function tail(running: RunningProcess | undefined): Promise<string> {
  if (running === undefined) return ''
  const text = await readFile(running.log, 'utf8').catch(() => '')
  return text.split('\n').slice(-25).join('\n')
}

/** `count` different TCP ports nobody listened on a moment ago. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, host, () => {
            const address = server.address()
            resolve(typeof address === 'object' && address !== null ? address.port : 0)
          })
        }),
    ),
  )
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

/** Runs a program to its end; throws with its output when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<{ stdout: string; stderr: string }> {
  const result = await outcome(command, args, options)
  if (result.code !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} ended with ${result.code}\n${result.stdout}${result.stderr}`,
    )
  }
  return result
}

export interface RunOutcome {
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, however it ends. */
export function outcome(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<RunOutcome> {
  return launch(command, args, options).ended
}

/** A program that is running, its output kept. */
export interface Launched {
  readonly pid: number
  readonly ended: Promise<RunOutcome>
  /** What it has said on stderr so far. */
  stderr(): string
  interrupt(): void
}

export function launch(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Launched {
  const [file, words] = leashed(command, args)
  const child = spawn(file, words, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', chunk => out.push(chunk))
  child.stderr.on('data', chunk => err.push(chunk))
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString()
  const ended = new Promise<RunOutcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({ code: code ?? signal ?? 'unknown', stdout: text(out), stderr: text(err) }),
    )
  })
  return { pid: child.pid ?? -1, ended, stderr: () => text(err), interrupt: () => void child.kill('SIGINT') }
}
