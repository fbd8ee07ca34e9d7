import { type Failure, failure } from '../domain/failure.ts'
import type { World } from '../domain/ports.ts'
import type { Command, CommandResult } from './command.ts'
import { checkUnmoved, type GivenPlan, givenPlan } from './prune/apply.ts'
import { carryOut } from './prune/carry-out.ts'
import { makePlan } from './prune/make-plan.ts'
import { type PruneOptions, pruneFlags, pruneOptions } from './prune/options.ts'
import { survey } from './prune/survey.ts'

export const prune: Command<PruneOptions> = {
  name: 'prune',
  usage: 'prune (NAME | KIND/NAME)',
  summary: 'Delete old savepoints, with proof that nobody needs them',
  description: `Delete the savepoints of a job but the newest good ones (--keep), or those that are older than some time (--older-than); with both, those that are both. Without --yes and without --apply the plan is printed, and nothing else is done.

What is considered is what the record, the operator or Flink know as taken by this job, and what lies in its directories with a name and operators that are its own; other savepoints there only with --include-unrecorded. Each is read: a good one is a savepoint of which all files are there. A directory that is no savepoint is never touched.

These always stay: the newest good one, the restart point, what the object declares, what a stop left, what restore --undo would start from, whatever any other job of the cluster was started from or would be restarted from, and what this job was started from: with NO_CLAIM until a checkpoint is complete since, in any other mode for good. A file that a savepoint or checkpoint names which stays is not deleted with another. Unless the jobs of all namespaces can be listed nothing is deleted (--assume-no-other-users).

The JobManager is asked to delete (savepoint-disposal) where the job runs and shares no files; else it is done file by file, _metadata first, so that what is broken off leaves nothing that looks whole; the next prune offers what was left. A FlinkStateSnapshot that disposes of its savepoint is deleted instead. The record keeps what was pruned.

A plan that was kept (-o json > plan.json) is carried out with --apply plan.json, unless anything changed since: the job, its record, its directories, or a file.`,
  examples: [
    { what: 'What would go if the newest 5 stay', command: 'kubectl flinksp prune orders --keep 5' },
    {
      what: 'Delete what is older than 30 days, but never the newest 3',
      command: 'kubectl flinksp prune orders --keep 3 --older-than 720h --yes',
    },
    { what: 'Keep the plan', command: 'kubectl flinksp prune orders --keep 5 -o json > plan.json' },
    { what: 'Carry it out', command: 'kubectl flinksp prune orders --apply plan.json' },
  ],
  flags: pruneFlags,
  operands: ['job'],
  options: pruneOptions,
  run,
}

async function run(options: PruneOptions, world: World): Promise<CommandResult> {
  const { wish, yes, dryRun } = options
  const given = 'plan' in wish ? await readPlan(world, wish.plan) : undefined
  const criteria = 'plan' in wish ? given?.criteria : wish.criteria
  if (!criteria) throw new Error('a prune without criteria')
  const cluster = await world.cluster()
  const found = await survey(world, cluster, options, criteria)
  if (given && given.uid !== found.facts.job.uid) throw anotherJob(found.facts.shown)
  const made = makePlan(found, criteria, given?.at ?? wholeSeconds(world.clock.now()))
  if (given) checkUnmoved(given, made.plan)
  if (world.interrupted.aborted) throw failure('interrupted', 'interrupted; nothing was deleted')
  if (dryRun !== 'none' || !(yes || given)) return { value: { kind: 'PrunePlan', value: made.plan } }
  return await carryOut({ world, cluster, options, found, made })
}

async function readPlan(world: World, path: string): Promise<GivenPlan> {
  return givenPlan(await world.manifests.read(path), path, world.clock.now())
}

function anotherJob(shown: string): Failure {
  return failure('not-asked', `nothing was deleted: the plan was not made for this ${shown}`)
}

/** As the plan keeps it. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000
}
