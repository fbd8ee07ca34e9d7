import type { Flag } from '../commands/command.ts'

/** Flags of every command, shown in each `--help`. */
export const outputFlags: readonly Flag[] = [
  {
    name: 'output',
    alias: 'o',
    type: 'text',
    suggested: ['table', 'wide', 'json', 'yaml', 'name', 'jsonpath=', 'custom-columns='],
    default: '',
    describe:
      'Output format. One of: (table, wide, json, yaml, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,...).',
  },
  {
    name: 'no-headers',
    type: 'boolean',
    default: 'false',
    describe: 'When using the table, wide or custom-columns output format, do not print headers.',
  },
]

/** For commands that can look at every namespace. */
export const allNamespacesFlag: Flag = {
  name: 'all-namespaces',
  alias: 'A',
  type: 'boolean',
  default: 'false',
  describe:
    'Look at the jobs of all namespaces. The namespace of the context is ignored, even if given with --namespace.',
}

/** Flags of every command that `kubectl flinksp options` shows, below kubectl's own. */
export const globalFlags: readonly Flag[] = [
  {
    name: 'color',
    type: 'text',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    describe:
      'Whether to colour tables and warnings. auto: on a terminal, unless NO_COLOR is set or TERM is dumb.',
  },
  {
    name: 'quiet',
    alias: 'q',
    type: 'boolean',
    default: 'false',
    describe: 'Print no hints and no progress on stderr; errors and warnings are kept.',
  },
  {
    name: 'v',
    alias: 'v',
    type: 'integer',
    default: '0',
    describe: 'Number for the log level verbosity; from 1 on an error is printed with what caused it.',
  },
]

export const helpFlag: Flag = {
  name: 'help',
  alias: 'h',
  type: 'boolean',
  describe: 'Print the help of a command.',
}
