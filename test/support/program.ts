import { commandsOn } from '../../src/commands/index.ts'
import { main } from '../../src/main.ts'
import type { Terminal } from '../../src/view/terminal.ts'
import type { FakeWorld } from './fakes.ts'

export interface Ended {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export interface Printed {
  stdout: string
  stderr: string
}

/** The whole program in a fake world: what it prints, and how it ends. Off a terminal, unless `terminal` says otherwise. */
export async function program(
  world: FakeWorld,
  line: string,
  more: {
    readonly terminal?: Partial<Terminal['isTerminal']>
    readonly answers?: readonly string[]
    /** Filled while the program runs, for those who wait for something to be printed. */
    readonly printed?: Printed
  } = {},
): Promise<Ended> {
  const { printed = { stdout: '', stderr: '' } } = more
  const answers = [...(more.answers ?? [])]
  const terminal: Terminal = {
    out: text => {
      printed.stdout += text
    },
    err: text => {
      printed.stderr += text
    },
    ask: async question => {
      printed.stderr += question
      return answers.shift()
    },
    isTerminal: { stdin: false, stdout: false, stderr: false, ...more.terminal },
    machine: { env: {}, home: '/home/me', platform: 'linux', arch: 'x64', nodeVersion: 'v26.10.0' },
    clock: world.clock,
  }
  const makeWorld: Parameters<typeof main>[2] = ({ person }) => ({ ...world, person, close: async () => {} })
  const exit = await main(line.split(' '), terminal, makeWorld, commandsOn(terminal.machine))
  return { exit, ...printed }
}
