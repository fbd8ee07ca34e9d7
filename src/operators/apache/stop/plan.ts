import type { Failure } from '../../../domain/failure.ts'
import type { Change, ChangePlan } from '../../../domain/plan.ts'
import type { StopWish } from '../../job-operator.ts'
import { drainRisk } from '../../rest/drain.ts'
import { configurationOf, isHighlyAvailable } from '../configuration.ts'
import { type ApacheFacts, ownFacts } from '../facts.ts'
import { upgradeModeAnnotation } from '../read.ts'
import { cannotStop } from './endings.ts'
import { setForStop, stopSettingChanges } from './settings.ts'

/** Somebody has asked for it, and the operator is at it. */
export function isSuspending({ wish, upgradeMode }: ApacheFacts): boolean {
  return wish.wanted === 'suspended' && wish.reconciled !== 'suspended' && upgradeMode === 'savepoint'
}

/** Why the job cannot be stopped with a savepoint now. */
export function stopRefusal(wish: StopWish): Failure | undefined {
  const facts = ownFacts(wish.facts)
  if (facts.session) return cannotStop(facts, 'it is a session cluster; its jobs are FlinkSessionJobs')
  if (facts.error?.type === 'ValidationException')
    return cannotStop(facts, `its spec is not valid: ${facts.error.message}`, 'mend the spec first')
  if (isSuspending(facts)) return unjoinable(wish, facts)
  if (!facts.running) return cannotStop(facts, `its job is not running (${facts.state || 'no state yet'})`)
  // Refused by the operator's validation (seen on 1.7.0); a session job's directory may be its cluster's.
  if ((wish.directory ?? facts.directory) === undefined && facts.job.kind === 'FlinkDeployment')
    return cannotStop(
      facts,
      'state.savepoints.dir is not set in spec.flinkConfiguration',
      'say where to, for this stop alone: --target-directory DIR',
    )
  return undefined
}

/** The operator reads the settings anew with each try; whoever asked for the stop did not ask for these. */
function unjoinable(wish: StopWish, facts: ApacheFacts): Failure | undefined {
  if (stopSettingChanges(wish).length === 0) return undefined
  return cannotStop(
    facts,
    'it is being suspended already, in another way',
    'wait for that without --drain, --target-directory and --format: kubectl flinksp stop',
  )
}

function stopChanges(asked: StopWish, { wish, upgradeMode }: ApacheFacts): Change[] {
  return [
    ...(wish.wanted === 'suspended' ? [] : [{ path: 'spec.job.state', from: wish.wanted, to: 'suspended' }]),
    ...(upgradeMode === 'savepoint'
      ? []
      : [
          { path: 'spec.job.upgradeMode', from: upgradeMode, to: 'savepoint' },
          { path: `metadata.annotations['${upgradeModeAnnotation}']`, to: upgradeMode },
        ]),
    ...stopSettingChanges(asked),
  ]
}

/** What a stop will do, for the person who says yes (seen on 1.7.0 and 1.15.0). */
export function stopPlan(wish: StopWish): ChangePlan {
  const facts = ownFacts(wish.facts)
  const directory = wish.directory ?? facts.directory
  return {
    job: facts.job,
    changes: stopChanges(wish, facts),
    steps: [
      isSuspending(facts) ? 'wait for the suspension that is under way already' : 'patch the object',
      `the operator ${wish.drain ? 'drains the job, stops it' : 'stops the job'} with a savepoint${directory === undefined ? '' : ` into ${directory}`}, and tries again by itself while that fails`,
      facts.job.kind === 'FlinkSessionJob'
        ? 'the session cluster goes on'
        : 'the operator deletes the cluster of the job; the object stays',
      'wait until the operator shows the savepoint and the end of the job, and record the location',
      ...(sets(wish) ? ['put spec.flinkConfiguration back, which starts nothing'] : []),
    ],
    risks: stopRisks(wish, facts),
  }
}

function sets(wish: StopWish): boolean {
  return setForStop(wish).annotations !== undefined
}

/** Set for one stop, they would count for every later one. */
function settingRisks(wish: StopWish): (string | undefined)[] {
  const old = wish.build === undefined || wish.build === 'apache-1.7'
  return [
    wish.drain ? drainRisk : undefined,
    wish.drain && old
      ? 'an operator older than 1.7 does not know this setting: it would stop the job without draining'
      : undefined,
    sets(wish) && !wish.wait
      ? 'nobody waits to put spec.flinkConfiguration back once the job is stopped: resume does, and until then every start and stop counts with it'
      : undefined,
  ]
}

function stopRisks(wish: StopWish, facts: ApacheFacts): string[] {
  return [
    ...settingRisks(wish),
    facts.upgradeMode === 'savepoint'
      ? undefined
      : `upgradeMode stays savepoint until the job runs again, since ${facts.upgradeMode} would ${facts.upgradeMode === 'stateless' ? 'start it empty' : 'not start it from this savepoint'}: kubectl flinksp resume puts it back`,
    facts.caughtUp === false
      ? 'the spec has changes that are not carried out yet: they come into force with the next start'
      : undefined,
    facts.pendingGeneration === undefined
      ? undefined
      : `savepointTriggerNonce ${facts.pendingGeneration} is pending: it takes a savepoint after the job is resumed`,
    isHighlyAvailable(configurationOf(wish.resource.spec))
      ? 'where the job is not healthy the operator may keep its last state in place of a savepoint (kubernetes.operator.job.upgrade.last-state-fallback.enabled)'
      : undefined,
  ].filter(risk => risk !== undefined)
}
