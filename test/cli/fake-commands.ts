import type { Arguments, Command, CommandResult } from '../../src/commands/command.ts'
import { help } from '../../src/commands/help.ts'
import type { Registry } from '../../src/commands/index.ts'
import { options } from '../../src/commands/options.ts'
import type { Topic } from '../../src/commands/topic.ts'
import { failure } from '../../src/domain/failure.ts'
import type { World } from '../../src/domain/ports.ts'

export interface ProbeOptions {
  readonly words: readonly string[]
  readonly via: string | undefined
  readonly note: string | undefined
  readonly wait: boolean | undefined
  readonly yes: boolean | undefined
  readonly timeout: number | undefined
  readonly limit: number | undefined
  readonly everywhere: boolean
  readonly interactive: boolean
}

/** A command with a flag of each type, which does what the test says. */
export function probe(
  run: (options: ProbeOptions, world: World) => Promise<CommandResult>,
): Command<ProbeOptions> {
  return {
    name: 'probe',
    usage: 'probe (NAME | KIND/NAME)',
    summary: 'Look at one job',
    description: 'Look at one job.\n\n The job is not changed.',
    examples: [
      { what: 'Look at orders', command: 'kubectl flinksp probe orders' },
      { what: 'Without waiting', command: 'kubectl flinksp probe orders --wait=false' },
    ],
    flags: [
      { name: 'via', type: 'text', choices: ['auto', 'rest'], default: 'auto', describe: 'Which way.' },
      { name: 'note', type: 'text', value: 'TEXT', describe: 'A note.' },
      { name: 'wait', type: 'boolean', default: 'true', describe: 'Wait for it.' },
      { name: 'yes', alias: 'y', type: 'boolean', describe: 'Do not ask.' },
      { name: 'timeout', type: 'duration', default: '15m', describe: 'How long to wait.' },
      { name: 'limit', type: 'integer', describe: 'How many.' },
      { name: 'rest-url', type: 'text', value: 'URL', describe: "Where Flink's REST API is." },
    ],
    allNamespaces: true,
    options: probeOptions,
    run,
  }
}

function probeOptions(args: Arguments): ProbeOptions {
  if (args.words.length === 0) throw failure('usage', 'which job?')
  return {
    words: args.words,
    via: args.text('via'),
    note: args.text('note'),
    wait: args.boolean('wait'),
    yes: args.boolean('yes'),
    timeout: args.durationMs('timeout'),
    limit: args.integer('limit'),
    everywhere: args.allNamespaces,
    interactive: args.interactive,
  }
}

/** The texts of the product, and one command of the test. */
export function registryOf(command: Command<ProbeOptions>): Registry {
  const verbs: Record<string, Command | Topic> = { probe: command as Command, help, options }
  return {
    names: Object.keys(verbs),
    load: async name => (Object.hasOwn(verbs, name) ? verbs[name] : undefined),
  }
}
