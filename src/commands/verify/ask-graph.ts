import { Failure } from '../../domain/failure.ts'
import type { InspectedOperator } from '../../domain/inspection.ts'
import type { JobFacts } from '../../domain/job.ts'
import { normalisedLocation } from '../../domain/location.ts'
import type { FlinkRest, RestReach, World } from '../../domain/ports.ts'
import type { RestAnswer, RestCheckpoints, RestQuestion } from '../../domain/rest.ts'
import { graphOfSavepoint, graphOfVertices, type JobGraph } from '../../verify/graph.ts'

/** What is known of the operators of a running job, and of its Flink. */
export interface AskedGraph {
  readonly graph?: JobGraph
  /** Why there is none, or none that is whole. */
  readonly missing?: string
  readonly flinkVersion?: string
}

/** The operators in a savepoint, or why they are not known. */
export type OperatorsAt = (location: string) => Promise<readonly InspectedOperator[] | string>

export interface Asking {
  readonly facts: JobFacts
  readonly reach: RestReach
  readonly signal: AbortSignal
  readonly operatorsAt: OperatorsAt
}

const longestMs = 10_000

/** Flink deletes a checkpoint when a newer one is complete: the next may still be there. */
const mostTried = 3

/**
 * Of the operators of a running job only a checkpoint that it has completed itself tells them all; Flink's REST API tells
 * those that chains begin with (flink-runtime JobVertex: its id is that of the chain's first operator).
 */
export async function askGraph(world: World, asking: Asking): Promise<AskedGraph> {
  const { facts, reach } = asking
  const { flinkJobId: jobId } = facts
  if (facts.session) return { missing: 'it is a session cluster, whose jobs the operator does not know' }
  if (jobId === undefined) return { missing: 'the job is not running, so that nobody tells its operators' }
  const rest = await opened(world, facts, reach)
  if (rest instanceof Failure) return { missing: silent(facts, rest.message.replace(/^error: /, '')) }
  try {
    return await askOf(rest, jobId, asking)
  } finally {
    await rest.close()
  }
}

/** Which Flink the job has. */
export async function askVersion(
  world: World,
  { facts, reach, signal }: Omit<Asking, 'operatorsAt'>,
): Promise<Pick<AskedGraph, 'flinkVersion'>> {
  const rest = await opened(world, facts, reach)
  if (rest instanceof Failure) return {}
  try {
    const answer = await rest.ask({ ask: 'version' }, { timeoutMs: longestMs, signal })
    return answer.answer === 'version' ? { flinkVersion: answer.version } : {}
  } finally {
    await rest.close()
  }
}

async function opened(world: World, { rest }: JobFacts, reach: RestReach): Promise<FlinkRest | Failure> {
  try {
    return await world.rest(rest, reach)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

async function askOf(rest: FlinkRest, jobId: string, asking: Asking): Promise<AskedGraph> {
  const { signal, facts } = asking
  const ask = (question: RestQuestion) => rest.ask(question, { timeoutMs: longestMs, signal })
  const [vertices, checkpoints, version] = await Promise.all([
    ask({ ask: 'vertices', jobId }),
    ask({ ask: 'checkpoints', jobId }),
    ask({ ask: 'version' }),
  ])
  const flink = version.answer === 'version' ? { flinkVersion: version.version } : {}
  const own =
    checkpoints.answer === 'checkpoints' ? await ofCheckpoint(checkpoints.checkpoints, asking) : undefined
  if (own && typeof own !== 'string') return { ...flink, graph: withNames(own, vertices) }
  if (vertices.answer === 'vertices')
    return {
      ...flink,
      graph: graphOfVertices(vertices.vertices),
      missing: own ?? silence(facts, checkpoints),
    }
  return { ...flink, missing: silence(facts, vertices) }
}

/** Those in the list are the running job's own: what it was started from is told elsewhere. */
async function ofCheckpoint(
  { history }: RestCheckpoints,
  { operatorsAt }: Asking,
): Promise<JobGraph | string> {
  const locations = history.flatMap(({ status, location }) =>
    status === 'COMPLETED' && location !== undefined ? [location] : [],
  )
  let why = 'it has completed no checkpoint yet'
  for (const location of locations.slice(0, mostTried)) {
    const operators = await operatorsAt(location)
    if (typeof operators !== 'string') return graphOfSavepoint({ operators, location }, 'checkpoint')
    why = `none of its checkpoints could be read: ${operators}`
  }
  return why
}

/** Before Flink 2 a checkpoint names no operator; a vertex has the name of its chain. */
function withNames(graph: JobGraph, answer: RestAnswer): JobGraph {
  if (answer.answer !== 'vertices') return graph
  const names = new Map(answer.vertices.map(({ id, name }) => [id, name]))
  const operators = graph.operators.map(operator => {
    const name = operator.name ?? names.get(operator.ids[0] ?? '')
    return name === undefined ? operator : { ...operator, name }
  })
  return { ...graph, operators }
}

function silence(facts: JobFacts, answer: RestAnswer): string {
  return silent(facts, 'reason' in answer ? answer.reason : 'it answered another question')
}

/** A job that has failed is told of for as long as its JobManager is there. */
function silent({ running }: JobFacts, reason: string): string {
  return `${running ? '' : 'the job is not running, and '}Flink cannot be asked: ${reason}`
}

/** Each is read once, however often it is asked for. */
export function once(operatorsAt: OperatorsAt): OperatorsAt {
  const known = new Map<string, ReturnType<OperatorsAt>>()
  return location => {
    const key = normalisedLocation(location)
    const reading = known.get(key) ?? operatorsAt(location)
    known.set(key, reading)
    return reading
  }
}
