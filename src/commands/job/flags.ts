import { failure } from '../../domain/failure.ts'
import { jobOperators } from '../../operators/index.ts'
import type { Build } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import { type JobName, parseJobs } from './name.ts'

// Flags and words that more than one command has.

export type DryRun = 'none' | 'client' | 'server'

export const operatorFlag: Flag = {
  name: 'operator',
  type: 'text',
  // Two kinds may be of one operator.
  choices: [...new Set(jobOperators.flatMap(({ builds }) => builds))],
  value: 'OPERATOR',
  describe: 'Which operator serves the job, where it cannot be told from the job itself.',
}

export const recordFlag: Flag = {
  name: 'record',
  type: 'boolean',
  default: 'true',
  describe: 'Keep what was done in the ConfigMap flinksp-KIND-NAME beside the job, for history.',
}

export const restUrlFlag: Flag = {
  name: 'rest-url',
  type: 'text',
  value: 'URL',
  describe: "Address of the job's Flink REST API, where the way through the API server does not work.",
}

export const dryRunFlag: Flag = {
  name: 'dry-run',
  type: 'text',
  choices: ['none', 'client', 'server'],
  default: 'none',
  describe: 'client: print what would be changed. server: send it, to be checked and not kept.',
}

export const waitFlag: Flag = {
  name: 'wait',
  type: 'boolean',
  default: 'true',
  describe: 'Wait until it is known how it ends. Otherwise end as soon as it is asked for.',
}

export const yesFlag: Flag = {
  name: 'yes',
  alias: 'y',
  type: 'boolean',
  default: 'false',
  describe: 'Do not ask.',
}

export const afterCurrentFlag: Flag = {
  name: 'after-current',
  type: 'boolean',
  default: 'false',
  describe: 'Where another savepoint is in flight, wait for it first.',
}

export const formatFlag: Flag = {
  name: 'format',
  type: 'text',
  choices: ['canonical', 'native'],
  describe:
    'Format of the savepoint. Flink itself is asked for it, not the operator, unless that takes FlinkStateSnapshots.',
}

export const targetDirectoryFlag: Flag = {
  name: 'target-directory',
  type: 'text',
  value: 'DIR',
  describe:
    'Where to write the savepoint. Flink itself is asked for it, not the operator, unless that takes FlinkStateSnapshots.',
}

export const savepointNameFlag: Flag = {
  name: 'name',
  type: 'text',
  value: 'NAME',
  describe: 'What to call the savepoint: kubectl flinksp restore JOB NAME.',
}

export const noteFlag: Flag = {
  name: 'note',
  type: 'text',
  value: 'TEXT',
  describe: 'A line to keep with the savepoint, for history.',
}

export const recreateFlag: Flag = {
  name: 'recreate',
  type: 'boolean',
  default: 'false',
  describe:
    'Delete the object and create it again, where its operator lets no change through. Its manifest is kept in a file.',
}

/** The default is the command's own: --undo puts back what was so before. */
export const allowNonRestoredStateFlag: Flag = {
  name: 'allow-non-restored-state',
  type: 'boolean',
  describe: 'Skip state of the savepoint that the job has no operator for.',
}

/** The one job that a command is about. */
export function onlyJob(words: readonly string[], verb: string): JobName {
  const [job, ...more] = parseJobs(words)
  if (!job) throw failure('usage', 'you must name a job: NAME or KIND/NAME')
  if (more.length > 0) throw failure('usage', `${verb} works on one job at a time`)
  return job
}

/** Throws where somebody would have to be asked, and nobody can be. `todo`: `stop`, for `say --yes to stop`. */
export function checkAskable(args: Arguments, todo: string, more = 'the plan'): void {
  if (args.interactive || args.boolean('yes') || dryRunOf(args) !== 'none') return
  throw failure('usage', `nobody can be asked here: say --yes to ${todo}, or --dry-run=client to see ${more}`)
}

export function operatorOf(args: Arguments): { operator?: Build } {
  const operator = args.text('operator')
  return operator === undefined ? {} : { operator }
}

export function dryRunOf(args: Arguments): DryRun {
  return (args.text('dry-run') ?? 'none') as DryRun
}
