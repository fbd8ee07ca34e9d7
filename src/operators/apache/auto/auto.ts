import type { JobFacts } from '../../../domain/job.ts'
import { isQuartz } from '../../../domain/quartz.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { AutomaticWish, Automating } from '../../job-operator.ts'
import { configurationOf } from '../configuration.ts'
import { type ApacheFacts, ownFacts } from '../facts.ts'
import { periodicCheckpointKey, periodicSetting } from '../periodic.ts'
import { autoChanges } from './changes.ts'
import { autoPlan, autoRefusal } from './plan.ts'
import { changeSettings } from './protocol.ts'

/** How automatic savepoints, and the restart of failed jobs, are set: by keys of spec.flinkConfiguration. */
export const automating: Automating = {
  plan,
  // Without a restart, too: a spec that the operator refuses is told in the object alone.
  waits: () => true,
  // With upgradeMode savepoint the operator takes its own, with last-state it loses nothing; stateless is refused.
  takesFirst: () => false,
  protocol: changeSettings,
  problems,
}

function plan(wish: AutomaticWish) {
  if (autoChanges(wish).length === 0 && wish.maxStateAgeSeconds === undefined) return 'none'
  return autoRefusal(wish) ?? autoPlan(wish)
}

function problems(resource: Resource, facts: JobFacts): string[] {
  if (facts.session) return []
  const configuration = configurationOf(resource.spec)
  const savepoints = periodicSetting(configuration)
  const checkpoints = periodicSetting(configuration, periodicCheckpointKey)
  return [
    ...scheduled('savepoints', savepoints),
    ...scheduled('checkpoints', checkpoints),
    ...(savepoints ? useless(ownFacts(facts)) : []),
  ]
}

/** What is neither an interval nor a schedule of Quartz the operator cannot parse. */
function scheduled(what: string, periodic: ReturnType<typeof periodicSetting>): string[] {
  if (!periodic || !('schedule' in periodic)) return []
  const { schedule } = periodic
  if (isQuartz(schedule)) return []
  return [
    `periodic ${what} are set to ${JSON.stringify(schedule.slice(0, 100))}, which is no duration and no schedule of Quartz`,
  ]
}

function useless({ directory, job, upgradeMode }: ApacheFacts): string[] {
  return [
    ...(directory === undefined && job.kind === 'FlinkDeployment'
      ? ['periodic savepoints are set, but state.savepoints.dir is not: the operator refuses such a spec']
      : []),
    ...(upgradeMode === 'stateless'
      ? ['upgradeMode is stateless: a change of the spec starts the job empty, whatever savepoints there are']
      : []),
  ]
}
