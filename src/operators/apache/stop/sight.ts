import { sameLocation } from '../../../domain/location.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { ApacheFacts } from '../facts.ts'
import { type KeptSavepoint, timeAt } from '../savepoint-info.ts'
import { requestedSavepoint } from '../take/our-savepoint.ts'

/** The operator has suspended the job: the whole of it is there in one update (seen on 1.7.0 and 1.15.0). */
export function isSuspended({ lifecycle, wish, caughtUp }: ApacheFacts): boolean {
  return lifecycle === 'SUSPENDED' && wish.reconciled === 'suspended' && caughtUp !== false
}

/** The savepoint that the job was suspended with: another upgradeSavepointPath than before, or up to 1.9 a new one of type UPGRADE. */
export function savepointLeft(before: ApacheFacts, now: ApacheFacts): Savepoint | undefined {
  const requested = requestedSavepoint(now, { trigger: 'update' })
  const { upgradePath, savepoints } = now
  const kept = upgraded(savepoints.last)
  if (upgradePath !== undefined) {
    if (sameLocation(upgradePath, before.upgradePath)) return undefined
    const noted = kept && sameLocation(kept.location, upgradePath) ? kept : undefined
    return completed(requested, now, upgradePath, noted)
  }
  const isNew = kept && !sameLocation(kept.location, before.savepoints.last?.location)
  return isNew ? completed(requested, now, kept.location, kept) : undefined
}

function upgraded(last: KeptSavepoint | undefined): KeptSavepoint | undefined {
  return last?.trigger === 'update' ? last : undefined
}

function completed(
  requested: Savepoint,
  now: ApacheFacts,
  location: string,
  kept: KeptSavepoint | undefined,
): Savepoint {
  const completedAt = timeAt(kept?.at)
  return {
    ...requested,
    state: 'Completed',
    location,
    ...(kept?.format && { format: kept.format }),
    ...(completedAt && { completedAt }),
    restartPoint: sameLocation(location, now.restartPoint),
  }
}

/** Where the savepoint lies with which the operator has suspended the job, if that is how it ended. */
export function left(facts: ApacheFacts): string | undefined {
  const { wish, upgradePath, savepoints, lastState } = facts
  if (!isSuspended(facts) || lastState || wish.wanted !== 'suspended') return undefined
  return upgradePath ?? upgraded(savepoints.last)?.location
}
