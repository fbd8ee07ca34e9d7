import type { JobKind } from '../domain/job.ts'
import type { Cluster, ServedKind, World } from '../domain/ports.ts'
import type { Savepoint, SourceName } from '../domain/savepoint.ts'
import { savepointsOfRecord } from '../history/from-record.ts'
import { savepointsOfStatus } from '../history/from-status.ts'
import { mergeSavepoints } from '../history/merge.ts'
import type { RecordedJob } from '../history/record.ts'
import { operatorOf } from '../operators/index.ts'
import type { Build } from '../operators/job-operator.ts'
import { servedKind } from './find-job.ts'
import { listRecords } from './list-records.ts'
import type { RecordReading } from './read-record.ts'

export interface GatheringMany {
  readonly sources: ReadonlySet<SourceName>
  readonly allNamespaces: boolean
  readonly operator?: Build
}

/** What is kept of a job while the pages come in: no object, no text of a record. */
interface Found {
  readonly job: RecordedJob
  restartPoint?: string
  status: readonly Savepoint[]
  record: readonly Savepoint[]
  /** The object is there. */
  alive: boolean
}

/**
 * The savepoints of each job of a kind, by namespace and name: two paged lists, and nothing more for each job. Records of jobs that
 * are gone are shown where the record alone is asked for, and counted otherwise.
 */
export async function gatherMany(
  world: World,
  kind: JobKind,
  options: GatheringMany,
): Promise<Savepoint[][]> {
  const cluster = await world.cluster()
  const served = await servedKind(cluster, kind)
  const namespace = options.allNamespaces ? undefined : cluster.namespace
  const found = new Map<string, Found>()
  const recordOnly = options.sources.size === 1 && options.sources.has('record')
  const missing: string[] = []
  const reading = { warn: (text: string) => void missing.push(text), now: world.clock.now() }
  await Promise.all([
    options.sources.has('record') && collectRecords(cluster, served, namespace, found, reading),
    !recordOnly && collectJobs(cluster, served, namespace, options, found),
  ])
  for (const text of missing) world.person.warn(text)
  const all = [...found.values()].sort((a, b) => byName(a.job, b.job))
  const gone = recordOnly ? [] : all.filter(({ alive, record }) => !alive && record.length > 0)
  if (gone[0])
    tellOfGone(
      world,
      gone.map(({ job }) => job),
    )
  return all
    .filter(({ alive }) => recordOnly || alive)
    .map(({ status, record, restartPoint }) => mergeSavepoints([...status, ...record], restartPoint))
}

async function collectJobs(
  cluster: Cluster,
  served: ServedKind,
  namespace: string | undefined,
  { sources, operator }: GatheringMany,
  found: Map<string, Found>,
): Promise<void> {
  for await (const { items } of cluster.list(served, namespace)) {
    for (const resource of items) {
      const facts = operatorOf(resource).read(resource, operator)
      const entry = at(found, facts.job)
      entry.alive = true
      entry.status = sources.has('status') ? savepointsOfStatus(facts) : []
      if (facts.restartPoint !== undefined) entry.restartPoint = facts.restartPoint
    }
  }
}

async function collectRecords(
  cluster: Cluster,
  served: ServedKind,
  namespace: string | undefined,
  found: Map<string, Found>,
  reading: RecordReading,
): Promise<void> {
  for await (const { job, record } of listRecords(cluster, served, namespace, reading))
    at(found, job).record = savepointsOfRecord(record, job)
}

function at(found: Map<string, Found>, { apiVersion, kind, namespace, name }: RecordedJob): Found {
  const key = `${namespace}/${name}`
  const entry = found.get(key) ?? {
    job: { apiVersion, kind, namespace, name },
    status: [],
    record: [],
    alive: false,
  }
  found.set(key, entry)
  return entry
}

function tellOfGone(world: World, jobs: readonly RecordedJob[]): void {
  const what =
    jobs.length === 1 ? `1 job that is gone has a record` : `${jobs.length} jobs that are gone have records`
  world.person.tell(`${what}: add --sources record to list them`)
}

function byName(a: RecordedJob, b: RecordedJob): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
