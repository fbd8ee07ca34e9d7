import type { Cluster, ServedKind, World } from '../domain/ports.ts'
import type { Savepoint, SourceName } from '../domain/savepoint.ts'
import { savepointsOfRecord } from '../history/from-record.ts'
import { savepointsOfStatus } from '../history/from-status.ts'
import { mergeSavepoints } from '../history/merge.ts'
import type { RecordedJob } from '../history/record.ts'
import { operatorOf } from '../operators/index.ts'
import type { Build } from '../operators/job-operator.ts'
import { listRecords } from './list-records.ts'

export interface GatheringMany {
  readonly kinds: readonly ServedKind[]
  /** undefined: all. */
  readonly namespace: string | undefined
  readonly labels?: string
  readonly sources: ReadonlySet<SourceName>
  readonly operator?: Build
}

/** The savepoints of one of many jobs. */
export interface JobSavepoints {
  readonly job: RecordedJob
  /** Absent: the object is gone, and only its record is there. */
  readonly uid?: string
  readonly savepoints: readonly Savepoint[]
}

export interface GatheredMany {
  /** By namespace, name and kind. */
  readonly jobs: readonly JobSavepoints[]
  /** What a watch of each kind begins after; empty where the objects were not asked for. */
  readonly versions: readonly { readonly kind: ServedKind; readonly resourceVersion: string }[]
}

/** What is kept of a job while the pages come in: no object, no text of a record. */
interface Found {
  readonly job: RecordedJob
  uid?: string
  restartPoint?: string
  status: readonly Savepoint[]
  record: readonly Savepoint[]
}

const nothing: readonly never[] = []

/**
 * The savepoints of each job of some kinds: two paged lists a kind, and nothing more for each job. Records of jobs that are
 * gone are shown where the record alone is asked for, and counted otherwise.
 */
export async function gatherMany(world: World, options: GatheringMany): Promise<GatheredMany> {
  const cluster = await world.cluster()
  const found = await Promise.all(options.kinds.map(kind => gatherKind(world, cluster, kind, options)))
  const jobs = found.flatMap(({ jobs: ofKind }) => ofKind).sort((a, b) => byName(a.job, b.job))
  return { jobs, versions: found.map(({ kind, resourceVersion }) => ({ kind, resourceVersion })) }
}

async function gatherKind(world: World, cluster: Cluster, kind: ServedKind, options: GatheringMany) {
  const found = new Map<string, Found>()
  const { sources, labels } = options
  const recordOnly = sources.size === 1 && sources.has('record')
  const missing: string[] = []
  const [, resourceVersion = ''] = await Promise.all([
    sources.has('record') && collectRecords(world, cluster, kind, options, found, missing),
    recordOnly ? undefined : collectJobs(cluster, kind, options, found),
  ])
  for (const text of missing) world.person.warn(text)
  const all = [...found.values()]
  if (!recordOnly && labels === undefined) tellOfGone(world, all)
  const jobs = all.filter(({ uid }) => recordOnly || uid !== undefined).map(merged)
  return { kind, jobs, resourceVersion }
}

function merged({ job, uid, status, record, restartPoint }: Found): JobSavepoints {
  const savepoints = mergeSavepoints([...status, ...record], restartPoint)
  return { job, savepoints, ...(uid !== undefined && { uid }) }
}

/** The version of the first page: a list that had to start over does not repeat objects that it gave in an older one. */
async function collectJobs(
  cluster: Cluster,
  kind: ServedKind,
  { namespace, labels, sources, operator }: GatheringMany,
  found: Map<string, Found>,
): Promise<string | undefined> {
  let version: string | undefined
  for await (const page of cluster.list(kind, namespace, labels === undefined ? {} : { labels })) {
    version ??= page.resourceVersion
    for (const resource of page.items) {
      const facts = operatorOf(resource).read(resource, operator)
      const entry = at(found, facts.job)
      entry.uid = facts.job.uid
      entry.status = sources.has('status') ? savepointsOfStatus(facts) : nothing
      if (facts.restartPoint !== undefined) entry.restartPoint = facts.restartPoint
    }
  }
  return version
}

async function collectRecords(
  world: World,
  cluster: Cluster,
  kind: ServedKind,
  { namespace }: GatheringMany,
  found: Map<string, Found>,
  missing: string[],
): Promise<void> {
  const reading = { warn: (text: string) => void missing.push(text), now: world.clock.now() }
  for await (const { job, record } of listRecords(cluster, kind, namespace, reading))
    at(found, job).record = savepointsOfRecord(record, job)
}

function at(found: Map<string, Found>, { apiVersion, kind, namespace, name }: RecordedJob): Found {
  const key = `${namespace}/${name}`
  const job = { apiVersion, kind, namespace, name }
  const entry = found.get(key) ?? { job, status: nothing, record: nothing }
  found.set(key, entry)
  return entry
}

function tellOfGone(world: World, found: readonly Found[]): void {
  const gone = found.filter(({ uid, record }) => uid === undefined && record.length > 0).length
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
