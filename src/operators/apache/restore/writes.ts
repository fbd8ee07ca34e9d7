import type { Fields } from '../../../domain/fields.ts'
import { sameLocation } from '../../../domain/location.ts'
import type { Change } from '../../../domain/plan.ts'
import type { Write } from '../../../domain/ports.ts'
import { type Resource, refOf } from '../../../domain/resource.ts'
import type { ApacheFacts } from '../facts.ts'
import { changesBack, patchBack } from '../kept-settings.ts'
import { readJob, upgradeModeAnnotation } from '../read.ts'
import type { RestoreOrder, RestoreWay } from './state.ts'

/** A job that its operator has suspended goes on from its restart point by itself: nothing has to be redeployed. */
export function wayOf(facts: ApacheFacts, { target }: Pick<RestoreOrder, 'target'>): RestoreWay {
  const { wish, lifecycle, restartPoint } = facts
  const suspended =
    lifecycle === 'SUSPENDED' && wish.wanted === 'suspended' && wish.reconciled === 'suspended'
  return suspended && sameLocation(restartPoint, target.location) ? 'start' : 'redeploy'
}

export function nextRedeploy({ redeploy: { wanted = 0, reconciled = 0 } }: ApacheFacts): number {
  return Math.max(wanted, reconciled, 0) + 1
}

/** The one patch of a restore. It always says allowNonRestoredState, which stays in the spec, and puts back what a stop has set for itself. */
export function patchRestore(order: RestoreOrder, before: Resource): Write {
  const facts = readJob(before)
  const { allowNonRestoredState } = order
  return patchJob(
    before,
    wayOf(facts, order) === 'start'
      ? { state: 'running', allowNonRestoredState, ...startMode(facts) }
      : {
          initialSavepointPath: order.target.location,
          savepointRedeployNonce: nextRedeploy(facts),
          state: 'running',
          allowNonRestoredState,
        },
    patchBack(before),
  )
}

/** A stateless job starts empty, whatever it was suspended with (AbstractJobReconciler.java). */
function startMode({ upgradeMode }: ApacheFacts): Fields {
  return upgradeMode === 'stateless' ? { upgradeMode: 'savepoint' } : {}
}

/** The fields that the restore sets, for the plan. */
export function restoreChanges(order: RestoreOrder, resource: Resource, facts: ApacheFacts): Change[] {
  const start = wayOf(facts, order) === 'start'
  const mode = startMode(facts)['upgradeMode']
  const all: (Change | undefined)[] = [
    start ? undefined : change('initialSavepointPath', facts.initialPath.wanted, order.target.location),
    start ? undefined : change('savepointRedeployNonce', facts.redeploy.wanted, nextRedeploy(facts)),
    facts.wish.wanted === 'running' ? undefined : change('state', facts.wish.wanted, 'running'),
    start && mode !== undefined ? change('upgradeMode', facts.upgradeMode, mode) : undefined,
    change('allowNonRestoredState', facts.allowNonRestoredState, order.allowNonRestoredState),
    ...changesBack(resource),
  ]
  return all.filter(each => each !== undefined)
}

function change(field: string, from: unknown, to: unknown): Change {
  const path = `spec.job.${field}`
  return from === undefined ? { path, to } : { path, from, to }
}

/** The path without the nonce does nothing (seen on 1.7.0): it is taken out again. */
export function putPathBack(newest: Resource, before: ApacheFacts, path: string): Write | undefined {
  const facts = readJob(newest)
  if (facts.job.uid !== before.job.uid || facts.initialPath.wanted !== path) return undefined
  return patchJob(newest, {
    initialSavepointPath: before.initialPath.wanted ?? null,
    allowNonRestoredState: before.allowNonRestoredState,
    state: before.wish.wanted ?? null,
  })
}

const modes = new Set(['savepoint', 'last-state', 'stateless'])

/** The upgradeMode that `stop` found, if it is one. */
export function modeFromBefore(annotations: Readonly<Record<string, string>>): Fields {
  const mode = annotations[upgradeModeAnnotation]
  return mode !== undefined && modes.has(mode) ? { upgradeMode: mode } : {}
}

/** The upgradeMode that `stop` found; a change of it restarts nothing (JobSpec.java). undefined: there is nothing to put back. */
export function putModeBack(newest: Resource): Write | undefined {
  const { resourceVersion, annotations } = newest.metadata
  if (!(upgradeModeAnnotation in annotations)) return undefined
  const job = modeFromBefore(annotations)
  return {
    verb: 'patch',
    ref: refOf(newest),
    type: 'merge',
    body: {
      metadata: { resourceVersion, annotations: { [upgradeModeAnnotation]: null } },
      ...('upgradeMode' in job && { spec: { job } }),
    },
  }
}

/** What else a patch says beside spec.job. */
export interface Beside {
  readonly annotations?: Fields
  readonly flinkConfiguration?: Fields
}

/** A merge patch of spec.job, and of what else is said. */
export function patchJob(before: Resource, job: Fields | undefined, beside: Beside = {}): Write {
  const { annotations, flinkConfiguration } = beside
  const { resourceVersion } = before.metadata
  return {
    verb: 'patch',
    ref: refOf(before),
    type: 'merge',
    body: {
      metadata: { resourceVersion, ...(annotations && { annotations }) },
      spec: { ...(job && { job }), ...(flinkConfiguration && { flinkConfiguration }) },
    },
  }
}
