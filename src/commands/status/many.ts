import type { JobStatus, Unknown } from '../../domain/job-status.ts'
import type { ServedKind, World } from '../../domain/ports.ts'
import type { RestCheckpoints } from '../../domain/rest.ts'
import type { JobRef } from '../../domain/savepoint.ts'
import { savepointsOfRest } from '../../history/from-rest.ts'
import { savepointsOfStatus } from '../../history/from-status.ts'
import { mergeSavepoints } from '../../history/merge.ts'
import { inTurn } from '../job/in-turn.ts'
import { ofKinds } from '../job/of-kinds.ts'
import type { Snapshots } from '../sources/list-snapshots.ts'
import { listBeside } from './beside.ts'
import { type Listed, type ListedKind, type Listing, listKind } from './list.ts'
import { checkpointsFor, notAsked, type Told } from './sources.ts'
import { jobStatus } from './value.ts'

/** So many jobs are asked for their checkpoints at most, and so many of them at once. */
const mostAsked = 20
const atOnce = 8

export interface Many {
  /** By namespace and name. */
  readonly items: readonly JobStatus[]
  readonly kinds: readonly ListedKind[]
  readonly snapshots: Snapshots
  /** There are few enough of them to ask Flink. */
  readonly few: boolean
}

/** Jobs of these kinds: a paged list of each, one of the records and one of the snapshots; Flink is asked only where there are few that run. */
export async function statusOfMany(
  world: World,
  kinds: readonly ServedKind[],
  options: Listing,
): Promise<Many> {
  const cluster = await world.cluster()
  const beside = listBeside(world, cluster, kinds, options.namespace)
  const warned: string[] = []
  const [listed, { snapshots }] = await Promise.all([
    ofKinds(
      kinds,
      kind => listKind(world, cluster, kind, options, beside),
      text => void warned.push(text),
    ),
    beside,
  ])
  for (const text of warned) world.person.warn(text)
  const jobs = listed.flatMap(kind => kind.jobs).sort((a, b) => byName(a.facts.job, b.facts.job))
  const running = jobs.filter(({ facts }) => facts.running).length
  const few = running <= mostAsked
  if (!few)
    world.person.tell(`Flink is not asked for the checkpoints of ${running} jobs: name a job to see its own`)
  const told = few
    ? await inTurn(jobs, atOnce, ({ facts }) => checkpointsFor(world, facts, options.restWanted))
    : []
  const items = jobs.map((job, at) => statusOfListed(job, told[at] ?? tooMany, world.clock.now()))
  return { items, kinds: listed, snapshots, few }
}

const unasked: readonly Unknown[] = [
  notAsked(`Flink is not asked for more than ${mostAsked} jobs; name the job`),
]
/** For a job that is one of too many. */
export const tooMany: Told<RestCheckpoints> = { unknown: unasked }

export function statusOfListed(job: Listed, told: Told<RestCheckpoints>, now: number): JobStatus {
  const { facts } = job
  const { value } = told
  const seen = value && facts.flinkJobId ? savepointsOfRest(value, facts.job, facts.flinkJobId) : []
  const found = [...savepointsOfStatus(facts), ...seen, ...job.elsewhere()]
  const savepoints = mergeSavepoints(found, facts.restartPoint)
  return jobStatus({ ...job, savepoints, unknown: [...job.unknown, ...told.unknown] }, now)
}

function byName(a: JobRef, b: JobRef): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name) || compare(a.kind, b.kind)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
