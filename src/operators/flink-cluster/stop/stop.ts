import type { Failure } from '../../../domain/failure.ts'
import type { ChangePlan } from '../../../domain/plan.ts'
import type { Protocol } from '../../../domain/protocol.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { Stopping, StopWish } from '../../job-operator.ts'
import { operatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import { taking } from '../take/taking.ts'
import { stopByAnnotation } from './by-annotation.ts'
import { stopByRest } from './by-rest.ts'
import { stopPlan } from './plan.ts'
import { settleStop } from './settle.ts'
import { leftByCancel } from './sight.ts'
import { stopBusy, stopRefusal, stopWay } from './way.ts'

/** How a FlinkCluster is stopped with a savepoint. */
export const stopping: Stopping = {
  plan: (wish): ChangePlan | Failure => stopRefusal(wish) ?? stopPlan(wish),
  busy: stopBusy,
  protocol,
  asksFlink: wish => stopWay(wish) === 'rest',
  leastTimeoutMs: taking.leastTimeoutMs,
  settle: settleStop,
  left: leftByCancel,
}

function protocol(wish: StopWish): Protocol<unknown, Savepoint> {
  const operator = operatorName(wish.build)
  if (stopWay(wish) === 'rest') return stopByRest(wish, wish.facts.flinkJobId ?? '')
  return stopByAnnotation({ operator, wait: wish.wait }, resource => {
    const now = { ...wish, resource, facts: readFlinkCluster(resource, operator) }
    return stopRefusal(now) ?? stopBusy(now)
  })
}
