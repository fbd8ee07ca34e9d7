import type { World } from '../domain/ports.ts'
import type { Printable } from '../domain/printable.ts'

/** What a flag's value names, where that is not one of `choices`. */
export type Holds = 'file' | 'directory' | 'namespace' | 'context' | 'cluster' | 'user'

/** What a word of a command names: a job (`jobs`: and so do all that follow), a place or a job, one of its savepoints; or one of these words. */
export type Operand = 'job' | 'jobs' | 'place' | 'savepoint' | 'command' | readonly string[]

/** A flag as data: the parser, `--help`, the docs and completion all read this. */
export interface Flag {
  readonly name: string
  /** One letter. */
  readonly alias?: string
  readonly type: 'text' | 'boolean' | 'duration' | 'integer'
  readonly choices?: readonly string[]
  /** For completion: values that it may have, among others. */
  readonly suggested?: readonly string[]
  /** Several of them, parted by commas. */
  readonly list?: true
  /** For completion. */
  readonly holds?: Holds
  /** As it is shown in help; booleans and durations are parsed from it. */
  readonly default?: string
  /** What stands for the value in help: `DIR`. */
  readonly value?: string
  readonly describe: string
}

/** The command line after the parser: only declared flags, each of its declared type; durations in milliseconds. */
export interface Arguments {
  readonly words: readonly string[]
  text(flag: string): string | undefined
  /** undefined: not given and without default. */
  boolean(flag: string): boolean | undefined
  durationMs(flag: string): number | undefined
  integer(flag: string): number | undefined
  /** `-A`. */
  readonly allNamespaces: boolean
  /** stdin and stderr are a terminal. */
  readonly interactive: boolean
}

/** `value` goes to stdout. With a failure, only the machine formats print it, unless it is `whole`. */
export interface CommandResult {
  readonly value?: Printable
  /** A Failure; or a bug, beside which there is something to print. */
  readonly failure?: Error
  /** What was asked for is in `value` whatever the failure says of it: people see it too. */
  readonly whole?: true
  /** Shown on stderr where the list on stdout is empty: `No resources found in x namespace.` */
  readonly empty?: string
  /**
   * What comes below `value` for as long as somebody watches: lists for tables, whose items are printed one by one for
   * programs. Ends when the watching ends; throws the Failure that ended it.
   */
  readonly stream?: AsyncIterable<Printable>
  /** What is left to do once the result is printed: nobody waits for it. */
  after?(): Promise<void>
}

/** One verb. `options` throws a usage Failure; `run` does the work. */
export interface Command<Options = unknown> {
  readonly name: string
  /** After `kubectl flinksp `, without flags: `take (NAME | KIND/NAME)`. */
  readonly usage: string
  readonly summary: string
  /** Paragraphs for `--help`. */
  readonly description: string
  readonly examples: readonly { readonly what: string; readonly command: string }[]
  readonly flags: readonly Flag[]
  /** For completion: what its words name. */
  readonly operands?: readonly Operand[]
  readonly allNamespaces?: true
  options(args: Arguments): Options
  run(options: Options, world: World): Promise<CommandResult>
}
