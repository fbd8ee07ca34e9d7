import { eventsOf } from '../../domain/event.ts'
import { Failure } from '../../domain/failure.ts'
import type { Cluster, Selector, ServedKind } from '../../domain/ports.ts'
import type { Resource, ResourceRef } from '../../domain/resource.ts'
import type { JobRef, Savepoint, SourceName } from '../../domain/savepoint.ts'
import { savepointsOfEvents, savepointsOfRevisions } from '../../history/from-traces.ts'
import type { SnapshotOwner } from '../../history/snapshots.ts'
import { operatorOf } from '../../operators/index.ts'
import type { JobOperator } from '../../operators/job-operator.ts'
import { listSnapshots, noSnapshots, type Snapshots } from './list-snapshots.ts'

export const revisionKind: ServedKind = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
}
export const eventKind: ServedKind = { apiVersion: 'v1', kind: 'Event', plural: 'events' }

/** Questions that are on their way; what did not come is empty, after a line on why. */
export interface AskedBeside {
  savepoints(owner: SnapshotOwner): Promise<Savepoint[]>
  readonly snapshots: Promise<Snapshots>
}

/**
 * Asks for what the operator leaves beside the object: FlinkStateSnapshots, ControllerRevisions, and the Events of the last hour. A page of
 * the latter two at most (500): one request, whatever lies there. `say` is given the reason why something is missing.
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
  const snapshots = sources.has('snapshots')
    ? listSnapshots(cluster, [ref], namespace, say)
    : Promise.resolve(noSnapshots)
  return {
    snapshots,
    savepoints: async owner => [
      ...(await snapshots).of(owner),
      ...(await told(operator, owner.job, await revisions, await events)),
    ],
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
