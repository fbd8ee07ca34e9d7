import { Failure, failure } from '../../../domain/failure.ts'
import { normalisedLocation } from '../../../domain/location.ts'
import type { Places } from '../../../domain/places.ts'
import type { World } from '../../../domain/ports.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import { type Found, withScan } from '../../../history/from-scan.ts'
import { flinkJobIdsOf, isNamedAfter, type Owner, writesThere } from '../../../history/owners.ts'
import { inTurn } from '../../job/in-turn.ts'
import { directoriesOf, type ScannedFacts } from './directories.ts'
import { type ScanBudget, scanBudget, scanDirectory } from './directory.ts'

/** A job, and what is known of its savepoints without looking where they lie. */
export interface KnownJob {
  readonly facts: ScannedFacts
  readonly savepoints: readonly Savepoint[]
}

interface Looked extends KnownJob {
  readonly owner: Owner
  readonly found: readonly Found[]
  readonly missing: ReadonlySet<string>
}

const jobsAtOnce = 4
const looksAtOnce = 16
/** So many of a job's savepoints that no directory showed are looked for one by one. */
const mostLooks = 1_000

/**
 * The savepoints of each job, with what lies in its directories. `neighbours` are asked for when there is something of which nobody
 * knows whose it is. A directory that cannot be read is a warning; what it cost is told.
 */
export async function scanJobs(
  world: World,
  jobs: readonly KnownJob[],
  neighbours: () => Promise<readonly Owner[]>,
): Promise<(readonly Savepoint[])[]> {
  const budget = scanBudget()
  const cost = { requests: 0 }
  const looked = await inTurn(jobs, jobsAtOnce, job => lookAt(world, job, budget, cost))
  const others = looked.some(hasStrangers) ? await neighbours() : []
  const owners = [...looked.map(({ owner }) => owner), ...others]
  if (budget.exhausted)
    world.person.warn('Warning: the directories hold more than is looked through: some is left out')
  const directories = new Set(looked.flatMap(({ owner }) => owner.directories))
  world.person.tell(
    `looked through ${counted(directories.size, 'directory', 'directories')}: ${counted(cost.requests, 'question', 'questions')}`,
  )
  tellOfShared(world, looked, owners)
  return looked.map(each =>
    withScan(each.savepoints, { ...each, whose: whoseFor(each, owners) }, world.clock.now()),
  )
}

function counted(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}

async function lookAt(
  world: World,
  job: KnownJob,
  budget: ScanBudget,
  cost: { requests: number },
): Promise<Looked> {
  const { facts, savepoints } = job
  const directories = await directoriesOf(world, facts, savepoints)
  const owner = { job: facts.job, flinkJobIds: flinkJobIdsOf(savepoints, facts.flinkJobId), directories }
  if (directories.length === 0)
    world.person.warn(`Warning: nobody says where the savepoints of ${facts.shown} are written`)
  const warn = warner(world, facts.shown)
  try {
    const places = counting(await world.placesOf(facts.rest), cost)
    const found: Found[] = []
    for (const directory of directories)
      found.push(...(await scanDirectory(places, directory, budget, world.interrupted).catch(warn([]))))
    const missing = await missingOf(world, places, savepoints, found, warn)
    return { ...job, owner, found: onceEachPlace(found), missing }
  } catch (error) {
    warn(undefined)(error)
    return { ...job, owner, found: [], missing: new Set() }
  }
}

/** A line, and what is gone on with. */
function warner({ person }: World, shown: string): <T>(instead: T) => (error: unknown) => T {
  const said = new Set<string>()
  return instead => error => {
    if (!(error instanceof Failure) || error.code !== 'not-asked') throw error
    const reason = error.message.replace(/^error: /, '')
    if (!said.has(reason))
      person.warn(`Warning: what lies in the directories of ${shown} is not all in this list: ${reason}`)
    said.add(reason)
    return instead
  }
}

function onceEachPlace(found: readonly Found[]): Found[] {
  return [...new Map(found.map(each => [normalisedLocation(each.location), each])).values()]
}

/** Those that completed, and are not there any more. */
async function missingOf(
  { interrupted }: World,
  places: Places,
  savepoints: readonly Savepoint[],
  found: readonly Found[],
  warn: ReturnType<typeof warner>,
): Promise<ReadonlySet<string>> {
  const seen = new Set(found.map(({ location }) => normalisedLocation(location)))
  const due = savepoints
    .flatMap(({ state, type, gone, location }) =>
      state === 'Completed' && type === 'savepoint' && !gone && location !== undefined ? [location] : [],
    )
    .filter(location => !seen.has(normalisedLocation(location)))
  const missing = await inTurn(due.slice(0, mostLooks), looksAtOnce, async location => {
    if (interrupted.aborted) throw failure('interrupted', 'interrupted')
    const there = await isThere(places, location).catch(warn(true))
    return there ? [] : [normalisedLocation(location)]
  })
  return new Set(missing.flat())
}

async function isThere(places: Places, location: string): Promise<boolean> {
  const directory = location.replace(/\/+_metadata\/*$/, '').replace(/\/+$/, '')
  return (await places.status(`${directory}/_metadata`)) !== undefined
}

function counting(places: Places, cost: { requests: number }): Places {
  const once = <Args extends unknown[], Answer>(ask: (...args: Args) => Answer) => {
    return (...args: Args) => {
      cost.requests++
      return ask(...args)
    }
  }
  return { ...places, status: once(places.status), list: once(places.list), headOf: once(places.headOf) }
}

function hasStrangers({ found, owner, savepoints }: Looked): boolean {
  const known = new Set(savepoints.flatMap(({ location }) => location ?? []).map(normalisedLocation))
  return found.some(
    ({ location }) => !known.has(normalisedLocation(location)) && !isNamedAfter(location, owner.flinkJobIds),
  )
}

/** Without a word of whose it is, it counts to the job that writes there: as one of an earlier object of that name, so that `latest` never means it. */
function whoseFor({ owner }: Looked, owners: readonly Owner[]): (found: Found) => Owner['job'] | undefined {
  return ({ location }) => {
    if (isNamedAfter(location, owner.flinkJobIds)) return owner.job
    if (owners.some(({ flinkJobIds }) => isNamedAfter(location, flinkJobIds))) return undefined
    const first = owners.find(each => writesThere(each, location))
    return first === undefined || first === owner ? { ...owner.job, uid: '' } : undefined
  }
}

function tellOfShared({ person }: World, looked: readonly Looked[], owners: readonly Owner[]): void {
  const directories = new Set(looked.flatMap(({ owner }) => owner.directories))
  for (const directory of directories) {
    const sharing = owners.filter(each =>
      each.directories.some(other => normalisedLocation(other) === normalisedLocation(directory)),
    )
    if (sharing.length < 2) continue
    const names = sharing.slice(0, 5).map(({ job }) => `${job.kind.toLowerCase()}/${job.name}`)
    const more = sharing.length > 5 ? ` and ${sharing.length - 5} more` : ''
    person.tell(
      `${directory} is shared by ${names.join(', ')}${more}: of a savepoint that none of them recorded, the name of its directory tells whose it is, or nothing does`,
    )
  }
}
