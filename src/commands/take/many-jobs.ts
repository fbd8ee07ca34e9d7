import { Failure } from '../../domain/failure.ts'
import { type Cluster, type Person, refusedWith, type ServedKind } from '../../domain/ports.ts'
import { type ResourceRef, refOf, shortName } from '../../domain/resource.ts'
import { type SharedWatch, sharedWatch } from '../../wait/shared-watch.ts'
import type { WatchingAgain } from '../../wait/watching-again.ts'
import { type JobChoice, type JobList, type ListedJob, listJobs } from '../job/choose-jobs.ts'
import { jobRefs, readJob } from '../job/find-job.ts'
import { firstOfEach } from '../job/first-of-each.ts'
import type { JobName } from '../job/name.ts'
import { about, type Spoken } from './aside.ts'

/** One of the jobs that a command works on, each by itself. */
export interface Target extends Spoken {
  /** A Failure: why it cannot be told which it is. */
  readonly ref: ResourceRef | Failure
  /** What its waits are fed from; undefined: they watch for themselves. */
  readonly watch?: SharedWatch
}

export interface Targets {
  readonly targets: readonly Target[]
  /** A sentence for each job that was chosen by label and is left out. */
  readonly skipped: readonly string[]
}

interface Looking {
  /** Whether it can be followed what becomes of them. */
  readonly watching: boolean
  readonly watchingAgain: WatchingAgain
  readonly person: Pick<Person, 'warn'>
}

/** The jobs that a choice means, with one watch a kind and namespace. */
export async function targetsOf(
  cluster: Cluster,
  choice: JobChoice,
  { watching, person, watchingAgain }: Looking,
): Promise<Targets> {
  const watchOf = (list: JobList) => sharedWatch(cluster, watchedIn(list), watchingAgain)
  if (choice.by === 'name')
    return { targets: await named(cluster, choice.jobs, watching ? watchOf : undefined), skipped: [] }
  const lists = await listJobs(cluster, choice, text => person.warn(text))
  const all = lists.map(list => chosen(list, watching ? watchOf(list) : undefined))
  return { targets: all.flatMap(({ targets }) => targets), skipped: all.flatMap(({ skipped }) => skipped) }
}

export async function endWatches(targets: readonly Target[]): Promise<void> {
  const watches = new Set(targets.map(({ watch }) => watch))
  await Promise.all([...watches].map(watch => watch?.end()))
}

/** Why a job that was chosen with others, not by its name, is left out: it does not count as a failure. */
export function reasonToSkip({ running, session, state }: ListedJob['facts']): string | undefined {
  if (session) return 'is skipped: it is a session cluster'
  return running ? undefined : `is skipped: its job is not running (${state || 'no state yet'})`
}

function chosen(list: JobList, watch: SharedWatch | undefined): Targets {
  const targets: Target[] = []
  const skipped: string[] = []
  for (const job of list.jobs) {
    const { name, namespace } = job.metadata
    const { apiVersion, kind, facts } = job
    const spoken = { shown: facts.shown, ...(list.namespace === undefined && { namespace }) }
    const reason = reasonToSkip(facts)
    if (reason !== undefined) skipped.push(about(spoken, `${facts.shown} ${reason}`))
    else targets.push({ ...spoken, ref: { apiVersion, kind, namespace, name }, ...(watch && { watch }) })
  }
  return { targets, skipped }
}

function watchedIn({ kind, namespace, resourceVersion, jobs }: JobList) {
  return { kind, namespace, resourceVersion, listed: jobs }
}

/** Jobs that were named one by one are read in their turn; now it is only found out of which kind they are. */
async function named(
  cluster: Cluster,
  jobs: readonly JobName[],
  watchOf: ((list: JobList) => SharedWatch) | undefined,
): Promise<Target[]> {
  const refs = await Promise.all(jobs.map(job => refIfFound(cluster, job)))
  const watches = new Map<string, Promise<SharedWatch | undefined>>()
  const watchFor = (ref: ResourceRef) => {
    const watch = watches.get(ref.kind) ?? (watchOf ? watchFrom(cluster, ref, watchOf) : undefined)
    if (watch === undefined) return undefined
    watches.set(ref.kind, watch)
    return watch
  }
  const targets = refs.map(async (ref, at) => {
    if (ref instanceof Failure) return { shown: jobs[at]?.name ?? '', ref }
    const watch = await watchFor(ref)
    return { shown: shortName(ref), ref, ...(watch && { watch }) }
  })
  // A second request would be a second savepoint.
  return firstOfEach(await Promise.all(targets), ({ ref, shown }) => (ref instanceof Failure ? ref : shown))
}

async function refIfFound(cluster: Cluster, job: JobName): Promise<ResourceRef | Failure> {
  try {
    const refs = await jobRefs(cluster, job)
    const [only, ...more] = refs
    return only && more.length === 0 ? only : refOf(await readJob(cluster, refs, job))
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** From now: a list of one object tells the version. Who may not list watches one by one. */
async function watchFrom(
  cluster: Cluster,
  { apiVersion, kind, namespace, name }: ResourceRef,
  watchOf: (list: JobList) => SharedWatch,
): Promise<SharedWatch | undefined> {
  const served = await cluster.served(apiVersion.split('/')[0] ?? '', kind)
  if (!served) return undefined
  try {
    const resourceVersion = await versionNow(cluster, served, namespace, name)
    return watchOf({ kind: served, namespace, resourceVersion, jobs: [] })
  } catch (error) {
    if (refusedWith(error, 403)) return undefined
    throw error
  }
}

async function versionNow(
  cluster: Cluster,
  kind: ServedKind,
  namespace: string,
  name: string,
): Promise<string> {
  for await (const page of cluster.list(kind, namespace, { fields: `metadata.name=${name}` }))
    return page.resourceVersion
  return ''
}
