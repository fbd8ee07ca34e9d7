import { failure } from '../../domain/failure.ts'
import type { PruneCriteria } from '../../domain/prune.ts'
import { defined } from '../../history/entry.ts'
import type { Build } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import {
  type DryRun,
  dryRunFlag,
  dryRunOf,
  onlyJob,
  operatorFlag,
  operatorOf,
  recordFlag,
  restUrlFlag,
  yesFlag,
} from '../job/flags.ts'
import type { JobName } from '../job/name.ts'

export interface PruneOptions {
  readonly job: JobName
  /** `plan`: the file of one; its own criteria count. */
  readonly wish: { readonly criteria: PruneCriteria } | { readonly plan: string }
  /** Otherwise the plan is printed, and that is all. */
  readonly yes: boolean
  readonly dryRun: DryRun
  readonly record: boolean
  readonly restWanted: boolean
  readonly timeoutMs: number
  readonly operator?: Build
}

export const pruneFlags: readonly Flag[] = [
  {
    name: 'keep',
    type: 'integer',
    value: 'N',
    describe: 'Leave the newest N good savepoints.',
  },
  {
    name: 'older-than',
    type: 'duration',
    value: 'DURATION',
    describe: 'Delete only what is older: 72h, 30d. With --keep, what is both older and beyond the newest N.',
  },
  {
    name: 'include-unrecorded',
    type: 'boolean',
    default: 'false',
    describe: 'Delete also what lies in the directory of the job and nobody recorded as its own.',
  },
  { name: 'keep-named', type: 'boolean', default: 'false', describe: 'Leave what take --name gave a name.' },
  {
    name: 'assume-no-other-users',
    type: 'boolean',
    default: 'false',
    describe:
      'Go on where the jobs of all namespaces cannot be listed: none of them needs a savepoint of this one.',
  },
  {
    name: 'apply',
    type: 'text',
    holds: 'file',
    value: 'PLAN',
    describe:
      'Carry out the plan in this file (from -o json; - is standard input), if everything is still as it was.',
  },
  { ...yesFlag, describe: 'Carry the plan out. Without it, it is only printed.' },
  dryRunFlag,
  {
    name: 'timeout',
    type: 'duration',
    default: '5m',
    value: 'DURATION',
    describe: 'How long to wait for Flink, or the operator, to delete one savepoint.',
  },
  recordFlag,
  restUrlFlag,
  operatorFlag,
]

/** The command line of `prune` as a value; throws a usage Failure. */
export function pruneOptions(args: Arguments): PruneOptions {
  const plan = args.text('apply')
  const criteria = criteriaOf(args)
  const bare = criteria.keep === undefined && criteria.olderThanSeconds === undefined
  if (plan === '') throw failure('usage', '--apply needs the file of a plan')
  if (plan !== undefined && Object.keys(criteria).length > 0)
    throw failure('usage', '--apply carries out a plan as it is: it takes no other choice of what goes')
  if (plan === undefined && bare)
    throw failure('usage', 'say what to leave: --keep N, --older-than DURATION, or both')
  return {
    job: onlyJob(args.words, 'prune'),
    wish: plan === undefined ? { criteria } : { plan },
    yes: args.boolean('yes') ?? false,
    dryRun: dryRunOf(args),
    record: args.boolean('record') ?? true,
    restWanted: args.text('rest-url') !== undefined,
    timeoutMs: args.durationMs('timeout') ?? 300_000,
    ...operatorOf(args),
  }
}

function criteriaOf(args: Arguments): PruneCriteria {
  const keep = args.integer('keep')
  const olderThanMs = args.durationMs('older-than')
  if (keep !== undefined && keep < 1)
    throw failure('usage', '--keep must be at least 1: the newest good savepoint always stays')
  const chosen = (flag: string) => (args.boolean(flag) === true ? (true as const) : undefined)
  return defined({
    keep,
    olderThanSeconds: olderThanMs === undefined ? undefined : Math.floor(olderThanMs / 1_000),
    includeUnrecorded: chosen('include-unrecorded'),
    keepNamed: chosen('keep-named'),
    assumeNoOtherUsers: chosen('assume-no-other-users'),
  })
}
