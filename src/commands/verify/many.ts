import type { JobFacts } from '../../domain/job.ts'
import { sameLocation } from '../../domain/location.ts'
import type { ServedKind, World } from '../../domain/ports.ts'
import type { RestoreTarget } from '../../domain/savepoint.ts'
import type { Verification } from '../../domain/verification.ts'
import { savepointsOfStatus } from '../../history/from-status.ts'
import { operatorOf } from '../../operators/index.ts'
import type { Demands } from '../../operators/job-operator.ts'
import { unread } from '../../verify/verification.ts'
import { inTurn } from '../job/in-turn.ts'
import { jobKinds } from '../job/name.ts'
import { ofKinds } from '../job/of-kinds.ts'
import { servedKinds } from '../job/served-kinds.ts'
import { givenTo } from '../job/which-operator.ts'
import { look } from './look.ts'
import type { RestartPoints, VerifyOptions } from './options.ts'

/** So many jobs are looked at at once: each asks its Flink, and reads its files many at a time. */
const atOnce = 4

/** What is kept of a job while the pages come in. */
interface Listed {
  readonly facts: JobFacts
  readonly demands: Demands
}

/** The restart point of each job that runs, by namespace and name. */
export async function verifyRestartPoints(
  world: World,
  { choice }: RestartPoints,
  options: VerifyOptions,
): Promise<readonly Verification[]> {
  const cluster = await world.cluster()
  const kinds = await servedKinds(cluster, choice.kind ? [choice.kind] : jobKinds)
  const namespace = choice.allNamespaces ? undefined : cluster.namespace
  const lists = await ofKinds(
    kinds,
    kind => listed(world, kind, namespace, choice.labels, options),
    text => world.person.warn(text),
  )
  const jobs = lists.flat().sort((a, b) => compare(keyOf(a), keyOf(b)))
  const running = jobs.filter(({ facts }) => facts.running && !facts.session)
  for (const { facts } of jobs)
    if (!facts.running || facts.session)
      world.person.tell(
        `${facts.shown} is skipped: ${facts.session ? 'it is a session cluster' : `its job is not running (${facts.state || 'no state yet'})`}`,
      )
  return await inTurn(running, atOnce, job => verified(world, job, options))
}

async function listed(
  world: World,
  kind: ServedKind,
  namespace: string | undefined,
  labels: string | undefined,
  options: VerifyOptions,
): Promise<Listed[]> {
  const cluster = await world.cluster()
  const operator = operatorOf(kind)
  const build = givenTo(operator, options.operator)
  const { demands } = await operator.verifying()
  const found: Listed[] = []
  for await (const { items } of cluster.list(kind, namespace, labels === undefined ? {} : { labels }))
    for (const resource of items)
      found.push({ facts: operator.read(resource, build), demands: demands(resource) })
  return found
}

async function verified(
  world: World,
  { facts, demands }: Listed,
  options: VerifyOptions,
): Promise<Verification> {
  const { job, restartPoint } = facts
  if (restartPoint === undefined) return unread(job, undefined, 'Fails', 'it has no restart point')
  const { allowNonRestoredState, files, limitMs, flinkVersion } = options
  const { verification } = await look(world, {
    ...{ job, facts, demands, allowNonRestoredState, files, limitMs },
    savepoint: restartPointOf(facts, restartPoint),
    operators: { by: 'job' },
    ...(flinkVersion !== undefined && { flinkVersion }),
    reach: 'proxy',
  })
  return verification
}

function restartPointOf(facts: JobFacts, location: string): RestoreTarget {
  const known = savepointsOfStatus(facts).find(
    each => each.state === 'Completed' && sameLocation(each.location, location),
  )
  return { ...known, location }
}

function keyOf({ facts: { job } }: Listed): string {
  return `${job.namespace}\u0000${job.name}\u0000${job.kind}`
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
