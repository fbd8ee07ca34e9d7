import { Failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { Places } from '../../domain/places.ts'
import type { PlannedJob } from '../../domain/plan.ts'
import type { RestReach, World } from '../../domain/ports.ts'
import type { RestoreTarget } from '../../domain/savepoint.ts'
import type { Verification } from '../../domain/verification.ts'
import type { Demands } from '../../operators/job-operator.ts'
import type { Inspected } from '../../savepoint/inspect.ts'
import { graphOfSavepoint, graphOfUids } from '../../verify/graph.ts'
import { unread, type Verified, verification } from '../../verify/verification.ts'
import { lookForFiles } from '../inspect/files.ts'
import { type AskedGraph, askGraph, askVersion, type OperatorsAt, once } from './ask-graph.ts'
import { inTime } from './in-time.ts'
import { readSavepoint, reasonOf } from './read.ts'

/** Who tells which operators the job has. */
export type OperatorsWish =
  /** The job that runs: its Flink. */
  | { readonly by: 'job' }
  /** All uids that it has. */
  | { readonly by: 'uids'; readonly uids: readonly string[] }
  /** A savepoint of the job as it is to be. */
  | { readonly by: 'savepoint'; readonly location: string }
  | { readonly by: 'nobody'; readonly why: string }

/** A savepoint, and the job that it may start. */
export interface Look {
  readonly job: PlannedJob
  readonly savepoint: RestoreTarget
  /** Whose Flink is asked, and whose pod is looked into. */
  readonly facts: JobFacts
  readonly demands: Demands
  readonly operators: OperatorsWish
  /** Of the job, as somebody says who knows it: nobody else is believed. */
  readonly flinkVersion?: string
  readonly allowNonRestoredState: boolean
  /** Each file that the savepoint needs is looked for. */
  readonly files: boolean
  readonly reach: RestReach
  readonly limitMs: number
}

/** What became of it. `absent`: nothing lies there. */
export interface Looked {
  readonly verification: Verification
  readonly absent?: true
}

/** Would this savepoint start this job? As far as it can be told within the time. Changes nothing. */
export async function look(world: World, asked: Look): Promise<Looked> {
  const { job, savepoint } = asked
  const looked = await inTime(world, asked.limitMs, signal => lookNow(world, asked, signal)).catch(orFailure)
  if (looked instanceof Failure)
    return { verification: unread(job, savepoint, 'Unknown', `it could not be read: ${reasonOf(looked)}`) }
  if (looked) return looked
  const message = `it could not be told within ${asked.limitMs / 1_000} s`
  return { verification: unread(job, savepoint, 'Unknown', message) }
}

function orFailure(error: unknown): Failure {
  if (error instanceof Failure && error.code === 'not-asked') return error
  throw error
}

async function lookNow(world: World, asked: Look, signal: AbortSignal): Promise<Looked> {
  const { job, savepoint } = asked
  const places = await world.placesOf(asked.facts.rest)
  const reading = readSavepoint(places, savepoint.location, { files: asked.files }, signal)
  const operatorsAt = once(async location => {
    const same = location === savepoint.location
    const read = await (same ? reading : readSavepoint(places, location, { files: false }, signal))
    return read.result === 'Holds' ? read.inspected.inspection.operators : read.message
  })
  const [read, graph] = await Promise.all([reading, knownGraph(world, asked, { signal, operatorsAt })])
  if (read.result !== 'Holds') {
    const { result, message, absent } = read
    return { verification: unread(job, savepoint, result, message), ...(absent && { absent }) }
  }
  return { verification: verification(await compared(asked, read.inspected, places, graph, signal)) }
}

async function compared(
  { job, savepoint, files, allowNonRestoredState, ...asked }: Look,
  { inspection, needed }: Inspected,
  places: Places,
  { graph, missing, flinkVersion }: AskedGraph,
  signal: AbortSignal,
): Promise<Verified> {
  // What runs is what the job has, unless it is the job to come that is compared.
  const told = [flinkVersion, asked.demands.flinkVersion]
  const [version] = [asked.flinkVersion, ...(asked.operators.by === 'job' ? told : told.reverse())].filter(
    each => each !== undefined,
  )
  return {
    ...{ job, savepoint, inspection, allowNonRestoredState },
    demands: { ...asked.demands, ...(version !== undefined && { flinkVersion: version }) },
    ...(files && { files: await lookForFiles(needed, places, signal) }),
    ...(graph && { graph }),
    ...(missing !== undefined && { graphMissing: missing }),
  }
}

async function knownGraph(
  world: World,
  { operators, facts, reach }: Look,
  reading: { readonly signal: AbortSignal; readonly operatorsAt: OperatorsAt },
): Promise<AskedGraph> {
  const { operatorsAt, signal } = reading
  if (operators.by === 'job') return await askGraph(world, { facts, reach, signal, operatorsAt })
  if (operators.by === 'nobody') return { missing: operators.why }
  const asking = askVersion(world, { facts, reach, signal })
  if (operators.by === 'uids') return { ...(await asking), graph: graphOfUids(operators.uids) }
  const { location } = operators
  const [flink, found] = await Promise.all([asking, operatorsAt(location)])
  if (typeof found === 'string') return { ...flink, missing: `of the savepoint to compare with: ${found}` }
  return { ...flink, graph: graphOfSavepoint({ operators: found, location }, 'savepoint') }
}
