import type { JobFacts } from '../../../domain/job.ts'
import type { Change } from '../../../domain/plan.ts'
import type { Taking, Via } from '../../job-operator.ts'
import { abilitiesOf, type OperatorName, operatorName } from '../operator.ts'
import { controlAnnotation } from '../read.ts'
import { awaitIdle } from './await-idle.ts'
import { takeBlocking } from './blocking.ts'
import { takeByStatus } from './by-status.ts'
import { chooseTake } from './choose-take.ts'

/** Operators that take savepoints inside their loop let every cluster wait for one slow take (seen on GCP tag -2). */
const blockingTimeoutMs = 180_000

/** How the operators of a FlinkCluster are asked for a savepoint. */
export const taking: Taking = {
  choose: (facts, build, wish, { mayPatchStatus }) =>
    chooseTake(facts, operatorName(build), wish, mayPatchStatus),
  protocol: ({ build, via, wait, withdraw }) => {
    const operator = operatorName(build)
    const options = { operator, via: ownWay(via), wait, ...(withdraw !== undefined && { withdraw }) }
    return isBlocking(operator) ? takeBlocking({ ...options, operator }) : takeByStatus(options)
  },
  changes,
  leastTimeoutMs: build => (isBlocking(operatorName(build)) ? blockingTimeoutMs : 0),
  safe: 'annotation',
  idle: build => awaitIdle(operatorName(build)),
}

/** Only ways that `choose` gave are asked for. */
function ownWay(via: Exclude<Via, 'auto' | 'rest'>): 'annotation' | 'generation' {
  if (via === 'annotation' || via === 'generation') return via
  throw new Error(`a FlinkCluster is not asked by ${via}`)
}

function changes(via: 'annotation' | 'generation', facts: JobFacts): Change[] {
  if (via === 'annotation') return [{ path: `metadata.annotations['${controlAnnotation}']`, to: 'savepoint' }]
  const from = facts.specGeneration === 0 ? {} : { from: facts.specGeneration }
  return [{ path: 'spec.job.savepointGeneration', ...from, to: facts.statusGeneration + 1 }]
}

function isBlocking(operator: OperatorName | undefined): operator is OperatorName {
  return operator !== undefined && abilitiesOf(operator).follows === 'blocking'
}
