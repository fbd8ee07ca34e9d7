import { type Failure, failure } from '../../../domain/failure.ts'
import type { ChangePlan } from '../../../domain/plan.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { type ApacheFacts, ownFacts } from '../facts.ts'
import { autoChanges, restarts } from './changes.ts'

/** Why the settings of this job cannot be changed now, and what to do. */
export function autoRefusal(wish: AutomaticWish): Failure | undefined {
  const facts = ownFacts(wish.facts)
  if (facts.session) return cannot(facts, 'it is a session cluster; its jobs are FlinkSessionJobs')
  if (wish.maxStateAgeSeconds !== undefined)
    return cannot(
      facts,
      "its operator knows no age of a state: that is Spotify's",
      'leave --max-state-age out',
    )
  const placed = (wish.directory ?? facts.directory) !== undefined || facts.job.kind === 'FlinkSessionJob'
  // "Periodic savepoints cannot be enabled when config key[state.savepoints.dir] is not set" (DefaultValidator.java).
  if (typeof wish.everySeconds === 'number' && !placed)
    return cannot(facts, 'state.savepoints.dir is not set', 'say where to as well: --directory DIR')
  if (facts.error?.type === 'ValidationException')
    return cannot(facts, `its spec is not valid: ${facts.error.message}`, 'mend the spec first')
  if (restarts(wish) && facts.running && facts.upgradeMode === 'stateless')
    return cannot(
      facts,
      'the change restarts the job, and its upgradeMode is stateless: it would start empty',
      'set spec.job.upgradeMode to savepoint first, which restarts nothing',
    )
  return notRunning(wish, facts)
}

/** A change that restarts a job would start one that is not running: from its restart point, or empty where there is none. */
function notRunning(wish: AutomaticWish, facts: ApacheFacts): Failure | undefined {
  if (!restarts(wish) || facts.running || facts.wish.wanted !== 'running') return undefined
  const reason = `its job is not running (${facts.state || 'no state yet'}): the change would start it`
  const hint = facts.stopped
    ? `start it first: kubectl flinksp restore ${facts.shown} latest -n ${facts.job.namespace}`
    : 'wait until it runs, and then change it'
  return cannot(facts, reason, hint)
}

function cannot({ shown }: ApacheFacts, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot change the automatic savepoints of ${shown}: ${reason}`, ...hints)
}

/** What will happen, in order, and what may surprise (seen on 1.7.0 and 1.15.0). */
export function autoPlan(wish: AutomaticWish): ChangePlan {
  const facts = ownFacts(wish.facts)
  const restart = restarts(wish) && facts.wish.wanted === 'running'
  return {
    job: facts.job,
    changes: autoChanges(wish),
    steps: restart
      ? ['patch the object', restartStep(facts), 'wait until the job runs again, new']
      : ['patch the object; the operator restarts nothing for it'],
    risks: risksOf(wish, facts, restart),
  }
}

function restartStep({ upgradeMode }: ApacheFacts): string {
  return upgradeMode === 'savepoint'
    ? 'the operator stops the job with a savepoint of its own, and deploys it again from it'
    : 'the operator stops the job, and deploys it again from its last state'
}

/** Savepoints this often are more load than help: by default the operator looks at a job every 15 to 60 s. */
const oftenSeconds = 60

function risksOf(wish: AutomaticWish, facts: ApacheFacts, restart: boolean): string[] {
  const { everySeconds, directory, onFailure } = wish
  return [
    restart ? 'this change restarts the job: it does not run for half a minute or more' : undefined,
    restart && facts.caughtUp === false
      ? 'the spec has other changes that are not carried out yet: they come into force with it'
      : undefined,
    typeof everySeconds === 'number' && everySeconds < oftenSeconds
      ? `a savepoint every ${everySeconds} s writes the whole state that often, and the operator looks at the job only every 15 to 60 s`
      : undefined,
    typeof everySeconds === 'number'
      ? 'the operator deletes periodic savepoints again, files and all: by default it keeps 10, for a day (kubernetes.operator.savepoint.history.max.count and max.age)'
      : undefined,
    directory !== undefined && facts.directory !== undefined
      ? `the savepoints below ${facts.directory} stay where they are`
      : undefined,
    directory !== undefined && facts.job.kind === 'FlinkSessionJob'
      ? 'FlinkStateSnapshots of a session job that name no directory go where its session cluster says, up to operator 1.15; those of kubectl flinksp take name this one'
      : undefined,
    onFailure === 'restore' && facts.restartPoint === undefined
      ? 'there is no restart point yet: a job that fails before its first savepoint starts empty'
      : undefined,
  ].filter(risk => risk !== undefined)
}
