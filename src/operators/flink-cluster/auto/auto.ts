import type { AutomaticWish, Automating } from '../../job-operator.ts'
import { operatorName } from '../operator.ts'
import { autoChanges, restarts } from './changes.ts'
import { autoPlan, takesFirst } from './plan.ts'
import { autoProblems } from './problems.ts'
import { changeSettings } from './protocol.ts'
import { autoRefusal } from './refusals.ts'

/** How automatic savepoints and the restart policy of a FlinkCluster are set. */
export const automating: Automating = {
  plan,
  waits: restarts,
  takesFirst,
  protocol: changeSettings,
  problems: (resource, facts, build, now) => autoProblems(resource, facts, operatorName(build), now),
}

function plan(wish: AutomaticWish) {
  if (autoChanges(wish).length === 0 && wish.checkpointsEverySeconds === undefined) return 'none'
  return autoRefusal(wish) ?? autoPlan(wish)
}
