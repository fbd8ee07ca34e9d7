import { type Fields, listAt } from '../../src/domain/fields.ts'
import { kindPath } from '../sandbox/operators/apache/kinds.ts'
import { isApache } from '../sandbox/operators/dialects.ts'
import type { DialectName } from '../sandbox/operators/operator.ts'
import { annotationOf, savepointState, valueAt } from './facts.ts'
import type { Ended } from './program.ts'
import { completed as completedCluster } from './screens.ts'
import type { Spec, Stage } from './stage.ts'
import { until } from './until.ts'

/** What a scenario of every kind has to know of each: its operator's words, and where its fields are. */

/** A take leaves a FlinkStateSnapshot. */
export const hasSnapshots = (dialect: DialectName) => isApache(dialect) && dialect !== 'apache-1.7'

/** How the first take of a job is asked for. */
export function wayOf(dialect: DialectName): 'annotation' | 'snapshot' | 'nonce' {
  if (!isApache(dialect)) return 'annotation'
  return hasSnapshots(dialect) ? 'snapshot' : 'nonce'
}

/** A state of the job as its operator writes it: `Failed`. */
export const stateOf = (state: string, dialect: DialectName) =>
  isApache(dialect) ? state.toUpperCase() : state

/** A take of `orders` that went well, the n-th savepoint of the scenario; up to 1.7 nobody says how long it took. */
export function completed({ dialect }: Stage, savepoint = 1, ...err: readonly string[]): Ended {
  const { stdout, ...rest } = completedCluster(savepoint, ...err)
  return { ...rest, stdout: dialect === 'apache-1.7' ? stdout.replace(/ \(AGE\)$/m, '') : stdout }
}

/** Nobody says where savepoints go. */
export const unplaced = (dialect: DialectName): Spec =>
  isApache(dialect)
    ? { job: { upgradeMode: 'stateless' }, spec: { flinkConfiguration: { 'state.savepoints.dir': null } } }
    : { job: { savepointsDir: null } }

/** The FlinkStateSnapshots of the scenario, where there is such a kind. */
export async function snapshotsOf({
  api,
  dialect,
  namespace,
}: Pick<Stage, 'api' | 'dialect' | 'namespace'>): Promise<Fields[]> {
  if (!hasSnapshots(dialect)) return []
  return listAt(await api.get(kindPath('FlinkStateSnapshot', namespace)), 'items')
}

const triggerIdOf = (object: Fields) => valueAt(object, 'status.jobStatus.savepointInfo.triggerId')

export const nonceOf = (object: Fields) => valueAt(object, 'spec.job.savepointTriggerNonce')

/** Resolves once a savepoint is asked for in the way of the first take. */
export async function askedFor(stage: Stage): Promise<void> {
  const way = wayOf(stage.dialect)
  if (way === 'annotation') await stage.seen(now => annotationOf(now) === 'savepoint')
  else if (way === 'nonce') await stage.seen(now => nonceOf(now) !== undefined)
  else await until(async () => (await snapshotsOf(stage)).length > 0)
}

/** Resolves once nothing is left of a request by which anything could be taken yet, and no attempt at it goes on. */
export async function nothingAsked(stage: Stage): Promise<void> {
  const reconciled = /"savepointTriggerNonce":(\d+)/
  await stage.seen(now => {
    if (!isApache(stage.dialect)) return annotationOf(now) === undefined
    const recorded = String(valueAt(now, 'status.reconciliationStatus.lastReconciledSpec'))
    return nonceOf(now) === undefined || String(nonceOf(now)) === reconciled.exec(recorded)?.[1]
  })
  if (stage.dialect === 'apache-1.7') await lastAttemptEnded(stage)
  if (!hasSnapshots(stage.dialect)) return
  const ended = ['COMPLETED', 'FAILED', 'ABANDONED']
  await until(async () =>
    (await snapshotsOf(stage)).every(each => ended.includes(String(valueAt(each, 'status.state')))),
  )
}

/** The operator tries again until it sees that the nonce was put back: a pass that began before may still trigger one. */
async function lastAttemptEnded({ operator, seen }: Stage): Promise<void> {
  await operator.pause()
  operator.resume()
  await seen(now => triggerIdOf(now) === undefined)
}

/** Resolves once Flink is at work on a savepoint, and the operator says so where it says such things. */
export async function inFlight(
  stage: Pick<Stage, 'api' | 'dialect' | 'namespace' | 'seen'>,
  name = 'orders',
): Promise<void> {
  if (!isApache(stage.dialect)) await stage.seen(now => savepointState(now) === 'InProgress', name)
  else if (!hasSnapshots(stage.dialect)) await stage.seen(now => triggerIdOf(now) !== undefined, name)
  else
    await until(async () =>
      (await snapshotsOf(stage)).some(
        each =>
          valueAt(each, 'spec.jobReference.name') === name && valueAt(each, 'status.state') === 'IN_PROGRESS',
      ),
    )
}

/** Resolves once the operator knows so many completed savepoints of `orders`. */
export async function taken(stage: Stage, count = 1): Promise<void> {
  if (hasSnapshots(stage.dialect)) await until(async () => (await completedCount(stage)).count >= count)
  else await stage.seen(now => countIn(now) >= count)
}

/** How many of `orders` the operator knows to be complete, and where the newest is. */
export async function completedCount(stage: Stage): Promise<{ count: number; newest: string }> {
  if (!hasSnapshots(stage.dialect)) {
    const now = await stage.object()
    const kept = listAt(now, 'status', 'jobStatus', 'savepointInfo', 'savepointHistory').at(-1)
    const newest = valueAt(now, 'status.components.job.savepointLocation') ?? kept?.['location']
    return { count: countIn(now), newest: String(newest) }
  }
  const ended = (await snapshotsOf(stage))
    .filter(each => valueAt(each, 'spec.jobReference.name') === 'orders')
    .filter(each => valueAt(each, 'status.state') === 'COMPLETED')
    .toSorted((a, b) =>
      String(valueAt(a, 'status.resultTimestamp')).localeCompare(
        String(valueAt(b, 'status.resultTimestamp')),
      ),
    )
  return { count: ended.length, newest: String(valueAt(ended.at(-1) ?? {}, 'status.path')) }
}

function countIn(object: Fields): number {
  const kept = listAt(object, 'status', 'jobStatus', 'savepointInfo', 'savepointHistory').length
  if (kept > 0) return kept
  const generation = Number(valueAt(object, 'status.components.job.savepointGeneration') ?? 0)
  return savepointState(object) === 'InProgress' ? generation - 1 : generation
}
