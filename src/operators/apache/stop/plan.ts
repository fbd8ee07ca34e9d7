import { type Failure, failure } from '../../../domain/failure.ts'
import type { Change, ChangePlan } from '../../../domain/printable.ts'
import type { StopWish } from '../../job-operator.ts'
import { configurationOf, isHighlyAvailable } from '../configuration.ts'
import { type ApacheFacts, ownFacts } from '../facts.ts'
import { upgradeModeAnnotation } from '../read.ts'

export function cannotStop(facts: Pick<ApacheFacts, 'shown'>, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot stop ${facts.shown} with a savepoint: ${reason}`, ...hints)
}

/** Somebody has asked for it, and the operator is at it. */
export function isSuspending({ wish, upgradeMode }: ApacheFacts): boolean {
  return wish.wanted === 'suspended' && wish.reconciled !== 'suspended' && upgradeMode === 'savepoint'
}

/** Why the job cannot be stopped with a savepoint now. */
export function stopRefusal(wish: StopWish): Failure | undefined {
  const facts = ownFacts(wish.facts)
  if (facts.session) return cannotStop(facts, 'it is a session cluster; its jobs are FlinkSessionJobs')
  if (wish.drain)
    return cannotStop(facts, 'its operator suspends without draining', 'stop it without --drain')
  if (wish.directory !== undefined || wish.format !== undefined)
    return cannotStop(
      facts,
      'its operator decides where to and in what format',
      'set state.savepoints.dir or kubernetes.operator.savepoint.format.type in spec.flinkConfiguration',
    )
  if (facts.error?.type === 'ValidationException')
    return cannotStop(facts, `its spec is not valid: ${facts.error.message}`, 'mend the spec first')
  if (isSuspending(facts)) return undefined
  if (!facts.running) return cannotStop(facts, `its job is not running (${facts.state || 'no state yet'})`)
  // Refused by the operator's validation (seen on 1.7.0); a session job's directory may be its cluster's.
  if (facts.directory === undefined && facts.job.kind === 'FlinkDeployment')
    return cannotStop(
      facts,
      'state.savepoints.dir is not set in spec.flinkConfiguration',
      'set it; the change restarts the job',
    )
  return undefined
}

export function stopChanges({ wish, upgradeMode }: ApacheFacts): Change[] {
  return [
    ...(wish.wanted === 'suspended' ? [] : [{ path: 'spec.job.state', from: wish.wanted, to: 'suspended' }]),
    ...(upgradeMode === 'savepoint'
      ? []
      : [
          { path: 'spec.job.upgradeMode', from: upgradeMode, to: 'savepoint' },
          { path: `metadata.annotations['${upgradeModeAnnotation}']`, to: upgradeMode },
        ]),
  ]
}

/** What a stop will do, for the person who says yes (seen on 1.7.0 and 1.15.0). */
export function stopPlan(wish: StopWish): ChangePlan {
  const facts = ownFacts(wish.facts)
  return {
    job: facts.job,
    changes: stopChanges(facts),
    steps: [
      isSuspending(facts) ? 'wait for the suspension that is under way already' : 'patch the object',
      `the operator stops the job with a savepoint${facts.directory === undefined ? '' : ` into ${facts.directory}`}, and tries again by itself while that fails`,
      facts.job.kind === 'FlinkSessionJob'
        ? 'the session cluster goes on'
        : 'the operator deletes the cluster of the job; the object stays',
      'wait until the operator shows the savepoint and the end of the job, and record the location',
    ],
    risks: stopRisks(wish, facts),
  }
}

function stopRisks({ resource }: StopWish, facts: ApacheFacts): string[] {
  return [
    facts.upgradeMode === 'savepoint'
      ? undefined
      : `upgradeMode stays savepoint until the job runs again, since ${facts.upgradeMode} would ${facts.upgradeMode === 'stateless' ? 'start it empty' : 'not start it from this savepoint'}: kubectl flinksp resume puts it back`,
    facts.caughtUp === false
      ? 'the spec has changes that are not carried out yet: they come into force with the next start'
      : undefined,
    facts.pendingGeneration === undefined
      ? undefined
      : `savepointTriggerNonce ${facts.pendingGeneration} is pending: it takes a savepoint after the job is resumed`,
    isHighlyAvailable(configurationOf(resource.spec))
      ? 'where the job is not healthy the operator may keep its last state in place of a savepoint (kubernetes.operator.job.upgrade.last-state-fallback.enabled)'
      : undefined,
  ].filter(risk => risk !== undefined)
}
