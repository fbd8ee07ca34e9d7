import { failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import { normalisedLocation } from '../../domain/location.ts'
import type { Places } from '../../domain/places.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { PruneCriteria } from '../../domain/prune.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Savepoint, SourceName } from '../../domain/savepoint.ts'
import type { JobRecord } from '../../history/record.ts'
import type { Bystander, Candidate } from '../../prune/holding.ts'
import { type Uses, usesOfJob } from '../../prune/uses.ts'
import { inTurn } from '../job/in-turn.ts'
import { factsOf, type Subject, whichOperator } from '../job/which-operator.ts'
import { gatherSavepoints } from '../sources/gather.ts'
import { directoriesOf } from '../sources/scan/directories.ts'
import { scanJobs } from '../sources/scan/scan-jobs.ts'
import { candidatesOf, eachPlaceOnce } from './candidates.ts'
import { claimModeOf } from './claim-mode.ts'
import { holderOf } from './hold.ts'
import type { PruneOptions } from './options.ts'
import { snapshotsOf } from './snapshots.ts'
import { otherUsers } from './users.ts'

/** All that a plan is made from. */
export interface Survey {
  readonly subject: Subject
  readonly facts: JobFacts
  readonly record: JobRecord
  readonly places: Places
  readonly directories: readonly string[]
  /** Merged with what lies in the directories, newest first. */
  readonly savepoints: readonly Savepoint[]
  readonly own: readonly Candidate[]
  readonly bystanders: readonly Bystander[]
  /** By the normalised location of the savepoint. */
  readonly snapshots: ReadonlyMap<string, Resource>
}

const sources = new Set<SourceName>(['record', 'status', 'snapshots', 'revisions', 'rest'])
const atOnce = 8
/** Each costs a few questions to where it lies. */
const mostBystanders = 5_000

/** Looks at everything that may need a savepoint of the job. Throws where that is not possible. */
export async function survey(
  world: World,
  cluster: Cluster,
  options: PruneOptions,
  criteria: PruneCriteria,
): Promise<Survey> {
  const { job, operator, restWanted } = options
  const gathering = { sources, restWanted, restWaitMs: 2_000, ...(operator && { operator }) }
  const gathered = await gatherSavepoints(world, job, gathering)
  const subject = await whichOperator(cluster, gathered.resource, operator)
  const facts = factsOf(subject)
  const users = await otherUsers(world, cluster, facts.job, criteria.assumeNoOtherUsers === true)
  const directories = await directoriesOf(world, facts, gathered.savepoints)
  const [scanned = []] = await scanJobs(
    world,
    [{ facts, savepoints: gathered.savepoints }],
    async () => users.owners,
  )
  const places = await world.placesOf(facts.rest)
  const claim = await claimModeOf(world, facts)
  const uses = [usesOfJob(facts, gathered.savepoints, gathered.record, claim), ...users.uses]
  const snapshots = await snapshotsOf(cluster, subject)
  const found = { scanned, places, uses, facts, snapshots: snapshots.known }
  const { own, bystanders } = await lookedInto(world, found, users.locations)
  return {
    ...{ subject, facts, places, directories, own, bystanders },
    ...{ record: gathered.record, savepoints: scanned, snapshots: snapshots.objects },
  }
}

interface Found {
  readonly scanned: readonly Savepoint[]
  readonly places: Places
  readonly uses: readonly Uses[]
  readonly facts: JobFacts
  readonly snapshots: ReadonlyMap<string, NonNullable<Candidate['snapshot']>>
}

async function lookedInto(
  { interrupted }: World,
  { scanned, places, uses, facts, snapshots }: Found,
  others: readonly string[],
): Promise<Pick<Survey, 'own' | 'bystanders'>> {
  const holder = holderOf(places, interrupted)
  // That one was pruned is only what the record says: it is looked for all the same.
  const complete = eachPlaceOnce(scanned.filter(({ state }) => state === 'Completed'))
  const looked = await inTurn(
    complete.filter(({ type }) => type === 'savepoint'),
    atOnce,
    async savepoint => ({ savepoint, holding: await holder.hold(savepoint.location ?? '') }),
  )
  const held = looked.filter(
    ({ savepoint, holding }) => savepoint.gone !== 'missing' || holding.state === 'remains',
  )
  const own = new Set(held.map(({ holding }) => holding.place))
  const checkpoints = complete.flatMap(({ type, location = '' }) => (type === 'checkpoint' ? [location] : []))
  const standing = [...checkpoints, ...restartPoints(facts), ...others].filter(
    location => !own.has(normalisedLocation(location)),
  )
  const due = [...new Map(standing.map(each => [normalisedLocation(each), each])).values()]
  if (due.length > mostBystanders)
    throw failure(
      'not-asked',
      `nothing is deleted: ${due.length} savepoints of other jobs would have to be read, which is more than ${mostBystanders}`,
    )
  const bystanders = await inTurn(due, atOnce, location => holder.bystander(location))
  return {
    own: candidatesOf(held, facts, uses, snapshots),
    bystanders: bystanders.filter(each => each !== undefined),
  }
}

/** A checkpoint that the operator knows of is read as any. */
function restartPoints({ restartPoint, statusFromSavepoint, specFromSavepoint }: JobFacts): string[] {
  return [restartPoint, statusFromSavepoint, specFromSavepoint].filter(each => each !== undefined)
}
