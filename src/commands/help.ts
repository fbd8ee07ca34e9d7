import type { Topic } from './topic.ts'

export const help: Topic = {
  name: 'help',
  usage: 'help [COMMAND]',
  operands: ['command'],
  summary: 'Help about any command',
  description: 'Print the help of a command, or of the plugin.',
  examples: [{ what: 'What take can do', command: 'kubectl flinksp help take' }],
}
