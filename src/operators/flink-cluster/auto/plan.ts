import { fieldsAt } from '../../../domain/fields.ts'
import type { ChangePlan } from '../../../domain/plan.ts'
import { type Resource, resourceOf } from '../../../domain/resource.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { operatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import { autoChanges, restarts, startsFromTaken } from './changes.ts'
import { settingsProblems } from './problems.ts'

/** A savepoint has to be taken first: wherever the operator would start the job from one that it took some time ago. */
export function takesFirst(wish: AutomaticWish): boolean {
  // Only Spotify takes one of its own in any case, and stops the job with it (seen on v0.6).
  return wish.facts.running && restarts(wish) && (wish.build !== 'spotify' || startsFromTaken(wish))
}

/** What will happen, in order, and what may surprise. */
export function autoPlan(wish: AutomaticWish): ChangePlan {
  const changes = autoChanges(wish)
  return { job: wish.facts.job, changes, steps: stepsOf(wish), risks: risksOf(wish) }
}

function stepsOf(wish: AutomaticWish): string[] {
  if (!restarts(wish)) return ['patch the object; the operator restarts nothing for it']
  return [
    ...(takesFirst(wish) ? ['take a savepoint of the running job, and wait for it'] : []),
    'patch the object',
    operatorStep(wish),
    'wait until the job runs again, new',
  ]
}

/** Seen on GCP tag -9 and Spotify v0.6. */
function operatorStep(wish: AutomaticWish): string {
  if (wish.build === 'spotify' && !startsFromTaken(wish))
    return 'the operator stops the job with a savepoint of its own, creates the cluster again and starts the job from it'
  return 'the operator stops the job, creates the cluster again and starts the job from that savepoint'
}

function risksOf(wish: AutomaticWish): string[] {
  const { build, facts, resource } = wish
  const after = changed(resource, autoChanges(wish))
  const operator = operatorName(build)
  const restart = restarts(wish)
  return [
    restart ? 'this change restarts the job: it does not run for half a minute or more' : undefined,
    restart && build === undefined
      ? 'it cannot be told which operator serves this job: GCP up to v1beta1-5 refuses the change (--operator names it)'
      : undefined,
    restart && facts.specFromSavepoint !== undefined
      ? `spec.job.fromSavepoint (${facts.specFromSavepoint}) has to go: the operator would start the job from there again`
      : undefined,
    restart && takesFirst(wish)
      ? 'what the job does between that savepoint and the moment when the operator stops it, some seconds, is done again'
      : undefined,
    restart && facts.pendingGeneration !== undefined
      ? `savepointGeneration ${facts.pendingGeneration} is pending: it will fire in the restarted job`
      : undefined,
    restart && operator?.startsWith('gcp-')
      ? 'the operator waits for a savepoint younger than 300 s before it restarts the job; while savepoints fail the change is blocked, and goes on by itself after a repair'
      : undefined,
    ...ownRisks(wish),
    ...(after ? settingsProblems(after, readFlinkCluster(after, operator), operator) : []),
  ].filter(risk => typeof risk === 'string')
}

/** Savepoints this often are more load than help: the operators look at a job every 5 to 10 s. */
const oftenSeconds = 60

function ownRisks({ everySeconds, directory, maxStateAgeSeconds, build, facts }: AutomaticWish): string[] {
  const often = typeof everySeconds === 'number' && everySeconds < oftenSeconds
  return [
    often
      ? `a savepoint every ${everySeconds} s writes the whole state that often, and the operator looks at the job only every 5 to 10 s`
      : undefined,
    typeof everySeconds === 'number' && build !== undefined && build !== 'spotify'
      ? 'while its savepoints fail, this operator tries again on every look, without the pause'
      : undefined,
    directory !== undefined && facts.directory !== undefined && directory !== facts.directory
      ? `the savepoints below ${facts.directory} stay where they are`
      : undefined,
    maxStateAgeSeconds !== undefined && build === 'spotify'
      ? 'an operator from v0.5.1 on restarts a failed job however old its savepoint is; the age counts for changes of a job that is stopped'
      : undefined,
  ].filter(risk => risk !== undefined)
}

/** The object with the changes carried out. */
function changed(resource: Resource, changes: ChangePlan['changes']): Resource | undefined {
  const job: Record<string, unknown> = { ...fieldsAt(resource.spec, 'job') }
  for (const { path, to } of changes) job[path.slice('spec.job.'.length)] = to
  return resourceOf({ ...resource.body, spec: { ...resource.spec, job } })
}
