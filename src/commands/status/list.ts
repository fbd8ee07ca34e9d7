import type { Unknown } from '../../domain/job-status.ts'
import type { Cluster, Selector, ServedKind, World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { JobRef, Savepoint } from '../../domain/savepoint.ts'
import type { SnapshotOwner } from '../../history/snapshots.ts'
import { operatorOf } from '../../operators/index.ts'
import type { Build } from '../../operators/job-operator.ts'
import { givenTo, whichOperator } from '../job/which-operator.ts'
import type { Beside } from './beside.ts'
import { type Opinion, opinionOf } from './examine.ts'
import type { Looking } from './one.ts'

export interface Listing extends Looking {
  /** undefined: all. */
  readonly namespace: string | undefined
  readonly selector: Selector
  /** Of those, only these. */
  chosen(job: Pick<JobRef, 'kind' | 'name'>): boolean
}

/** A job as its object, its record and its snapshots show it. */
export interface Listed extends Owned {
  /** By its record, and by its snapshots as they are when it is asked. */
  elsewhere(): readonly Savepoint[]
  readonly undo?: string
  readonly unknown: readonly Unknown[]
}

interface Owned extends Opinion {
  readonly owner: SnapshotOwner
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

/** One paged list. */
export async function listKind(
  world: World,
  cluster: Cluster,
  kind: ServedKind,
  options: Listing,
  beside: Promise<Beside>,
): Promise<ListedKind> {
  const examine = examiner(world, cluster, options.operator)
  const { opinions, resourceVersion } = await opinionsOf(cluster, kind, options, examine)
  const { elsewhere, undoOf, unknownOf } = await beside
  const recorded = (opinion: Owned): Listed => {
    const undo = undoOf(opinion.facts.job)
    return {
      ...opinion,
      elsewhere: () => elsewhere(opinion.owner),
      unknown: unknownOf(kind),
      ...(undo !== undefined && { undo }),
    }
  }
  return {
    kind,
    jobs: opinions.map(recorded),
    resourceVersion,
    again: async resource => recorded(await examine(resource)),
  }
}

async function opinionsOf(
  cluster: Cluster,
  kind: ServedKind,
  { namespace, selector, chosen }: Listing,
  examine: (resource: Resource) => Promise<Owned>,
): Promise<{ opinions: Owned[]; resourceVersion: string }> {
  const opinions: Owned[] = []
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
): (resource: Resource) => Promise<Owned> {
  let ofKind: Promise<Build | undefined> | undefined
  return async resource => {
    const operator = operatorOf(resource)
    let build = givenTo(operator, given) ?? operator.buildOf(resource)
    if (build === undefined) {
      ofKind ??= whichOperator(cluster, resource, undefined).then(subject => subject.build)
      build = await ofKind
    }
    const opinion = await opinionOf({ resource, operator, build }, world.clock.now())
    const { creationTimestamp } = resource.metadata
    return { ...opinion, owner: { job: opinion.facts.job, creationTimestamp } }
  }
}
