import type { Candidate } from '../../domain/candidate.ts'
import type { JobKind } from '../../domain/job.ts'
import type { Cluster, ServedKind } from '../../domain/ports.ts'
import { shortName } from '../../domain/resource.ts'
import { operatorOf } from '../../operators/index.ts'
import type { JobName } from '../job/name.ts'
import { ofKinds } from '../job/of-kinds.ts'
import { lookAmong } from '../job/served-kinds.ts'

/** Which jobs' names are completed. */
export interface JobsMeant {
  /** Absent: of every kind. */
  readonly kind?: JobKind
  /** Those that are named already. */
  readonly but: readonly JobName[]
}

interface SeenJob {
  readonly kind: string
  readonly name: string
  readonly state: string
}

/** The jobs of the namespace by name, without session clusters; one that several kinds have by its kind, too. */
export async function jobCandidates(
  cluster: Cluster,
  { kind, but }: JobsMeant,
): Promise<readonly Candidate[]> {
  const { kinds, found } = await lookAmong(
    cluster,
    kind,
    async kinds => ({
      kinds,
      found: (await ofKinds(kinds, served => listed(cluster, served), untold)).flat(),
    }),
    ({ found }) => found.length === 0,
  )
  const jobs = found.filter(job => !but.some(named => isOf(named, job)))
  const kindsOf = Map.groupBy(jobs, ({ name }) => name)
  return jobs
    .map(job => ({
      word: (kindsOf.get(job.name)?.length ?? 0) > 1 ? shortName(job) : job.name,
      description: kinds.length > 1 ? `${job.kind}, ${job.state}` : job.state,
    }))
    .sort((a, b) => (a.word < b.word ? -1 : 1))
}

function untold(): void {
  // A kind that one may not list has no candidates.
}

async function listed(cluster: Cluster, kind: ServedKind): Promise<SeenJob[]> {
  const jobs: SeenJob[] = []
  for await (const { items } of cluster.list(kind, cluster.namespace))
    for (const item of items) {
      const { state, session } = operatorOf(item).read(item)
      if (!session) jobs.push({ kind: item.kind, name: item.metadata.name, state })
    }
  return jobs
}

function isOf(named: JobName, { kind, name }: SeenJob): boolean {
  return named.name === name && (named.kind === undefined || named.kind.kind === kind)
}
