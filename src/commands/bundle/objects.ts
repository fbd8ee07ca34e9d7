import { type Fields, textAt } from '../../domain/fields.ts'
import type { Cluster, Selector, ServedKind, World } from '../../domain/ports.ts'
import { type Resource, refOf } from '../../domain/resource.ts'
import { recordRef } from '../../history/record.ts'
import type { Bundling } from '../../operators/job-operator.ts'
import type { Subject } from '../job/which-operator.ts'
import { eventKind, revisionKind } from '../sources/gather-beside.ts'
import { type Gathered, type Part, soughtPart, together } from './gathered.ts'

/** So many objects of a kind are kept, the first that the server lists. */
const most = 500

/** The job's object, what its operator made for it and keeps of it, and what happened to all of them. */
export async function gatherObjects(world: World, cluster: Cluster, subject: Subject): Promise<Gathered> {
  const { resource, operator } = subject
  const { namespace, name } = resource.metadata
  const bundling = await operator.bundling()
  const job = { path: 'objects/job.json', what: 'the object of the job', content: { json: resource.body } }
  const found = await Promise.all([
    livesIn(world, cluster, resource, bundling),
    soughtPart(
      world,
      { path: 'objects/record.json', what: 'the record of what the plugin did' },
      async () => {
        return (await cluster.get(recordRef(refOf(resource)))).body
      },
    ),
    snapshotsOf(world, cluster, subject),
    listed(world, cluster, namespace, revisionKind, { labels: operator.revisions?.(name) }),
    ...bundling.made(resource).map(({ kind, labels }) => listed(world, cluster, namespace, kind, { labels })),
  ])
  const objects = together([{ parts: [job], missing: [] }, ...found])
  return together([objects, await eventsOf(world, cluster, resource, objects.parts)])
}

async function livesIn(
  world: World,
  cluster: Cluster,
  resource: Resource,
  bundling: Bundling,
): Promise<Gathered> {
  const other = bundling.livesIn?.(resource)
  if (!other) return together([])
  const part = { path: 'objects/session-cluster.json', what: 'the session cluster that the job is in' }
  return await soughtPart(world, part, async () => {
    const served = await cluster.served(other.group, other.kind)
    const { namespace } = resource.metadata
    return served && (await cluster.get({ ...served, namespace, name: other.name })).body
  })
}

async function snapshotsOf(
  world: World,
  cluster: Cluster,
  { resource, operator }: Subject,
): Promise<Gathered> {
  const source = await operator.snapshots?.()
  if (!source) return together([])
  const { kind, metadata } = resource
  const part = { path: 'objects/snapshots.json', what: `${source.kind}s of the job` }
  return await soughtPart(world, part, async signal => {
    const served = await cluster.served(source.group, source.kind, 'remembered')
    if (!served) return undefined
    return await listOf(cluster, served, metadata.namespace, {}, signal, snapshot => {
      const owner = source.jobOf(snapshot)
      return owner?.kind === kind && owner.name === metadata.name
    })
  })
}

/** Without a label nothing is asked: the operator makes none. */
async function listed(
  world: World,
  cluster: Cluster,
  namespace: string,
  kind: ServedKind,
  { labels }: { readonly labels: string | undefined },
): Promise<Gathered> {
  if (labels === undefined) return together([])
  const part = { path: `objects/${kind.plural}.json`, what: `${kind.kind}s of the job (${labels})` }
  return await soughtPart(world, part, signal => listOf(cluster, kind, namespace, { labels }, signal))
}

/** What happened to any of the objects that were found. */
async function eventsOf(
  world: World,
  cluster: Cluster,
  { metadata }: Resource,
  parts: readonly Part[],
): Promise<Gathered> {
  const uids = new Set(parts.flatMap(({ content }) => ('json' in content ? uidsIn(content.json) : [])))
  const part = { path: 'objects/events.json', what: 'Events of these objects' }
  return await soughtPart(world, part, signal =>
    listOf(cluster, eventKind, metadata.namespace, {}, signal, ({ body }) =>
      uids.has(textAt(body, 'involvedObject', 'uid') ?? ''),
    ),
  )
}

function uidsIn(json: unknown): string[] {
  const { items, ...one } = json as { items?: readonly Fields[] } & Fields
  return [...(items ?? []), one].flatMap(object => textAt(object, 'metadata', 'uid') ?? [])
}

async function listOf(
  cluster: Cluster,
  kind: ServedKind,
  namespace: string,
  selector: Selector,
  signal: AbortSignal,
  isWanted: (resource: Resource) => boolean = () => true,
): Promise<Fields> {
  const items: Fields[] = []
  for await (const page of cluster.list(kind, namespace, selector)) {
    items.push(...page.items.filter(isWanted).map(({ body }) => body))
    if (signal.aborted || items.length > most) break
  }
  const { apiVersion } = kind
  const cut = items.length > most && { cut: `there are more than ${most}: these are the first` }
  return { apiVersion, kind: `${kind.kind}List`, ...cut, items: items.slice(0, most) }
}
