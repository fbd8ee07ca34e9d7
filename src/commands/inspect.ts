import type { World } from '../domain/ports.ts'
import type { Command, CommandResult } from './command.ts'
import type { Meant } from './inspect/meant.ts'
import { type InspectOptions, inspectFlags, inspectOptions } from './inspect/options.ts'
import { inspected, meantSavepoints } from './inspect/savepoints.ts'

export const inspect: Command<InspectOptions> = {
  name: 'inspect',
  usage: 'inspect (LOCATION | JOB [SAVEPOINT])',
  summary: 'Show what is in a savepoint',
  description: `Show what is in a savepoint, or retained checkpoint: the one at a location (a directory or its _metadata file), or one of a job. A location has a scheme, or begins with / or ./; any other word is a JOB (NAME or KIND/NAME), and SAVEPOINT is one of its savepoints as for restore: latest (on a terminal also without a word), latest~1, gen:12, a name, a location. No Java is needed.

A location alone is read from this machine, and no API server is asked. The savepoint of a job is read as its JobManager sees it: a file: path in the JobManager's pod, by small commands there (get and create pods/exec); whatever lies in an object store from here, with your own credentials.

The operators are listed with the most state first: how many bytes, which states, parallelism and the maximum that a job can be started with. -o wide adds their ids and uids, the kinds of their state and its serializers. What is held in _metadata, and the files beside it, or those that a checkpoint has merged (Flink 1.20 and later), tell names and serializers of states; what they do not tell is left out.

With --files each file that the savepoint needs is looked for: exit code 3 if one is missing or has another size, 1 if one could not be looked for, and why.

With --diff two savepoints are compared: operators that are new, gone, changed or resized, states and serializers, parallelism, format. What one of the two does not tell is not called a change.

Format versions 2 to 6 are read, which Flink 1.3 and later write. A file that is no _metadata, or is damaged, is exit code 1, with the place in the file.`,
  examples: [
    {
      what: 'What is in a savepoint',
      command: 'kubectl flinksp inspect /data/sp/savepoint-c0c55c-63ed75ba89c1',
    },
    { what: 'In the latest savepoint of the job orders', command: 'kubectl flinksp inspect orders latest' },
    {
      what: 'Is it whole? (exit code 3 if not)',
      command: 'kubectl flinksp inspect ./savepoint-c0c55c-63ed75ba89c1 --files',
    },
    {
      what: 'What changed since the savepoint before',
      command: 'kubectl flinksp inspect orders latest~1 latest --diff',
    },
    {
      what: 'The uids of its operators, for a script',
      command: "kubectl flinksp inspect ./savepoint-c0c55c-63ed75ba89c1 -o jsonpath='{.operators[*].uid}'",
    },
  ],
  flags: inspectFlags,
  operands: ['place', 'savepoint', 'savepoint'],
  options: inspectOptions,
  run,
}

async function run(options: InspectOptions, world: World): Promise<CommandResult> {
  const meant = await meantSavepoints(world, options)
  const [target, other] = meant.targets
  if (!target) throw new Error('no savepoint was named')
  const wanted = { files: options.files }
  if (!other) return await shown(await inspected(meant, target, world, wanted), meant, options, world)
  const [from, to] = await Promise.all([
    inspected(meant, target, world, wanted),
    inspected(meant, other, world, wanted),
  ])
  const { savepointDiff } = await import('../savepoint/diff.ts')
  return { value: { kind: 'InspectionDiff', value: savepointDiff(from.inspection, to.inspection) } }
}

async function shown(
  { inspection, needed }: Awaited<ReturnType<typeof inspected>>,
  { places }: Meant,
  options: InspectOptions,
  { interrupted }: World,
): Promise<CommandResult> {
  if (!options.files) return { value: { kind: 'Inspection', value: inspection } }
  const { incompleteness, lookForFiles } = await import('./inspect/files.ts')
  const files = await lookForFiles(needed, places, interrupted)
  const failure = incompleteness(files, inspection.location)
  return {
    value: { kind: 'Inspection', value: { ...inspection, files } },
    whole: true,
    ...(failure && { failure }),
  }
}
