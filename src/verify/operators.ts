import type { InspectedOperator } from '../domain/inspection.ts'
import type { VerificationCheck, VerifiedOperator } from '../domain/verification.ts'
import type { GraphOperator, JobGraph } from './graph.ts'

export interface ComparedOperators {
  readonly operators: readonly VerifiedOperator[]
  readonly check: VerificationCheck
  readonly warnings: readonly string[]
}

/** Each operator of the savepoint, and whether the job has it, as Flink matches them: by their ids. `why` there is no graph. */
export function compareOperators(
  saved: readonly InspectedOperator[],
  graph: JobGraph | undefined,
  options: { readonly allowNonRestoredState: boolean; readonly why: string },
): ComparedOperators {
  const inJob = new Map(graph?.operators.flatMap(operator => operator.ids.map(id => [id, operator])))
  const inSavepoint = new Set(saved.map(({ id }) => id))
  const fresh = graph?.operators.filter(({ ids }) => !ids.some(id => inSavepoint.has(id))) ?? []
  const names = new Set(fresh.map(({ name }) => name))
  const operators = [
    ...saved.map(operator => savedOperator(operator, inJob.get(operator.id), graph, names)),
    ...fresh.map(newOperator),
  ]
  return {
    operators,
    check: operatorsCheck(operators, graph, options),
    warnings: warningsOf(operators, options.allowNonRestoredState),
  }
}

function savedOperator(
  saved: InspectedOperator,
  inJob: GraphOperator | undefined,
  graph: JobGraph | undefined,
  newNames: ReadonlySet<string | undefined>,
): VerifiedOperator {
  const { id, hasState, stateBytes, coordinatorBytes, parallelism, maxParallelism } = saved
  const name = saved.name || inJob?.name
  const uid = saved.uid || inJob?.uid
  const outcome = inJob ? 'Matched' : outcomeWithout(saved, graph)
  const message = inJob || !hasState ? undefined : messageOf(saved, outcome, newNames)
  return {
    id,
    ...(name && { name }),
    ...(uid && { uid }),
    outcome,
    hasState,
    stateBytes: stateBytes + coordinatorBytes,
    savepoint: { parallelism, maxParallelism },
    ...(inJob && widthOf(inJob)),
    ...(message !== undefined && { message }),
  }
}

/** An operator without a uid has an id out of the job's shape, which no list of uids tells; since Flink 2.0 the file says that it has none. */
function outcomeWithout(
  { uid, name }: InspectedOperator,
  graph: JobGraph | undefined,
): 'Dropped' | 'Unknown' {
  if (!graph?.whole) return 'Unknown'
  return graph.from.source === 'uids' && name && !uid ? 'Unknown' : 'Dropped'
}

function messageOf(
  { name }: InspectedOperator,
  outcome: VerifiedOperator['outcome'],
  newNames: ReadonlySet<string | undefined>,
): string | undefined {
  if (outcome !== 'Dropped') return undefined
  return name && newNames.has(name)
    ? 'the job has one of this name under another id: was its uid changed?'
    : 'the job has no such operator'
}

function newOperator({ ids: [id = ''], name, uid, ...width }: GraphOperator): VerifiedOperator {
  return { id, ...(name && { name }), ...(uid && { uid }), outcome: 'New', ...widthOf(width) }
}

function widthOf({ parallelism, maxParallelism }: Omit<GraphOperator, 'ids'>): Pick<VerifiedOperator, 'job'> {
  if (parallelism === undefined && maxParallelism === undefined) return {}
  return {
    job: {
      ...(parallelism !== undefined && { parallelism }),
      ...(maxParallelism !== undefined && { maxParallelism }),
    },
  }
}

function operatorsCheck(
  operators: readonly VerifiedOperator[],
  graph: JobGraph | undefined,
  { allowNonRestoredState, why }: { readonly allowNonRestoredState: boolean; readonly why: string },
): VerificationCheck {
  const stateful = operators.filter(({ hasState }) => hasState)
  const numberOf = (outcome: VerifiedOperator['outcome']) =>
    stateful.filter(operator => operator.outcome === outcome).length
  const [matched, dropped, unknown] = [numberOf('Matched'), numberOf('Dropped'), numberOf('Unknown')]
  const state = counted(stateful.length, 'operator with state', 'operators with state')
  if (dropped > 0 && !allowNonRestoredState)
    return {
      check: 'Operators',
      result: 'Fails',
      message: `the job lacks ${dropped} of ${state}: Flink starts it only with --allow-non-restored-state, which leaves their state behind`,
    }
  if (unknown > 0 && !graph)
    return {
      check: 'Operators',
      result: 'Unknown',
      message: `which operators the job has is not known: ${why}`,
    }
  if (unknown > 0)
    return {
      check: 'Operators',
      result: 'Unknown',
      message: `of ${state} the job has ${matched}; of ${unknown} it is not known: ${unknownWhy(graph, why)}`,
    }
  if (stateful.length === 0)
    return { check: 'Operators', result: 'Holds', message: 'no operator of the savepoint has state' }
  const left = dropped > 0 ? `, and the state of ${dropped} may be left behind` : ''
  return { check: 'Operators', result: 'Holds', message: `the job has ${matched} of ${state}${left}` }
}

function unknownWhy(graph: JobGraph | undefined, why: string): string {
  if (graph?.from.source === 'vertices')
    return `Flink does not tell of operators that are chained behind others${why === '' ? '' : `; ${why}`}`
  return 'they have no uid'
}

/** A uid that was changed is two operators: one whose state is lost without a word where that is allowed, and one that starts empty. */
function warningsOf(operators: readonly VerifiedOperator[], allowNonRestoredState: boolean): string[] {
  const lost = operators.filter(({ outcome, hasState }) => outcome === 'Dropped' && hasState)
  const fresh = operators.filter(({ outcome }) => outcome === 'New')
  if (lost.length === 0 || fresh.length === 0 || !allowNonRestoredState) return []
  return [
    `the state of ${counted(lost.length, 'operator')} is left behind and ${counted(fresh.length, 'operator')} ${fresh.length === 1 ? 'starts' : 'start'} empty: where these are the same under another uid, their state is lost`,
  ]
}

function counted(number: number, what: string, plural = `${what}s`): string {
  return `${number} ${number === 1 ? what : plural}`
}
