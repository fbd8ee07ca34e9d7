import { type Failure, failure } from '../domain/failure.ts'
import type { InspectedFile } from '../domain/inspection.ts'
import type { MetadataFile } from '../domain/places.ts'
import type { World } from '../domain/ports.ts'
import { type Inspected, inspectMetadata, type NeededFile } from '../savepoint/inspect.ts'
import type { Command } from './command.ts'
import { type InspectOptions, inspectFlags, inspectOptions } from './inspect-options.ts'
import { inTurn } from './job/in-turn.ts'

export const inspect: Command<InspectOptions> = {
  name: 'inspect',
  usage: 'inspect LOCATION',
  summary: 'Show what is in a savepoint',
  description: `Show what is in the savepoint, or retained checkpoint, at a location on this machine: a directory or its _metadata file. No server is asked, and no Java is needed.

The operators are listed with the most state first: how many bytes, which states, parallelism and the maximum that a job can be started with. -o wide adds their ids and uids, the kinds of their state and its serializers. What is held in _metadata, and the files beside it, tell names and serializers of states; what they do not tell is left out.

With --files each file that the savepoint needs is looked for: exit code 3 if one is missing or has another size. Files in other file systems are not looked for, and said to be unknown.

Format versions 2 to 6 are read, which Flink 1.3 and later write. A file that is no _metadata, or is damaged, is exit code 1, with the place in the file.`,
  examples: [
    {
      what: 'What is in a savepoint',
      command: 'kubectl flinksp inspect /data/sp/savepoint-c0c55c-63ed75ba89c1',
    },
    {
      what: 'Is it whole? (exit code 3 if not)',
      command: 'kubectl flinksp inspect ./savepoint-c0c55c-63ed75ba89c1 --files',
    },
    {
      what: 'The uids of its operators, for a script',
      command: "kubectl flinksp inspect ./savepoint-c0c55c-63ed75ba89c1 -o jsonpath='{.operators[*].uid}'",
    },
  ],
  flags: inspectFlags,
  options: inspectOptions,
  async run({ location, files }, world) {
    const { inspection, needed } = await inspected(location, files, world)
    if (!files) return { value: { kind: 'Inspection', value: inspection } }
    const found = await inTurn(needed, atOnce, file => lookFor(file, world))
    const incomplete = incompleteness(found, inspection.location)
    return {
      value: { kind: 'Inspection', value: { ...inspection, files: found } },
      whole: true,
      ...(incomplete && { failure: incomplete }),
    }
  },
}

/** So many files are looked for at once. */
const atOnce = 32

async function inspected(location: string, files: boolean, world: World): Promise<Inspected> {
  const file = await world.places.openMetadata(location)
  try {
    return await inspectMetadata(interruptible(file, world.interrupted), world.places, { files })
  } finally {
    await file.close()
  }
}

/** A long file is not read to its end after Ctrl-C. */
function interruptible(file: MetadataFile, interrupted: AbortSignal): MetadataFile {
  return {
    ...file,
    async read(offset, into) {
      if (interrupted.aborted) throw failure('interrupted', 'interrupted')
      return await file.read(offset, into)
    },
  }
}

async function lookFor(file: NeededFile, { places, interrupted }: World): Promise<InspectedFile> {
  if (interrupted.aborted) throw failure('interrupted', 'interrupted')
  const found = await places.sizeOf(file.location)
  if (typeof found === 'string') return { ...file, state: found }
  const asSaid = file.sizeBytes === undefined || file.sizeBytes === found
  return { ...file, state: asSaid ? 'present' : 'wrong size', foundBytes: found }
}

function incompleteness(files: readonly InspectedFile[], location: string): Failure | undefined {
  const missing = files.filter(({ state }) => state === 'missing').length
  const wrong = files.filter(({ state }) => state === 'wrong size').length
  if (missing + wrong === 0) return undefined
  const what = [missing > 0 && `${missing} missing`, wrong > 0 && `${wrong} of the wrong size`]
  return failure(
    'no',
    `${location} is not whole: of ${files.length} files it needs, ${what.filter(Boolean).join(' and ')}`,
  )
}
