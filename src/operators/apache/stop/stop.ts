import type { Failure } from '../../../domain/failure.ts'
import type { ChangePlan } from '../../../domain/plan.ts'
import type { Stopping, StopWish } from '../../job-operator.ts'
import { ownFacts } from '../facts.ts'
import { leftLastState } from './endings.ts'
import { stopPlan, stopRefusal } from './plan.ts'
import { settleStop } from './settle.ts'
import { left } from './sight.ts'
import { suspend } from './suspend.ts'

/** How a FlinkDeployment or FlinkSessionJob is stopped with a savepoint: its operator suspends it. */
export const stopping: Stopping = {
  plan: (wish: StopWish): ChangePlan | Failure => stopRefusal(wish) ?? stopPlan(wish),
  protocol: suspend,
  settle: settleStop,
  left: facts => left(ownFacts(facts)),
  leftNone: facts => leftLastState(ownFacts(facts)),
}
