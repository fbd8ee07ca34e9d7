import type { Command } from './command.ts'

/** A verb that only prints a text: what its help needs. */
export type Topic = Pick<Command, 'name' | 'usage' | 'summary' | 'description' | 'examples' | 'operands'> & {
  /** The text; without it, what the parser has for its name. Throws a usage Failure. */
  readonly print?: (words: readonly string[]) => Promise<string>
}
