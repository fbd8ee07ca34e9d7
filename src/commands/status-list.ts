import type { Cluster, Selector, ServedKind, World } from '../domain/ports.ts'
import type { Unknown } from '../domain/printable.ts'
import type { Resource } from '../domain/resource.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import { savepointsOfRecord } from '../history/from-record.ts'
import { undoPoints } from '../history/last.ts'
import { operatorOf } from '../operators/index.ts'
import type { Build } from '../operators/job-operator.ts'
import { listRecords } from './list-records.ts'
import { type Opinion, opinionOf } from './status-examine.ts'
import type { Looking } from './status-one.ts'
import { unreadable } from './status-sources.ts'
import { whichOperator } from './which-operator.ts'

export interface Listing extends Looking {
  /** undefined: all. */
  readonly namespace: string | undefined
  readonly selector: Selector
  /** Of those, only these. */
  chosen(job: Pick<JobRef, 'kind' | 'name'>): boolean
}

/** A job as its object and its record show it. */
export interface Listed extends Opinion {
  readonly recorded: readonly Savepoint[]
  readonly undo?: string
  readonly unknown: readonly Unknown[]
}

/** The jobs of one kind. */
export interface ListedKind {
  readonly kind: ServedKind
  readonly jobs: readonly Listed[]
  /** A watch from here shows what became of them since. */
  readonly resourceVersion: string
  /** What a changed object shows, beside the record as it was. */
  again(resource: Resource): Promise<Listed>
}

/** Two paged lists, and nothing more for each job. */
export async function listKind(
  world: World,
  cluster: Cluster,
  kind: ServedKind,
  options: Listing,
): Promise<ListedKind> {
  const examine = examiner(world, cluster, options.operator)
  const [{ opinions, resourceVersion }, records] = await Promise.all([
    opinionsOf(cluster, kind, options, examine),
    recordsOf(world, cluster, kind, options.namespace),
  ])
  for (const text of records.warned) world.person.warn(text)
  const beside = (opinion: Opinion): Listed => {
    const { job } = opinion.facts
    const { savepoints, undo } = records.jobs.get(keyOf(job)) ?? unrecorded
    const point = undo.get(job.uid)
    return {
      ...opinion,
      recorded: savepoints,
      unknown: records.unknown,
      ...(point !== undefined && { undo: point }),
    }
  }
  return {
    kind,
    jobs: opinions.map(beside),
    resourceVersion,
    again: async resource => beside(await examine(resource)),
  }
}

async function opinionsOf(
  cluster: Cluster,
  kind: ServedKind,
  { namespace, selector, chosen }: Listing,
  examine: (resource: Resource) => Promise<Opinion>,
): Promise<{ opinions: Opinion[]; resourceVersion: string }> {
  const opinions: Opinion[] = []
  let first: string | undefined
  for await (const { items, resourceVersion } of cluster.list(kind, namespace, selector)) {
    first ??= resourceVersion
    for (const resource of items)
      if (chosen({ kind: resource.kind, name: resource.metadata.name }))
        opinions.push(await examine(resource))
  }
  return { opinions, resourceVersion: first ?? '' }
}

/** What an object does not tell itself of who serves it is told by its kind, and asked for once. */
function examiner(
  world: World,
  cluster: Cluster,
  given: Build | undefined,
): (resource: Resource) => Promise<Opinion> {
  let ofKind: Promise<Build | undefined> | undefined
  return async resource => {
    const operator = operatorOf(resource)
    let build = given ?? operator.buildOf(resource)
    if (build === undefined) {
      ofKind ??= whichOperator(cluster, resource, undefined).then(subject => subject.build)
      build = await ofKind
    }
    return await opinionOf({ resource, operator, build }, world.clock.now())
  }
}

interface RecordedOfJob {
  readonly savepoints: readonly Savepoint[]
  readonly undo: ReadonlyMap<string, string>
}

const unrecorded: RecordedOfJob = { savepoints: [], undo: new Map() }

interface Recorded {
  readonly jobs: ReadonlyMap<string, RecordedOfJob>
  readonly unknown: readonly Unknown[]
  readonly warned: readonly string[]
}

async function recordsOf(
  world: World,
  cluster: Cluster,
  kind: ServedKind,
  namespace: string | undefined,
): Promise<Recorded> {
  const jobs = new Map<string, RecordedOfJob>()
  const unknown: Unknown[] = []
  const warned: string[] = []
  const warn = (text: string, refusal?: Error) =>
    void (refusal ? unknown.push(unreadable(refusal)) : warned.push(text))
  for await (const { job, record } of listRecords(cluster, kind, namespace, { warn, now: world.clock.now() }))
    jobs.set(keyOf(job), { savepoints: savepointsOfRecord(record, job), undo: undoPoints(record) })
  return { jobs, unknown, warned }
}

function keyOf({ namespace, name }: Pick<JobRef, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}
