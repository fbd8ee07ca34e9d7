import type { Command, Flag } from '../commands/command.ts'
import type { Topic } from '../commands/topic.ts'
import { allNamespacesFlag, globalFlags, outputFlags } from './common-flags.ts'
import { type ConnectionFlag, connectionFlags } from './connection-flags.ts'
import { commandLine } from './usage.ts'

const whereOptionsAre = `Use "${commandLine('options')}" for a list of global command-line options (applies to all commands).`

/** The flags that every command takes. */
export const optionFlags: readonly (Flag | ConnectionFlag)[] = [...connectionFlags, ...globalFlags]

/** `--help` of one command, laid out as kubectl's. */
export function helpText(command: Command | Topic): string {
  const flags = 'flags' in command ? flagsOf(command) : []
  return paragraphs(
    command.description,
    command.examples.length > 0 && `Examples:\n${command.examples.map(exampleText).join('\n\n')}`,
    flags.length > 0 && `Options:\n${flagList(flags)}`,
    `Usage:\n  ${commandLine(command.usage)}${flags.length > 0 ? ' [options]' : ''}`,
    whereOptionsAre,
  )
}

/** What `kubectl flinksp` alone prints. */
export function rootHelpText(commands: readonly Topic[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 3
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)
  return paragraphs(
    'Take, list and restore savepoints of Apache Flink jobs that an operator runs on Kubernetes.',
    `Commands:\n${lines.join('\n')}`,
    `Usage:\n  ${commandLine('[command] [flags]')}`,
    `Use "${commandLine('<command>', '--help')}" for more information about a given command.\n${whereOptionsAre}`,
  )
}

/** `kubectl flinksp options`. */
export function optionsText(): string {
  return `The following options can be passed to any command:\n\n${flagList(optionFlags)}\n`
}

/** The flags that `--help` of a command lists: its own and those of the output. */
export function flagsOf(command: Command): Flag[] {
  return [...command.flags, ...outputFlags, ...(command.allNamespaces ? [allNamespacesFlag] : [])]
}

function paragraphs(...parts: (string | false)[]): string {
  return `${parts.filter(part => part !== false).join('\n\n')}\n`
}

function exampleText({ what, command }: Command['examples'][number]): string {
  return `  # ${what}\n  ${command}`
}

function flagList(flags: readonly (Flag | ConnectionFlag)[]): string {
  return flagLines(flags)
    .map(({ flag, says }) => `    ${flag}:\n\t${says}`)
    .join('\n\n')
}

/** Flags by name, as kubectl writes them: `-o, --output=''`, and what each does. */
export function flagLines(flags: readonly (Flag | ConnectionFlag)[]): { flag: string; says: string }[] {
  const sorted = flags.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return sorted.map(flag => ({
    flag: `${flag.alias ? `-${flag.alias}, ` : ''}--${flag.name}${shownDefault(flag)}`,
    says: flag.choices ? `${flag.describe} One of: (${flag.choices.join(', ')}).` : flag.describe,
  }))
}

/** pflag's way: text in quotes, lists in brackets, the rest bare. */
function shownDefault(flag: Flag | ConnectionFlag): string {
  if ('repeated' in flag) return '=[]'
  if (flag.default === undefined || flag.default === '')
    return flag.value ? `=${flag.value}` : emptyDefault(flag)
  return flag.type === 'text' ? `='${flag.default}'` : `=${flag.default}`
}

function emptyDefault(flag: Flag): string {
  return flag.type === 'text' ? "=''" : ''
}
