import { Failure } from '../domain/failure.ts'
import type { JobStatus } from '../domain/job-status.ts'
import type { World } from '../domain/ports.ts'
import type { Printable } from '../domain/printable.ts'
import { shortName } from '../domain/resource.ts'
import type { Command } from './command.ts'
import { firstOfEach } from './job/first-of-each.ts'
import { inTurn } from './job/in-turn.ts'
import type { JobName } from './job/name.ts'
import { checkAges } from './status/check.ts'
import { chosenJobs } from './status/choice.ts'
import { type Looking, statusOfOne } from './status/one.ts'
import { type StatusOptions, statusFlags, statusOptions } from './status/options.ts'
import { watchStatus } from './status/watch.ts'

export const status: Command<StatusOptions> = {
  name: 'status',
  usage: 'status [NAME... | KIND/NAME... | KIND NAME... | KIND]',
  summary: 'Show how jobs are protected: last savepoint and checkpoint, restart point, what is wrong',
  description: `Show a line for each job: its state, the age of its last good savepoint and checkpoint, how often savepoints are taken by themselves, the age of its restart point (what the operator would start the job from if it restarted it after a failure now), and what is wrong. One job that is named is shown in full: how much work a failure now would cost, what it was started from, what restore --undo would start it from, and why no savepoint can be taken now.

What there is none of is <none>; what is not known says why: <forbidden> where a right is missing, <unreachable> where Flink did not answer, <unknown> else. -o wide and the view of one job give the reason.

With --watch a job is shown again, in a further line, whenever something about it changes; what moves only with the clock, and new checkpoints, are no change.

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
      command: "kubectl flinksp status -A -o jsonpath='{.items[*].problems}'",
    },
  ],
  flags: statusFlags,
  operands: ['jobs'],
  allNamespaces: true,
  options: statusOptions,
  async run(options, world) {
    if (options.watch) return { stream: await watched(options, world) }
    const { items, single, failure: unread } = await lookAt(options, world)
    const [only] = items
    const failure = worst(unread, checked(items, options, world))
    return {
      value:
        single && only ? { kind: 'JobStatus', value: only } : { kind: 'JobStatusList', value: { items } },
      whole: true,
      ...(failure && { failure }),
      ...(items.length === 0 && !failure && { empty: await noJobs(options, world) }),
    }
  },
}

interface Found {
  readonly items: readonly JobStatus[]
  /** One job was named. */
  readonly single: boolean
  /** Of those that were named, some could not be read. */
  readonly failure?: Failure
}

async function lookAt(options: StatusOptions, world: World): Promise<Found> {
  const { choice } = options
  if (choice.by === 'name') return await lookAtNamed(choice.jobs, options, world)
  const { many } = await chosenJobs(world, choice, options)
  return { items: many.items, single: false }
}

/** So many of them are looked at at once. */
const atOnce = 8

async function lookAtNamed(jobs: readonly JobName[], options: Looking, world: World): Promise<Found> {
  const [first, ...more] = jobs
  if (first && more.length === 0) return { items: [await statusOfOne(world, first, options)], single: true }
  const answers = await inTurn(jobs, atOnce, job => statusOfOne(world, job, options).catch(orRefusal))
  const read = answers.filter((answer): answer is JobStatus => !(answer instanceof Failure))
  const items = firstOfEach(read, ({ job }) => shortName(job))
  const failures = answers.filter(answer => answer instanceof Failure)
  const failure = failures.reduce<Failure | undefined>(worst, undefined)
  return { items, single: false, ...(failure && { failure }) }
}

function orRefusal(error: unknown): Failure {
  if (error instanceof Failure && error.code === 'not-asked') return error
  throw error
}

async function watched(options: StatusOptions, world: World): Promise<AsyncIterable<Printable>> {
  const { many, listing } = await chosenJobs(world, options.choice, options)
  if (many.items.length === 0) world.person.tell(await noJobs(options, world))
  return watchStatus(world, many, listing)
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

/** Both, a line each, with the exit code of the worse one: what could not be read is worse than a no. */
function worst(one: Failure | undefined, other: Failure | undefined): Failure | undefined {
  if (!one || !other) return one ?? other
  const code = [one, other].some(each => each.code === 'not-asked') ? 'not-asked' : one.code
  return new Failure(code, `${one.message}\n${other.message}`, { hints: [...one.hints, ...other.hints] })
}

/** As kubectl says that there are no resources. */
async function noJobs({ choice }: StatusOptions, world: World): Promise<string> {
  const everywhere = choice.by === 'label' && choice.allNamespaces
  return everywhere ? 'No jobs found' : `No jobs found in ${(await world.cluster()).namespace} namespace.`
}
