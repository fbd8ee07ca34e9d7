import { Failure } from '../domain/failure.ts'
import type { World } from '../domain/ports.ts'
import type { JobStatus, Printable } from '../domain/printable.ts'
import { shortName } from '../domain/resource.ts'
import type { Command, CommandResult } from './command.ts'
import { servedKinds } from './find-job.ts'
import { inTurn } from './in-turn.ts'
import { jobKinds } from './job-name.ts'
import { orRefusal, worst } from './refusals.ts'
import { checkAges } from './status-check.ts'
import { statusOfMany } from './status-many.ts'
import { statusOfOne } from './status-one.ts'
import { type StatusOptions, statusFlags, statusOptions } from './status-options.ts'

export const status: Command<StatusOptions> = {
  name: 'status',
  usage: 'status [NAME... | KIND/NAME... | KIND NAME... | KIND]',
  summary: 'Show how jobs are protected: last savepoint and checkpoint, restart point, what is wrong',
  description: `Show a line for each job: its state, the age of its last good savepoint and checkpoint, how often savepoints are taken by themselves, the age of its restart point (what the operator would start the job from if it restarted it after a failure now), and what is wrong. One job that is named is shown in full: how much work a failure now would cost, what it was started from, and why no savepoint can be taken now.

What there is none of is <none>; what is not known says why: <forbidden> where a right is missing, <unreachable> where Flink did not answer, <unknown> else. -o wide and the view of one job give the reason.

With --max-age it is a check for a cron job or a pipeline: exit code 3 if a restart point is too old or there is none, 1 if the age of one is not known.

Cost: the jobs and the records of each kind are listed in pages, whatever their number. Flink is asked for checkpoints where 20 jobs or fewer run, through the API server and for 2 s at most each.`,
  examples: [
    { what: 'All jobs of the namespace', command: 'kubectl flinksp status' },
    { what: 'One job in full', command: 'kubectl flinksp status orders' },
    {
      what: 'Fail if a failure now would cost a job more than six hours',
      command: 'kubectl flinksp status -A --max-age 6h',
    },
    {
      what: 'What is wrong, for a script',
      command: 'kubectl flinksp status -A -o jsonpath={.items[*].problems}',
    },
  ],
  flags: statusFlags,
  allNamespaces: true,
  options: statusOptions,
  async run(options, world) {
    const found = await lookAt(options, world)
    const { items, single } = found
    const [only] = items
    const value: Printable =
      single && only ? { kind: 'JobStatus', value: only } : { kind: 'JobStatusList', value: { items } }
    const failure = worst(found.failure, checked(items, options, world))
    const empty = items.length === 0 ? await noJobs(options, world) : undefined
    return {
      value,
      whole: true,
      ...(failure && { failure }),
      ...(empty !== undefined && !failure && { empty }),
    } satisfies CommandResult
  },
}

interface Found {
  readonly items: readonly JobStatus[]
  /** One job was named. */
  readonly single: boolean
  readonly failure?: Failure
}

async function lookAt(options: StatusOptions, world: World): Promise<Found> {
  const [first, ...more] = options.jobs
  if (first && more.length === 0) return { items: [await statusOfOne(world, first, options)], single: true }
  if (first) return await several(options, world)
  const cluster = await world.cluster()
  const kinds = await servedKinds(cluster, options.kind ? [options.kind] : jobKinds)
  const namespace = options.allNamespaces ? undefined : cluster.namespace
  const items = await statusOfMany(world, kinds, { ...options, namespace })
  return { items, single: false }
}

/** So many jobs that were named are looked at at once. */
const atOnce = 8

async function several(options: StatusOptions, world: World): Promise<Found> {
  const answers = await inTurn(options.jobs, atOnce, job => statusOfOne(world, job, options).catch(orRefusal))
  const items = answers.filter((answer): answer is JobStatus => !(answer instanceof Failure))
  const failures = answers.filter(answer => answer instanceof Failure)
  const failure = failures.reduce<Failure | undefined>(worst, undefined)
  return { items, single: false, ...(failure && { failure }) }
}

/** The check of --max-age; which jobs it does not concern is said. */
function checked(
  items: readonly JobStatus[],
  { maxAgeMs }: StatusOptions,
  world: World,
): Failure | undefined {
  if (maxAgeMs === undefined) return undefined
  const { failure, skipped } = checkAges(items, maxAgeMs, world.clock.now())
  for (const job of skipped) world.person.tell(`${shortName(job)} is skipped: it has stopped`)
  return failure
}

/** As kubectl says that there are no resources. */
async function noJobs({ allNamespaces }: StatusOptions, world: World): Promise<string> {
  return allNamespaces ? 'No jobs found' : `No jobs found in ${(await world.cluster()).namespace} namespace.`
}
