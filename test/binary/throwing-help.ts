import type { Command } from '../../src/commands/command.ts'

/** Stands in for src/commands/help.ts in a second binary: a command with a bug. */
export const help: Command = {
  name: 'help',
  usage: 'help',
  summary: 'Throw',
  description: 'Throw',
  examples: [],
  flags: [],
  options: () => undefined,
  run: () => Promise.reject(new TypeError('x is not y')),
}
