import { failure } from '../../domain/failure.ts'
import type { JobFacts, JobKind } from '../../domain/job.ts'
import type { Cluster, ServedKind } from '../../domain/ports.ts'
import type { Metadata, Resource } from '../../domain/resource.ts'
import { operatorOf } from '../../operators/index.ts'
import type { Arguments, Flag } from '../command.ts'
import { servedKinds } from './find-job.ts'
import { type JobName, jobKind, jobKinds, parseJobs } from './name.ts'
import { ofKinds } from './of-kinds.ts'

// Which of many jobs a command is about.

/** By hand, or by `-l` and `--all`: then they are looked for. */
export type JobChoice =
  | { readonly by: 'name'; readonly jobs: readonly JobName[] }
  | {
      readonly by: 'label'
      /** undefined: all kinds. */
      readonly kind?: JobKind
      /** undefined: all jobs. */
      readonly labels?: string
      readonly allNamespaces: boolean
    }

export const selectorFlag: Flag = {
  name: 'selector',
  alias: 'l',
  type: 'text',
  value: 'SELECTOR',
  describe: 'Only jobs with these labels: team=shop,stage!=test.',
}

export const allFlag: Flag = {
  name: 'all',
  type: 'boolean',
  default: 'false',
  describe: 'All jobs of the namespace.',
}

/** What the command line says; throws a usage Failure where it says two things, or nothing. Errors are worded as kubectl's. */
export function jobChoice(args: Arguments): JobChoice {
  const labels = args.text('selector')
  const all = args.boolean('all') ?? false
  const { allNamespaces, words } = args
  if (labels === '') throw failure('usage', '--selector must not be empty: --all chooses all jobs')
  if (labels !== undefined && all) throw failure('usage', 'give --selector or --all, not both')
  if (labels === undefined && !all) return { by: 'name', jobs: namedJobs(words, allNamespaces) }
  const kind = words[0] === undefined ? undefined : jobKind(words[0])
  if (words.length > 1 || (words.length > 0 && !kind))
    throw failure('usage', 'name cannot be provided when a selector is specified')
  return { by: 'label', allNamespaces, ...(kind && { kind }), ...(labels !== undefined && { labels }) }
}

/** The same for commands that only look: they need no word to look at all jobs, and a KIND alone means all of it. */
export function jobChoiceOrAll(args: Arguments): JobChoice {
  const { words, allNamespaces } = args
  const [only, ...more] = words
  const kind = only === undefined || more.length > 0 || only.includes('/') ? undefined : jobKind(only)
  const chosen = args.text('selector') !== undefined || args.boolean('all') === true
  if (chosen || (words.length > 0 && !kind)) return jobChoice(args)
  return { by: 'label', allNamespaces, ...(kind && { kind }) }
}

function namedJobs(words: readonly string[], allNamespaces: boolean): readonly JobName[] {
  if (words.length === 0)
    throw failure('usage', 'you must name a job: NAME or KIND/NAME; or choose by --selector or --all')
  if (allNamespaces) throw failure('usage', 'a resource cannot be retrieved by name across all namespaces')
  const seen = new Set<string>()
  return parseJobs(words).filter(({ kind, name }) => {
    const key = `${kind?.kind ?? ''}/${name}`
    return !seen.has(key) && seen.add(key)
  })
}

/** A job as a list showed it, without what it holds: there may be thousands. */
export interface ListedJob extends Pick<Resource, 'apiVersion' | 'kind'> {
  /** Without labels and annotations. */
  readonly metadata: Metadata
  readonly facts: Pick<JobFacts, 'shown' | 'state' | 'running' | 'session'>
}

/** The jobs of one kind; a watch from `resourceVersion` shows what became of them since. */
export interface JobList {
  readonly kind: ServedKind
  readonly namespace: string | undefined
  readonly resourceVersion: string
  readonly jobs: readonly ListedJob[]
}

/** All jobs that are chosen by label: a paged list for each kind. */
export async function listJobs(
  cluster: Cluster,
  { kind, labels, allNamespaces }: Extract<JobChoice, { by: 'label' }>,
  warn: (text: string) => void,
): Promise<JobList[]> {
  const kinds = await servedKinds(cluster, kind ? [kind] : jobKinds)
  const namespace = allNamespaces ? undefined : cluster.namespace
  return ofKinds(kinds, each => listKind(cluster, each, namespace, labels), warn)
}

async function listKind(
  cluster: Cluster,
  kind: ServedKind,
  namespace: string | undefined,
  labels: string | undefined,
): Promise<JobList> {
  const jobs: ListedJob[] = []
  let resourceVersion: string | undefined
  for await (const page of cluster.list(kind, namespace, labels === undefined ? {} : { labels })) {
    resourceVersion ??= page.resourceVersion
    for (const item of page.items) jobs.push(listed(item))
  }
  return { kind, namespace, resourceVersion: resourceVersion ?? '', jobs }
}

function listed(resource: Resource): ListedJob {
  const { apiVersion, kind, metadata } = resource
  const { shown, state, running, session } = operatorOf(resource).read(resource)
  const { name, namespace, uid, resourceVersion, generation } = metadata
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion, generation, labels: {}, annotations: {} },
    facts: { shown, state, running, session },
  }
}
