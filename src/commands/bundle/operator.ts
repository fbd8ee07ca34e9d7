import { stripVTControlCharacters } from 'node:util'
import { fieldsAt, integerAt, listAt, textAt } from '../../domain/fields.ts'
import type { JobFacts } from '../../domain/job.ts'
import { type Cluster, refusedWith, type ServedKind, type World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Bundling } from '../../operators/job-operator.ts'
import { inTurn } from '../job/in-turn.ts'
import type { Subject } from '../job/which-operator.ts'
import { type Gathered, type Part, sought, together } from './gathered.ts'
import { linesAbout } from './log-lines.ts'
import type { BundleOptions } from './options.ts'

const podKind: ServedKind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' }
/** Replicas, of which one leads. */
const mostPods = 5
const mostContainers = 4
/** So much of a log is looked through, and so much of it kept. */
const linesRead = 100_000
const linesKept = 5_000

/** The operator's own pods, and what their logs say of the job. */
export async function gatherOperator(
  world: World,
  cluster: Cluster,
  { operator }: Subject,
  facts: JobFacts,
  options: BundleOptions,
): Promise<Gathered> {
  const bundling = await operator.bundling()
  const what = 'the pods of the operator'
  const answer = await sought(world, what, () => podsOf(cluster, bundling, options))
  if ('missing' in answer) return { parts: [], missing: [answer.missing] }
  const pods = answer.found.slice(0, mostPods)
  if (pods.length === 0) return { parts: [], missing: [{ what, reason: nowhere(bundling, options) }] }
  const items = pods.map(({ body }) => body)
  const objects: Part = { path: 'operator/pods.json', what, content: { json: { kind: 'PodList', items } } }
  const logs = await inTurn(pods.flatMap(containersOf), 2, container =>
    logOf(world, cluster, container, facts, options),
  )
  return together([{ parts: [objects], missing: [] }, ...logs])
}

function nowhere({ operatorLabels }: Bundling, { operatorNamespace }: BundleOptions): string {
  const where = operatorNamespace === undefined ? '' : ` in namespace ${operatorNamespace}`
  const hint = where === '' ? '; --operator-namespace says where it runs' : ''
  return `there is no pod with the labels ${operatorLabels}${where}${hint}`
}

/** In all namespaces at once; who may not look there looks where operators are installed, and beside the job. */
async function podsOf(
  cluster: Cluster,
  { operatorLabels: labels, operatorNamespaces }: Bundling,
  { operatorNamespace }: BundleOptions,
): Promise<readonly Resource[]> {
  if (operatorNamespace !== undefined) return await podsIn(cluster, operatorNamespace, labels)
  try {
    return await podsIn(cluster, undefined, labels)
  } catch (error) {
    if (!refusedWith(error, 403)) throw error
    const namespaces = [...new Set([...operatorNamespaces, cluster.namespace])]
    const answers = await Promise.allSettled(namespaces.map(each => podsIn(cluster, each, labels)))
    const found = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length === 0 && answers.some(({ status }) => status === 'rejected')) throw error
    return found
  }
}

async function podsIn(
  cluster: Cluster,
  namespace: string | undefined,
  labels: string,
): Promise<readonly Resource[]> {
  for await (const { items } of cluster.list(podKind, namespace, { labels })) return items
  return []
}

interface Container {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** Its log before it was started again. */
  readonly previous?: true
}

function containersOf({ metadata, spec, status }: Resource): Container[] {
  const { namespace, name: pod } = metadata
  const names = listAt({ spec }, 'spec', 'containers').flatMap(container => textAt(container, 'name') ?? [])
  return names.slice(0, mostContainers).flatMap(container => {
    const one = { namespace, pod, container }
    const states = listAt({ status }, 'status', 'containerStatuses')
    const state = states.find(each => each['name'] === container)
    const restarted = (integerAt(state ?? {}, 'restartCount') ?? 0) > 0
    const ended = Object.keys(fieldsAt(state ?? {}, 'lastState', 'terminated')).length > 0
    return restarted && ended ? [one, { ...one, previous: true as const }] : [one]
  })
}

async function logOf(
  world: World,
  cluster: Cluster,
  container: Container,
  facts: JobFacts,
  { sinceMs }: BundleOptions,
): Promise<Gathered> {
  const before = container.previous ? ', before it was started again' : ''
  const what = `what ${container.pod} (${container.container}${before}) has logged of the job`
  const answer = await sought(world, what, signal => linesOf(cluster, container, facts, sinceMs, signal))
  if ('missing' in answer) return { parts: [], missing: [answer.missing] }
  const { lines, cut } = answer.found
  const path = `operator/${fileName(container)}.log`
  const more = cut ? [{ what, reason: `only the last ${linesKept} lines of it are kept` }] : []
  return {
    parts: [{ path, what, content: { text: lines.map(line => `${line}\n`).join('') } }],
    missing: more,
  }
}

async function linesOf(
  cluster: Cluster,
  container: Container,
  { job, flinkJobId, attempt }: JobFacts,
  sinceMs: number,
  signal: AbortSignal,
): Promise<{ readonly lines: readonly string[]; readonly cut: boolean }> {
  const ids = [job.uid, flinkJobId, attempt?.triggerId].filter(id => id !== undefined && id !== '')
  const isAbout = linesAbout({ ...job, ids: ids as string[] })
  const wish = { ...container, sinceSeconds: Math.ceil(sinceMs / 1_000), lines: linesRead }
  let lines: string[] = []
  let cut = false
  for await (const written of cluster.logs(wish, signal)) {
    const line = stripVTControlCharacters(written)
    if (isAbout(line)) lines.push(line)
    if (lines.length < 2 * linesKept) continue
    lines = lines.slice(-linesKept)
    cut = true
  }
  return { lines: lines.slice(-linesKept), cut: cut || lines.length > linesKept }
}

/** Names come from the cluster: only what cannot leave the folder. */
function fileName({ pod, container, previous }: Container): string {
  const safe = (text: string) => text.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 63)
  return `${safe(pod)}.${safe(container).slice(0, 20)}${previous ? '.previous' : ''}`
}
