import { textAt } from '../../domain/fields.ts'
import { sameLocation } from '../../domain/location.ts'
import type { JobRef, Savepoint } from '../../domain/savepoint.ts'
import type { ApacheFacts } from './facts.ts'
import type { Reconciled } from './reconciled.ts'
import { type KeptSavepoint, timeAt } from './savepoint-info.ts'

/** Every savepoint that the object itself tells of. */
export function listedSavepoints(facts: ApacheFacts, reconciled: Reconciled): Savepoint[] {
  const { job, savepoints } = facts
  const { last, history } = savepoints
  const kept =
    last && !history.some(({ location }) => location === last.location) ? [...history, last] : history
  return [...wanted(facts), ...kept.map(each => keptSavepoint(job, each)), ...upgraded(facts, reconciled)]
}

/** One that was kept; UNKNOWN is what the job was started from, with a time that is none of its own (seen on 1.7.0). */
export function keptSavepoint(job: JobRef, { location, at, trigger, format }: KeptSavepoint): Savepoint {
  const time = trigger === undefined ? undefined : timeAt(at)
  return {
    ...bare(job, 'Completed'),
    ...typed(location),
    ...(trigger && { trigger }),
    ...(format && { format }),
    ...(time && (trigger === 'update' ? { completedAt: time } : { requestedAt: time })),
    origin: trigger === undefined,
  }
}

/** In flight, or asked for by a nonce that was not looked at yet. */
function wanted({ job, flinkJobId, savepoints, pendingGeneration }: ApacheFacts): Savepoint[] {
  const { inFlight } = savepoints
  if (!inFlight)
    return pendingGeneration === undefined ? [] : [{ ...bare(job, 'Requested'), trigger: 'manual' }]
  const { id, at, trigger, format } = inFlight
  const requestedAt = timeAt(at)
  return [
    {
      ...bare(job, 'InProgress'),
      ...(trigger && { trigger }),
      triggerId: id,
      ...(flinkJobId && { flinkJobId }),
      ...(format && { format }),
      ...(requestedAt && { requestedAt }),
    },
  ]
}

/** What the job was started from; of a job that its operator has suspended, what it was suspended with. */
function upgraded(
  { job, upgradePath, savepoints, lifecycle, lastState }: ApacheFacts,
  reconciled: Reconciled,
): Savepoint[] {
  if (upgradePath === undefined) return []
  if (savepoints.history.some(({ location }) => sameLocation(location, upgradePath))) return []
  const declared = sameLocation(upgradePath, textAt(reconciled.job, 'initialSavepointPath'))
  const left = lifecycle === 'SUSPENDED' && !lastState && !declared
  return [
    { ...bare(job, 'Completed'), ...typed(upgradePath), ...(left && { trigger: 'update' }), origin: !left },
  ]
}

/** A last-state upgrade leaves the path of a checkpoint (flink-runtime AbstractFsCheckpointStorageAccess: `chk-7`). */
function typed(location: string): Pick<Savepoint, 'location' | 'type'> {
  return { location, type: /\/chk-\d+\/*$/.test(location) ? 'checkpoint' : 'savepoint' }
}

function bare(job: JobRef, state: Savepoint['state']): Savepoint {
  return { job, state, type: 'savepoint', restartPoint: false, origin: false, sources: ['status'] }
}
