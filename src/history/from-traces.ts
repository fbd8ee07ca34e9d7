import type { ObjectEvent } from '../domain/event.ts'
import { listAt, textAt } from '../domain/fields.ts'
import { normalisedLocation } from '../domain/location.ts'
import type { Resource } from '../domain/resource.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import { utcOf } from '../domain/time.ts'
import type { Traces } from '../operators/job-operator.ts'
import { defined, shortened } from './entry.ts'

const longestLocation = 4_096

/** What this object was ever to be started from, as its ControllerRevisions keep it; nobody saw those savepoints taken. */
export function savepointsOfRevisions(
  revisions: readonly Resource[],
  job: JobRef,
  origin: Traces['origin'],
): Savepoint[] {
  const locations = new Map<string, string>()
  for (const revision of revisions.filter(({ body }) => isOwnedBy(job, body))) {
    const location = origin(revision)
    if (location === undefined || location.length > longestLocation) continue
    const place = normalisedLocation(location)
    if (!locations.has(place)) locations.set(place, location)
  }
  const known = { state: 'Completed', type: 'savepoint', restartPoint: false, origin: true } as const
  return [...locations.values()].map(location => ({ job, ...known, location, sources: ['revisions'] }))
}

/** The savepoints that failed while Events are kept (an hour by default): incomplete, since recorders drop many of one object. */
export function savepointsOfEvents(
  events: readonly ObjectEvent[],
  job: JobRef,
  failures: Traces['failures'],
): Savepoint[] {
  return failures(events).map(({ at, message, triggerId, trigger }) => ({
    job,
    state: 'Failed',
    type: 'savepoint',
    ...defined({ trigger, triggerId }),
    requestedAt: utcOf(at),
    failure: { message: shortened(message) || 'the operator gave no reason' },
    restartPoint: false,
    origin: false,
    sources: ['events'],
  }))
}

function isOwnedBy({ uid }: JobRef, body: Resource['body']): boolean {
  return listAt(body, 'metadata', 'ownerReferences').some(owner => textAt(owner, 'uid') === uid)
}
