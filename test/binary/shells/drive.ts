import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { binary } from '../run.ts'

/** A shell that somebody types into. */
export interface Shell {
  /** `bash --norc -i` */
  readonly command: string
  /** What it is told first, with the script of ours in FILE. A function or a program that keeps its arguments has to take kubectl-flinksp's place. */
  readonly begin: (script: string) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const patienceMs = 50_000

/**
 * Types lines into a shell on a terminal of its own (`script` of util-linux makes it), where `\t` is the Tab key, and gives for each the
 * arguments that kubectl-flinksp was called with in the end.
 */
export async function typed(shell: Shell, home: string, lines: readonly string[]): Promise<string[]> {
  const kept = join(home, 'arguments')
  const env = {
    ...{ HOME: home, KEPT: kept, TERM: 'dumb', LC_ALL: 'C.UTF-8', FLINKSP_COMPLETION_TIMEOUT: '30s' },
    PATH: [dirname(binary), process.env['PATH'] ?? ''].join(delimiter),
    ...shell.env,
  }
  const child = spawn('script', ['-qec', shell.command, '/dev/null'], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let shown = ''
  child.stdout.on('data', chunk => {
    shown += chunk
  })
  let over = false
  const ended = new Promise<void>(resolve =>
    child.once('close', () => {
      over = true
      resolve()
    }),
  )
  const limit = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  // What is typed before the shell reads keys itself may be taken for something else.
  child.stdin.write(`${[...shell.begin(join(home, 'completion')), 'echo rea""dy'].join('\n')}\n`)
  while (!/^ready/m.test(shown) && !over) await new Promise(resolve => setTimeout(resolve, 20))
  if (over) {
    clearTimeout(limit)
    throw new Error(`the shell ended before it was ready:\n${shown}`)
  }
  for (const line of lines) child.stdin.write(`${line}\n`)
  child.stdin.write('exit\n')
  await ended
  clearTimeout(limit)
  const found = readFileSync(kept, { encoding: 'utf8', flag: 'a+' }).trimEnd().split('\n')
  if (found.length !== lines.length) throw new Error(`typed ${lines.length} lines, and saw:\n${shown}`)
  return found
}
