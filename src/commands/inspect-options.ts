import { type Failure, failure } from '../domain/failure.ts'
import type { Arguments, Flag } from './command.ts'

export interface InspectOptions {
  readonly location: string
  readonly files: boolean
}

export const inspectFlags: readonly Flag[] = [
  {
    name: 'files',
    type: 'boolean',
    default: 'false',
    describe: 'Look for each file that the savepoint needs, and list them: exit code 3 if one is missing.',
  },
]

/** The command line of `inspect` as a value; throws a usage Failure. */
export function inspectOptions(args: Arguments): InspectOptions {
  const [location, ...more] = args.words
  if (!location)
    throw failure('usage', 'you must name a savepoint: LOCATION, a directory or its _metadata file')
  mustBeHere(location)
  if (more.length > 0) throw failure('usage', 'inspect shows one savepoint at a time')
  return { location, files: args.boolean('files') ?? false }
}

/** Only this machine can be read from; that others cannot be is said in the words of what was given. */
function mustBeHere(location: string): void {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(location)?.[1]?.toLowerCase()
  if (scheme === 'name' || scheme === 'gen') throw notOfAJob()
  if (scheme !== undefined && scheme !== 'file')
    throw failure(
      'usage',
      `${scheme}: cannot be read from here yet`,
      'copy the directory of the savepoint to this machine and give its path',
    )
  if (scheme === undefined && !/^[.]{0,2}\//.test(location) && location !== '.') throw notOfAJob()
}

function notOfAJob(): Failure {
  return failure(
    'usage',
    'the savepoint of a job cannot be named here yet: give its LOCATION',
    'a location has a scheme (file:/data/sp/…), or begins with / or ./; kubectl flinksp history JOB lists them',
  )
}
