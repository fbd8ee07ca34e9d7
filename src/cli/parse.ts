import type { Arguments, Command, CommandResult, Flag } from '../commands/command.ts'
import type { Registry } from '../commands/index.ts'
import type { Topic } from '../commands/topic.ts'
import type { ConnectionOptions } from '../domain/connection.ts'
import { Failure } from '../domain/failure.ts'
import type { World } from '../domain/ports.ts'
import { helpFlag } from './common-flags.ts'
import { connectionOptions } from './connection.ts'
import { connectionFlags } from './connection-flags.ts'
import { flagValues, readValues } from './flag-values.ts'
import { flagsOf, helpText, optionFlags, optionsText, rootHelpText } from './help.ts'
import { commandLine, usage } from './usage.ts'

/** What a command line asks for: a text, or a command with all that its flags say. */
export type Invocation = { readonly print: string } | Run

export interface Run {
  /** The command's name. */
  readonly name: string
  run(world: World): Promise<CommandResult>
  readonly connection: ConnectionOptions
  /** `--rest-url`, of the commands that have it. */
  readonly restUrl?: string
  /** `-o` as given; empty: the table. */
  readonly output: string
  readonly noHeaders: boolean
  readonly allNamespaces: boolean
  readonly quiet: boolean
  readonly verbosity: number
  readonly color: string
}

/** Reads a command line without looking at anything else. Throws a usage Failure. */
export async function parse(
  argv: readonly string[],
  registry: Registry,
  interactive: boolean,
): Promise<Invocation> {
  const at = commandAt(argv)
  const name = argv[at]
  if (name === undefined) {
    flagValues(argv, [...optionFlags, helpFlag], '')
    return { print: rootHelpText(await topics(registry)) }
  }
  const command = await registry.load(name)
  if (!command) throw unknownCommand(name)
  const rest = argv.toSpliced(at, 1)
  return isCommand(command) ? invocation(command, rest, interactive) : topic(command, rest, registry)
}

/** Where the command stands: the first word that is neither a flag nor the value of one, as cobra finds it. */
export function commandAt(argv: readonly string[]): number {
  const takesNext = new Set(
    optionFlags
      .filter(flag => flag.type !== 'boolean')
      .flatMap(({ name, alias }) => [`--${name}`, ...(alias ? [`-${alias}`] : [])]),
  )
  let at = 0
  while (at < argv.length && (argv[at]?.startsWith('-') ?? false)) at += takesNext.has(argv[at] ?? '') ? 2 : 1
  return at
}

export function isCommand(command: Command | Topic): command is Command {
  return 'run' in command
}

/** All flags that a command line with this command may have. */
export function flagsOfCommand(command: Command): Flag[] {
  return [...flagsOf(command), ...optionFlags, helpFlag]
}

function invocation(command: Command, argv: readonly string[], interactive: boolean): Invocation {
  const flags = flagsOfCommand(command)
  const values = flagValues(argv, flags, command.name)
  if (values.given.get('help')?.at(-1) === 'true') return { print: helpText(command) }
  const own = flags.filter(flag => !connectionFlags.some(({ name }) => name === flag.name))
  const read = readValues(values, own, command.name)
  const args: Arguments = { ...read, allNamespaces: read.boolean('all-namespaces') ?? false, interactive }
  const options = optionsOf(command, args)
  const restUrl = args.text('rest-url')
  return {
    name: command.name,
    run: world => command.run(options, world),
    connection: connectionOptions(values),
    ...(restUrl && { restUrl }),
    output: args.text('output') ?? '',
    noHeaders: args.boolean('no-headers') ?? false,
    allNamespaces: args.allNamespaces,
    quiet: args.boolean('quiet') ?? false,
    verbosity: args.integer('v') ?? 0,
    color: args.text('color') ?? 'auto',
  }
}

/** The command's own look at its words and flags, with kubectl's pointer to the help below what it finds wrong. */
function optionsOf(command: Command, args: Arguments): unknown {
  try {
    return command.options(args)
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'usage' || error.hints.length > 0) throw error
    const hint = `See '${commandLine(command.name, '-h')}' for help and examples`
    throw new Failure('usage', error.message, { hints: [hint], cause: error })
  }
}

async function topic(asked: Topic, argv: readonly string[], registry: Registry): Promise<Invocation> {
  const { words, given } = flagValues(argv, [...optionFlags, helpFlag], asked.name)
  if (given.get('help')?.at(-1) === 'true') return { print: helpText(asked) }
  if (asked.print) return { print: await asked.print(words) }
  if (asked.name === 'options') {
    if (words.length > 0) throw usage(`extra arguments: [${words.join(' ')}]`, asked.name)
    return { print: optionsText() }
  }
  const [about] = words
  if (about === undefined) return { print: rootHelpText(await topics(registry)) }
  const found = await registry.load(about)
  if (!found) throw usage(`unknown help topic "${about}"`, '')
  return { print: helpText(found) }
}

/** Every command, loaded. */
export async function topics(registry: Registry): Promise<Topic[]> {
  const loaded = await Promise.all(registry.names.map(name => registry.load(name)))
  return loaded.filter(topic => topic !== undefined)
}

function unknownCommand(name: string): Failure {
  return usage(`unknown command "${name}" for "kubectl flinksp"`, '')
}
