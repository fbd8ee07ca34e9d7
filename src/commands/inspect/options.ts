import { type Failure, failure } from '../../domain/failure.ts'
import { parseSavepointName, type SavepointName } from '../../history/find-savepoint.ts'
import type { Build } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import { operatorFlag, operatorOf, restUrlFlag } from '../job/flags.ts'
import { type JobName, parseJob } from '../job/name.ts'

export interface InspectOptions {
  /** Absent: the savepoints are locations, as seen from this machine. */
  readonly job?: JobName
  /** Two are compared. */
  readonly savepoints: readonly [SavepointName] | readonly [SavepointName, SavepointName]
  readonly files: boolean
  readonly operator?: Build
}

export const inspectFlags: readonly Flag[] = [
  {
    name: 'files',
    type: 'boolean',
    default: 'false',
    describe:
      'Look for each file that the savepoint needs, and list them: exit code 3 if one is missing, 1 if one could not be looked for.',
  },
  {
    name: 'diff',
    type: 'boolean',
    default: 'false',
    describe: 'Show what changed from the first of two savepoints to the second.',
  },
  operatorFlag,
  restUrlFlag,
]

/** The command line of `inspect` as a value; throws a usage Failure. */
export function inspectOptions(args: Arguments): InspectOptions {
  const { words } = args
  const [first] = words
  if (!first)
    throw failure('usage', 'you must name a savepoint: LOCATION, or a JOB and one of its savepoints')
  const diff = args.boolean('diff') ?? false
  const files = args.boolean('files') ?? false
  if (diff && files) throw failure('usage', '--files and --diff exclude each other')
  const chosen = isLocation(first)
    ? { savepoints: counted(words.map(location), diff) }
    : { job: jobOf(first), savepoints: counted(words.slice(1).map(savepointOf), diff, args) }
  return { ...chosen, files, ...operatorOf(args) }
}

/** It has a scheme, or begins as a path does: neither can the name of a job. */
function isLocation(word: string): boolean {
  if (/^(name|gen):/.test(word)) return false
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(word) || /^[.]{0,2}\//.test(word) || /^[.]{1,2}$/.test(word)
}

function location(word: string): SavepointName {
  if (isLocation(word)) return { by: 'location', location: word }
  throw failure(
    'usage',
    `${JSON.stringify(word.slice(0, 300))} is no location: without a JOB in front, a savepoint is named by its location`,
    'a location has a scheme, or begins with / or ./',
  )
}

function jobOf(word: string): JobName {
  if (/^(latest(~\d+)?|(name|gen):.*)$/.test(word))
    throw failure('usage', `of which job? kubectl flinksp inspect JOB ${word}`)
  if (/^(savepoint-|chk-\d|_metadata$)/.test(word) && !word.includes('/'))
    throw failure('usage', `${word} is no job: if it is a savepoint here, say ./${word}`)
  return parseJob(word)
}

function savepointOf(word: string): SavepointName {
  if (word === '') throw failure('usage', 'the savepoint is empty')
  return parseSavepointName(word)
}

/** Of a job the latest is meant where a person sees which one it was; a script whose variable is empty is told so. */
function counted(
  given: readonly SavepointName[],
  diff: boolean,
  job?: Arguments,
): InspectOptions['savepoints'] {
  const [first, second, ...more] = given
  if (diff) {
    if (first && second && more.length === 0) return [first, second]
    throw failure('usage', `--diff compares two savepoints: ${job ? 'JOB A B' : 'LOCATION LOCATION'}`)
  }
  if (second) throw failure('usage', 'inspect shows one savepoint at a time', 'to compare two: --diff')
  if (first) return [first]
  if (job?.interactive) return [{ by: 'latest', back: 0 }]
  throw unnamed()
}

function unnamed(): Failure {
  return failure('usage', 'say which savepoint: latest, latest~1, gen:12, a name or a location')
}
