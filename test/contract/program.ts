import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The built binary. */
export const binary = fileURLToPath(new URL('../../dist/kubectl-flinksp', import.meta.url))

export interface Ended {
  readonly exit: number | string
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs. */
export interface Running {
  readonly ended: Promise<Ended>
  /** Resolves once stderr holds this text; rejects where the program ends without it. */
  said(text: string): Promise<void>
  /** The same of stdout. */
  printed(text: string): Promise<void>
  interrupt(): void
  signal(name: NodeJS.Signals): void
  readonly pid: number
  /** Ends it, whatever it does. */
  kill(): void
}

/** Starts a program with this environment and nothing of ours, and nobody at its terminal. `cwd`: where it leaves files. */
export function start(
  file: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Running {
  const child = spawn(file, words, {
    env,
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  const keep = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
    printed[stream] += chunk.toString()
  }
  child.stdout.on('data', keep('stdout'))
  child.stderr.on('data', keep('stderr'))
  const ended = once(child, 'close').then(([code, signal]) => ({ exit: code ?? signal, ...printed }))
  const holds = (stream: 'stdout' | 'stderr', text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (printed[stream].includes(text)) resolve()
      }
      look()
      child[stream].on('data', look)
      void ended.then(() => reject(new Error(`never said "${text}", but:\n${printed[stream]}`)))
    })
  return {
    ended,
    said: text => holds('stderr', text),
    printed: text => holds('stdout', text),
    interrupt: () => void child.kill('SIGINT'),
    signal: name => void child.kill(name),
    pid: child.pid ?? -1,
    kill: () => void child.kill('SIGKILL'),
  }
}
