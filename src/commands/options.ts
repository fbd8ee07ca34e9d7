import type { Topic } from './topic.ts'

export const options: Topic = {
  name: 'options',
  usage: 'options',
  summary: 'Print the list of flags that every command takes',
  description:
    "Print the list of flags that every command takes: kubectl's connection flags, and a few of our own.",
  examples: [{ what: 'All of them', command: 'kubectl flinksp options' }],
}
