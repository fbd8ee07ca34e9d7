import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

export const binary = resolve('dist/kubectl-flinksp')

export interface Ended {
  readonly exit: number | string
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A program to its end, without the environment of the tests. */
export function ended(program: string, words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return started(program, words, options).ended
}

export function started(
  program: string,
  words: readonly string[],
  { env = {}, cwd }: RunOptions = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(program, words, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', text => {
      printed[name] += text
    })
  }
  const end = new Promise<Ended>((done, broken) => {
    child.once('error', broken)
    child.once('close', (code, signal) => done({ exit: code ?? signal ?? 'unknown', ...printed }))
  })
  return { child, ended: end }
}
