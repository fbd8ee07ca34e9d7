import { failure } from '../../domain/failure.ts'
import type { Arguments, Flag } from '../command.ts'
import { allFlag, type JobChoice, jobChoiceOrAll, selectorFlag } from '../job/choose-jobs.ts'
import { operatorFlag, operatorOf, restUrlFlag } from '../job/flags.ts'
import type { Looking } from './one.ts'

export interface StatusOptions extends Looking {
  readonly choice: JobChoice
  /** The restart point may not be older. */
  readonly maxAgeMs?: number
  readonly watch: boolean
}

export const statusFlags: readonly Flag[] = [
  {
    name: 'max-age',
    type: 'duration',
    value: 'DURATION',
    describe:
      'Check that the restart point of each job is not older: 6h. One that is, or none, is exit code 3; one whose age is not known is 1. Jobs that have stopped are skipped.',
  },
  {
    name: 'watch',
    alias: 'w',
    type: 'boolean',
    default: 'false',
    describe: 'After the table, show a job again whenever something about it changes, until Ctrl-C.',
  },
  selectorFlag,
  { ...allFlag, describe: 'All jobs of the namespace, as without a name.' },
  restUrlFlag,
  operatorFlag,
]

export function statusOptions(args: Arguments): StatusOptions {
  const choice = jobChoiceOrAll(args)
  const maxAgeMs = args.durationMs('max-age')
  const watch = args.boolean('watch') ?? false
  const restWanted = args.text('rest-url') !== undefined
  if (restWanted && (choice.by !== 'name' || choice.jobs.length > 1))
    throw failure('usage', '--rest-url is the address of one job: name the job')
  if (maxAgeMs === 0) throw failure('usage', '--max-age must be more than 0')
  if (maxAgeMs !== undefined && watch)
    throw failure('usage', '--max-age is a check, which has an end: it cannot be given with --watch')
  return { choice, watch, restWanted, ...(maxAgeMs !== undefined && { maxAgeMs }), ...operatorOf(args) }
}
