import { rootCause } from '../../../domain/cause.ts'
import { humanDuration } from '../../../domain/duration.ts'
import { integerAt } from '../../../domain/fields.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Resource } from '../../../domain/resource.ts'
import { policyProblem } from '../failure-policy.ts'
import type { OperatorName } from '../operator.ts'
import { masterFloorSeconds, rightSpelling } from './automatic.ts'
import { directoryProblem } from './directory.ts'

/** What of the settings does not have the effect that one would think: of the settings as they stand, and of how they work now. */
export function autoProblems(
  resource: Resource,
  facts: JobFacts,
  operator: OperatorName | undefined,
  now: number,
): string[] {
  return [...settingsProblems(resource, facts, operator), ...some([late(facts, operator, now)])]
}

/** What is wrong with the settings whatever the job does. */
export function settingsProblems(
  resource: Resource,
  facts: JobFacts,
  operator: OperatorName | undefined,
): string[] {
  return [
    ...facts.misspelled.map(path => misspelling(resource, path)),
    ...interval(facts, operator),
    ...some([policyProblem(facts, operator)]),
    ...some([facts.directory === undefined ? undefined : directoryProblem(resource, facts.directory)]),
  ]
}

function misspelling(resource: Resource, path: string): string {
  const name = path.slice('spec.job.'.length)
  const right = rightSpelling(name)
  const seconds = integerAt(resource.spec, 'job', name)
  const remedy =
    right === 'autoSavepointSeconds' && seconds !== undefined && seconds > 0
      ? `: kubectl flinksp auto ${resource.metadata.name} --every ${seconds}s sets it right`
      : ''
  return `${path} is read by no operator, the field is ${right}${remedy}`
}

function interval({ automatic, directory }: JobFacts, operator: OperatorName | undefined): string[] {
  if (!automatic) return []
  const { everySeconds } = automatic
  const floor = operator === 'gcp-master' && everySeconds > 0 && everySeconds < masterFloorSeconds
  return some([
    directory === undefined
      ? 'autoSavepointSeconds has no effect: spec.job.savepointsDir is not set'
      : undefined,
    everySeconds <= 0
      ? `autoSavepointSeconds is ${everySeconds}: the operator takes savepoints without a pause`
      : undefined,
    floor
      ? `autoSavepointSeconds is ${everySeconds}, but this operator never takes one earlier than ${masterFloorSeconds} s after the one before`
      : undefined,
  ])
}

/** The operators look at a job every 5 to 10 s, and a savepoint takes its time: this much later is no news (seen on GCP tag -9 and Spotify v0.6: 5 s to 10 s). */
const slackMs = 60_000

function late(facts: JobFacts, operator: OperatorName | undefined, now: number): string | undefined {
  const { automatic, running, directory, attempt } = facts
  if (!automatic || automatic.everySeconds <= 0 || !running || directory === undefined) return undefined
  const why = attempt?.state === 'Failed' || attempt?.state === 'TriggerFailed' ? failed(facts) : ''
  if (automatic.nextAt === undefined)
    return operator !== undefined && why !== ''
      ? `no automatic savepoint has been taken yet${why}`
      : undefined
  const lateMs = now - Date.parse(automatic.nextAt)
  if (lateMs <= slackMs) return undefined
  const reason = attempt?.state === 'InProgress' ? ': one is in progress' : why
  return `the next automatic savepoint is ${humanDuration(lateMs)} late${reason}`
}

function failed({ attempt, shown }: JobFacts): string {
  const cause = rootCause(attempt?.message ?? '')
  return `: the last attempt failed${cause === undefined ? '' : ` (${cause})`}; for the cause: kubectl flinksp history ${shown}`
}

function some(texts: readonly (string | undefined)[]): string[] {
  return texts.filter(text => text !== undefined)
}
