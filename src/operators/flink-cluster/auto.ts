import type { AutomaticWish, Automating } from '../job-operator.ts'
import { autoChanges, restarts } from './auto-changes.ts'
import { autoPlan, takesFirst } from './auto-plan.ts'
import { autoProblems } from './auto-problems.ts'
import { changeSettings } from './auto-protocol.ts'
import { autoRefusal } from './auto-refusals.ts'
import { operatorName } from './operator.ts'

/** How automatic savepoints and the restart policy of a FlinkCluster are set. */
export const automating: Automating = {
  plan,
  restarts,
  takesFirst,
  protocol: changeSettings,
  problems: (resource, facts, build, now) => autoProblems(resource, facts, operatorName(build), now),
}

function plan(wish: AutomaticWish) {
  if (autoChanges(wish).length === 0) return 'none'
  return autoRefusal(wish) ?? autoPlan(wish)
}
