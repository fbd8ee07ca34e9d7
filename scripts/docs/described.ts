import { exitCode } from '../../src/cli/exit.ts'
import { flagLines, flagsOf, optionFlags } from '../../src/cli/help.ts'
import { commandLine } from '../../src/cli/usage.ts'
import { commandsOn } from '../../src/commands/index.ts'
import type { Topic } from '../../src/commands/topic.ts'
import { type FailureCode, failure } from '../../src/domain/failure.ts'

/** A command as the program describes it: what `--help`, its page and its man page are made of. */
export interface Described {
  readonly name: string
  readonly usage: string
  readonly summary: string
  readonly paragraphs: readonly string[]
  readonly examples: Topic['examples']
  readonly flags: readonly { readonly flag: string; readonly says: string }[]
}

/** Pages are the same wherever they are made. */
const machine = { env: {}, home: '', platform: 'linux', arch: 'x64', nodeVersion: '' }

/** Every command in the order of the help, but for `help` itself; of `options`, the flags that all commands take. */
export async function describedCommands(): Promise<Described[]> {
  const registry = commandsOn(machine)
  const described: Described[] = []
  for (const name of registry.names) {
    const command = await registry.load(name)
    if (!command || name === 'help') continue
    const own = 'flags' in command ? flagsOf(command) : []
    described.push({
      name,
      usage: `${commandLine(command.usage)}${own.length > 0 ? ' [options]' : ''}`,
      summary: command.summary,
      paragraphs: command.description.split('\n\n'),
      examples: command.examples,
      flags: flagLines(name === 'options' ? optionFlags : own),
    })
  }
  return described
}

const endings: Record<FailureCode, string> = {
  'not-asked': 'could not be asked or read: not found, not running, forbidden, unreachable, bad kubeconfig',
  usage: 'usage',
  no: 'the answer is no: the savepoint or the restore failed, the check did not hold',
  'timed-out': 'time ran out; it may still complete',
  interrupted: 'interrupted; the savepoint goes on, and how to look',
}

/** Every exit code, ascending, and when a command ends with it. */
export const exitCodes: readonly { readonly code: number; readonly when: string }[] = [
  { code: exitCode(undefined), when: 'done; or asked for with --wait=false' },
  { code: exitCode(new Error('a bug')), when: 'a bug of ours, with a stack and where to report it' },
  ...Object.entries(endings).map(([why, when]) => ({
    code: exitCode(failure(why as FailureCode, '')),
    when,
  })),
].toSorted((a, b) => a.code - b.code)
