import { failure } from '../../domain/failure.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import { managedByLabel, manager } from '../../history/record.ts'
import { type Followable, sharedFollows } from '../../wait/shared-follow.ts'
import { tellWatchingAgain } from '../../wait/watching-again.ts'
import type { CommandResult } from '../command.ts'
import type { JobChoice } from '../job/choose-jobs.ts'
import { inTurn } from '../job/in-turn.ts'
import { jobKinds } from '../job/name.ts'
import { asideOf, spokenName } from './aside.ts'
import { boardOf } from './many-board.ts'
import { manyEnded } from './many-ended.ts'
import { endWatches, type Target, targetsOf } from './many-jobs.ts'
import { type TakeOfMany, takeOneOfMany } from './one-of-many.ts'
import type { TakeOptions } from './options.ts'
import { sharedAnswers } from './shared-answers.ts'

/** So many names are written out before a question. */
const mostNamed = 20

/** Savepoints of many jobs, each as if it were taken alone; the result is of all of them. */
export async function takeMany(
  choice: JobChoice,
  options: TakeOptions,
  world: World,
): Promise<CommandResult> {
  await world.spareMemory()
  const allNamespaces = choice.by === 'label' && choice.allNamespaces
  const answers = sharedAnswers(await world.cluster(), allNamespaces)
  const { person, clock } = world
  const watchingAgain = tellWatchingAgain(person, clock)
  const follows = sharedFollows(answers, ours(answers, allNamespaces), watchingAgain)
  const { cluster } = follows
  const watching = options.wait && options.dryRun === 'none'
  const { targets, skipped } = await targetsOf(cluster, choice, { watching, watchingAgain, person })
  for (const text of skipped) person.tell(text)
  if (targets.length === 0) return nothingToDo(cluster, options, allNamespaces)
  if (targets.length > 1 && !options.yes && options.dryRun === 'none') await ask(world, targets)
  try {
    return manyEnded(
      await takeAll({ world, cluster, options, targets, byName: choice.by === 'name' }),
      options,
    )
  } finally {
    await Promise.all([endWatches(targets), follows.end()])
  }
}

/** Every object that this program creates has this label. Jobs are watched from their own lists, of which names alone are kept. */
function ours({ namespace }: Cluster, allNamespaces: boolean): Followable {
  return {
    namespace: allNamespaces ? undefined : namespace,
    labels: `${managedByLabel}=${manager}`,
    shares: ({ kind }) => !jobKinds.some(job => job.kind === kind),
  }
}

interface Takes {
  readonly world: World
  readonly cluster: Cluster
  readonly options: TakeOptions
  readonly targets: readonly Target[]
  readonly byName: boolean
}

async function takeAll({ world, cluster, options, targets, byName }: Takes): Promise<TakeOfMany[]> {
  const { person, clock, interrupted } = world
  const board = boardOf(targets.map(spokenName), () => clock.now())
  const aside = asideOf(person)
  const live = options.dryRun === 'none' ? await person.live(board.rows) : undefined
  const atOnce = Math.min(options.concurrency, targets.length)
  try {
    return await inTurn([...targets.entries()], atOnce, async ([at, target]) => {
      if (interrupted.aborted) return { target }
      const own = { ...world, person: aside(target) }
      return takeOneOfMany({ world: own, cluster, options, target, byName, place: board.place(at) })
    })
  } finally {
    live?.end()
  }
}

async function ask({ person, interrupted }: World, targets: readonly Target[]): Promise<void> {
  const more = targets.length - mostNamed
  person.warn(`${targets.length} jobs:`)
  for (const target of targets.slice(0, mostNamed)) person.warn(`  ${spokenName(target)}`)
  if (more > 0) person.warn(`  and ${more} more`)
  const yes = await person.confirm(`Take a savepoint of each of these ${targets.length} jobs?`)
  if (interrupted.aborted) throw failure('interrupted', 'interrupted; nothing was asked for')
  if (!yes) throw failure('not-asked', 'it was not confirmed; nothing was asked for')
}

function nothingToDo(cluster: Cluster, options: TakeOptions, allNamespaces: boolean): CommandResult {
  const empty = allNamespaces
    ? 'No running jobs found'
    : `No running jobs found in ${cluster.namespace} namespace.`
  return { ...manyEnded([], options), empty }
}
