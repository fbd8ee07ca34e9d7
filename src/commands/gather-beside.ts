import { eventsOf } from '../domain/event.ts'
import { Failure } from '../domain/failure.ts'
import type { Cluster, Selector, ServedKind } from '../domain/ports.ts'
import type { Resource, ResourceRef } from '../domain/resource.ts'
import type { JobRef, Savepoint, SourceName } from '../domain/savepoint.ts'
import { savepointsOfEvents, savepointsOfRevisions } from '../history/from-traces.ts'
import { operatorOf } from '../operators/index.ts'
import type { JobOperator, SnapshotSource } from '../operators/job-operator.ts'

const revisionKind: ServedKind = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
}
const eventKind: ServedKind = { apiVersion: 'v1', kind: 'Event', plural: 'events' }

/** Questions that are on their way; what did not come is empty, after a line on why. */
export interface AskedBeside {
  savepoints(job: JobRef): Promise<Savepoint[]>
}

/**
 * Asks for what the operator leaves beside the object: ControllerRevisions, and the Events of the last hour. A page of
 * each at most (500): one request, whatever lies there. `say` is given the reason why something is missing.
 */
export function askBeside(
  cluster: Cluster,
  ref: ResourceRef,
  sources: ReadonlySet<SourceName>,
  say: (text: string) => void,
): AskedBeside {
  const operator = operatorOf(ref)
  const { namespace, kind, name } = ref
  const labels = sources.has('revisions') ? operator.revisions?.(name) : undefined
  const fields = sources.has('events') && operator.traces ? aboutObject(kind, name) : undefined
  const revisions = labels === undefined ? none : firstPage(cluster, revisionKind, namespace, { labels }, say)
  const events = fields === undefined ? none : firstPage(cluster, eventKind, namespace, { fields }, say)
  const snapshots = sources.has('snapshots') ? allSnapshots(cluster, operator, namespace, say) : undefined
  return {
    savepoints: async job => [
      ...((await snapshots)?.(job) ?? []),
      ...(await told(operator, job, await revisions, await events)),
    ],
  }
}

/** Every snapshot of the namespace: their labels do not tell whose they are. What became of none is said by `say`. */
async function allSnapshots(
  cluster: Cluster,
  operator: JobOperator,
  namespace: string,
  say: (text: string) => void,
): Promise<((job: JobRef) => Savepoint[]) | undefined> {
  const source = await operator.snapshots?.()
  const served = source && (await servedOrSaid(cluster, source, say))
  if (!served) return undefined
  const found: Resource[] = []
  try {
    for await (const { items } of cluster.list(served, namespace)) found.push(...items)
  } catch (error) {
    missing(served.kind, error, say)
  }
  return job => found.flatMap(each => source.savepoint(each, job) ?? [])
}

async function servedOrSaid(
  cluster: Cluster,
  { group, kind }: SnapshotSource,
  say: (text: string) => void,
): Promise<ServedKind | undefined> {
  try {
    return await cluster.served(group, kind)
  } catch (error) {
    missing(kind, error, say)
    return undefined
  }
}

function missing(kind: string, error: unknown, say: (text: string) => void): void {
  if (!(error instanceof Failure)) throw error
  say(`what ${kind}s say is not in this list: ${error.message}`)
}

const none: Promise<readonly Resource[]> = Promise.resolve([])

/** The uid is looked at when the object is there: all is asked at once. */
function aboutObject(kind: string, name: string): string {
  return `involvedObject.kind=${kind},involvedObject.name=${name}`
}

async function told(
  operator: JobOperator,
  job: JobRef,
  revisions: readonly Resource[],
  events: readonly Resource[],
): Promise<Savepoint[]> {
  if (revisions.length === 0 && events.length === 0) return []
  const traces = await operator.traces?.()
  if (!traces) return []
  return [
    ...savepointsOfRevisions(revisions, job, traces.origin),
    ...savepointsOfEvents(eventsOf(events, job.uid), job, traces.failures),
  ]
}

async function firstPage(
  cluster: Cluster,
  kind: ServedKind,
  namespace: string,
  selector: Selector,
  say: (text: string) => void,
): Promise<readonly Resource[]> {
  try {
    for await (const { items } of cluster.list(kind, namespace, selector)) return items
  } catch (error) {
    missing(kind.kind, error, say)
  }
  return []
}
