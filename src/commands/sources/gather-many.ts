import type { JobFacts } from '../../domain/job.ts'
import type { Cluster, ServedKind, World } from '../../domain/ports.ts'
import type { Savepoint, SourceName } from '../../domain/savepoint.ts'
import { defined } from '../../history/entry.ts'
import { savepointsOfRecord } from '../../history/from-record.ts'
import { savepointsOfStatus } from '../../history/from-status.ts'
import { mergeSavepoints } from '../../history/merge.ts'
import type { RecordedJob } from '../../history/record.ts'
import { jobKey, type SnapshotOwner } from '../../history/snapshots.ts'
import { operatorOf } from '../../operators/index.ts'
import type { Build } from '../../operators/job-operator.ts'
import { ofKinds } from '../job/of-kinds.ts'
import { givenTo } from '../job/which-operator.ts'
import { listRecords } from './list-records.ts'
import { type ListedKindOf, listSnapshots, noSnapshots, type Snapshots } from './list-snapshots.ts'
import type { ScannedFacts } from './scan/directories.ts'

export interface GatheringMany {
  readonly kinds: readonly ServedKind[]
  /** undefined: all. */
  readonly namespace: string | undefined
  readonly labels?: string
  readonly sources: ReadonlySet<SourceName>
  readonly operator?: Build
  /** Where each job's savepoints are written is kept, too. */
  readonly scan?: boolean
}

/** The savepoints of one of many jobs. */
export interface JobSavepoints {
  readonly job: RecordedJob
  /** Absent: the object is gone, and only its record is there. */
  readonly uid?: string
  readonly savepoints: readonly Savepoint[]
  /** As those have to know it who see its snapshots later. */
  readonly owner?: WatchedOwner
  /** Where it was asked for. */
  readonly facts?: ScannedFacts
}

export interface WatchedOwner extends SnapshotOwner {
  readonly restartPoint: string | undefined
}

export interface GatheredMany {
  /** By namespace, name and kind. */
  readonly jobs: readonly JobSavepoints[]
  /** What a watch of each kind begins after; empty where the objects were not asked for. */
  readonly versions: readonly ListedKindOf[]
  readonly snapshots: Snapshots
}

/** What is kept of a job while the pages come in: no object, no text of a record. */
interface Found {
  readonly job: RecordedJob
  owner?: SnapshotOwner
  restartPoint?: string
  facts?: ScannedFacts
  status: readonly Savepoint[]
  record: readonly Savepoint[]
}

const nothing: readonly never[] = []

/**
 * The savepoints of each job of some kinds: a paged list of each kind, one of the records and one of the snapshots, and
 * nothing more for each job. Records of jobs that are gone are shown where the record alone is asked for, and counted otherwise.
 */
export async function gatherMany(world: World, options: GatheringMany): Promise<GatheredMany> {
  const cluster = await world.cluster()
  const found = new Map<string, Found>()
  const { sources, labels, kinds, namespace } = options
  const recordOnly = sources.size === 1 && sources.has('record')
  const missing: string[] = []
  const warn = (text: string) => void missing.push(text)
  const [, versions, snapshots] = await Promise.all([
    sources.has('record') && collectRecords(world, cluster, options, found, warn),
    recordOnly ? nothing : ofKinds(kinds, kind => collectJobs(cluster, kind, options, found), warn),
    sources.has('snapshots')
      ? listSnapshots(cluster, kinds, namespace, text => warn(`Warning: ${text}`))
      : noSnapshots,
  ])
  for (const text of missing) world.person.warn(text)
  const all = [...found.values()]
  if (!recordOnly && labels === undefined) tellOfGone(world, all)
  const jobs = all
    .filter(({ owner }) => recordOnly || owner !== undefined)
    .map(each => merged(each, snapshots))
    .sort((a, b) => byName(a.job, b.job))
  return { jobs, versions, snapshots }
}

function merged(
  { job, owner, status, record, restartPoint, facts }: Found,
  snapshots: Snapshots,
): JobSavepoints {
  const its = owner ? snapshots.of(owner) : nothing
  const savepoints = mergeSavepoints([...status, ...its, ...record], restartPoint)
  const known = owner && { uid: owner.job.uid, owner: { ...owner, restartPoint } }
  return { job, savepoints, ...known, ...(facts && { facts }) }
}

/** The version of the first page: a list that had to start over does not repeat objects that it gave in an older one. */
async function collectJobs(
  cluster: Cluster,
  kind: ServedKind,
  { namespace, labels, sources, operator, scan }: GatheringMany,
  found: Map<string, Found>,
): Promise<ListedKindOf> {
  const of = operatorOf(kind)
  const build = givenTo(of, operator)
  let version: string | undefined
  for await (const page of cluster.list(kind, namespace, labels === undefined ? {} : { labels })) {
    version ??= page.resourceVersion
    for (const resource of page.items) {
      const facts = of.read(resource, build)
      const entry = at(found, facts.job)
      entry.owner = { job: facts.job, creationTimestamp: resource.metadata.creationTimestamp }
      entry.status = sources.has('status') ? savepointsOfStatus(facts) : nothing
      if (facts.restartPoint !== undefined) entry.restartPoint = facts.restartPoint
      if (scan) entry.facts = scannedFacts(facts)
    }
  }
  return { kind, resourceVersion: version ?? '' }
}

/** Nothing of the object is kept beside these: there may be 10,000. */
function scannedFacts(facts: JobFacts): ScannedFacts {
  const { job, shown, rest, running, directory, flinkJobId } = facts
  return { job, shown, rest, running, ...defined({ directory, flinkJobId }) }
}

async function collectRecords(
  world: World,
  cluster: Cluster,
  { kinds, namespace }: GatheringMany,
  found: Map<string, Found>,
  warn: (text: string) => void,
): Promise<void> {
  for await (const { job, record } of listRecords(cluster, kinds, namespace, {
    warn,
    now: world.clock.now(),
  }))
    at(found, job).record = savepointsOfRecord(record, job)
}

function at(found: Map<string, Found>, { apiVersion, kind, namespace, name }: RecordedJob): Found {
  const key = jobKey({ kind, namespace, name })
  const job = { apiVersion, kind, namespace, name }
  const entry = found.get(key) ?? { job, status: nothing, record: nothing }
  found.set(key, entry)
  return entry
}

function tellOfGone(world: World, found: readonly Found[]): void {
  const gone = found.filter(({ owner, record }) => owner === undefined && record.length > 0).length
  if (gone === 0) return
  const what = gone === 1 ? `1 job that is gone has a record` : `${gone} jobs that are gone have records`
  world.person.tell(`${what}: add --sources record to list them`)
}

function byName(a: RecordedJob, b: RecordedJob): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name) || compare(a.kind, b.kind)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
