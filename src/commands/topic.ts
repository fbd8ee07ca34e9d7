import type { Command } from './command.ts'

/** A verb that only prints a text: what its help needs. */
export type Topic = Pick<Command, 'name' | 'usage' | 'summary' | 'description' | 'examples'>
