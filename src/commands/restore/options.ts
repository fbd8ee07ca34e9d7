import { failure } from '../../domain/failure.ts'
import { parseSavepointName, type SavepointName } from '../../history/find-savepoint.ts'
import type { Build } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import {
  allowNonRestoredStateFlag,
  checkAskable,
  type DryRun,
  dryRunFlag,
  dryRunOf,
  onlyJob,
  operatorFlag,
  operatorOf,
  recordFlag,
  recreateFlag,
  restUrlFlag,
  waitFlag,
  yesFlag,
} from '../job/flags.ts'
import type { JobName } from '../job/name.ts'
import { type VerifyFirst, verifyFirstFlags, verifyFirstOf } from './verify-first.ts'

export interface RestoreOptions extends VerifyFirst {
  /** Absent: the job that the manifest names. */
  readonly job?: JobName
  /** `before`: what the last restore was to be taken back to. */
  readonly savepoint: SavepointName | 'before'
  readonly way: RestoreWay
  /** Print the object that would be applied or created, and change nothing. */
  readonly manifest: boolean
  /** undefined: false, or as it was before the restore that is taken back. */
  readonly allowNonRestoredState?: boolean
  readonly allowUnknownLocation: boolean
  /** undefined: where the job runs. */
  readonly safetySavepoint?: boolean
  readonly yes: boolean
  readonly dryRun: DryRun
  readonly wait: boolean
  readonly timeoutMs: number
  readonly operator?: Build
  readonly record: boolean
}

export type RestoreWay =
  /** By a change of the object. */
  | { readonly how: 'in-place' }
  /** The object is deleted and created again. */
  | { readonly how: 'recreate' }
  /** A further object like this one. */
  | { readonly how: 'copy'; readonly name: string }
  /** The object in a file. */
  | { readonly how: 'file'; readonly path: string }

export const restoreFlags: readonly Flag[] = [
  allowNonRestoredStateFlag,
  {
    name: 'allow-unknown-location',
    type: 'boolean',
    default: 'false',
    describe:
      'Start from a location that no source knows, or that the record alone knows and that is not below the directory for its savepoints.',
  },
  {
    name: 'safety-savepoint',
    type: 'boolean',
    describe: 'Take a savepoint before anything is changed. Default: where the job runs.',
  },
  {
    name: 'undo',
    type: 'boolean',
    default: 'false',
    describe:
      'Take the last restore back: to its safety savepoint, or to what the job would have been restarted from before it.',
  },
  recreateFlag,
  {
    name: 'to-new',
    type: 'text',
    value: 'NAME',
    describe: 'Leave the job as it is, and create one like it under this name.',
  },
  {
    name: 'filename',
    alias: 'f',
    type: 'text',
    holds: 'file',
    value: 'MANIFEST',
    describe: 'Create the job in this file (-: standard input) with the savepoint put in.',
  },
  {
    name: 'manifest',
    type: 'boolean',
    default: 'false',
    describe: 'Print the object with the savepoint put in, to be applied by other means, and change nothing.',
  },
  ...verifyFirstFlags,
  yesFlag,
  dryRunFlag,
  waitFlag,
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    default: '10m',
    describe:
      'How long to wait for each: the safety savepoint, the end of the old object (--recreate), the restored job.',
  },
  operatorFlag,
  restUrlFlag,
  recordFlag,
]

/** The command line of `restore` as a value; throws a usage Failure. */
export function restoreOptions(args: Arguments): RestoreOptions {
  const way = wayOf(args)
  const safetySavepoint = args.boolean('safety-savepoint')
  const allowNonRestoredState = args.boolean('allow-non-restored-state')
  const named = jobAndSavepoint(args, way)
  const manifest = args.boolean('manifest') ?? false
  if (safetySavepoint && (way.how === 'copy' || way.how === 'file'))
    throw failure(
      'usage',
      'no job is changed that a safety savepoint could be taken of: leave --safety-savepoint out',
    )
  if (!manifest) checkAskable(args, 'restore')
  return {
    ...named,
    way,
    manifest,
    allowUnknownLocation: args.boolean('allow-unknown-location') ?? false,
    ...verifyFirstOf(args),
    yes: args.boolean('yes') ?? false,
    dryRun: dryRunOf(args),
    wait: args.boolean('wait') ?? true,
    timeoutMs: args.durationMs('timeout') ?? 0,
    record: args.boolean('record') ?? true,
    ...(allowNonRestoredState !== undefined && { allowNonRestoredState }),
    ...(safetySavepoint !== undefined && { safetySavepoint }),
    ...operatorOf(args),
  }
}

function wayOf(args: Arguments): RestoreWay {
  const name = args.text('to-new')
  const path = args.text('filename')
  const recreate = args.boolean('recreate') ?? false
  const given = [
    ...(recreate ? ['--recreate'] : []),
    ...(name !== undefined ? ['--to-new'] : []),
    ...(path !== undefined ? ['--filename'] : []),
  ]
  if (given.length > 1) throw failure('usage', `${given.join(' and ')} exclude each other`)
  if (args.boolean('undo') && (name !== undefined || path !== undefined))
    throw failure(
      'usage',
      `--undo and ${given[0]} exclude each other: --undo works on the job that was restored`,
    )
  if (name === '') throw failure('usage', '--to-new: the name is empty')
  if (path === '') throw failure('usage', '--filename: the name of the file is empty')
  if (recreate) return { how: 'recreate' }
  if (name !== undefined) return { how: 'copy', name }
  return path === undefined ? { how: 'in-place' } : { how: 'file', path }
}

type Named = Pick<RestoreOptions, 'job' | 'savepoint'>

/** Without a SAVEPOINT the latest is meant, but only where a person sees it in the plan before it is used. */
function jobAndSavepoint(args: Arguments, way: RestoreWay): Named {
  const { words } = args
  const [first] = words
  // A manifest names its job itself.
  if (way.how === 'file' && (first === undefined || (words.length === 1 && isSavepoint(first))))
    return { savepoint: savepointOf(args, first) }
  const [job, savepoint, ...more] = words
  const named = onlyJob(job === undefined ? [] : [job], 'restore')
  if (more.length > 0) throw failure('usage', 'restore takes one job and one savepoint')
  if (!args.boolean('undo')) return { job: named, savepoint: savepointOf(args, savepoint) }
  if (savepoint !== undefined)
    throw failure('usage', '--undo knows its savepoint from the record: leave SAVEPOINT out')
  return { job: named, savepoint: 'before' }
}

/** A word that cannot be the name of a job. */
function isSavepoint(word: string): boolean {
  return /^latest(~\d+)?$/.test(word) || word.includes(':') || /^\.?\//.test(word)
}

function savepointOf(args: Arguments, savepoint: string | undefined): SavepointName {
  if (savepoint === '') throw failure('usage', 'the savepoint is empty')
  if (savepoint === undefined && (!args.interactive || args.boolean('yes')))
    throw failure('usage', 'say which savepoint: a location, latest, latest~1, gen:12 or a name')
  return parseSavepointName(savepoint ?? 'latest')
}
