import type { Candidate } from '../domain/candidate.ts'
import { humanDuration } from '../domain/duration.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import { timeOf } from './order.ts'

/** A savepoint that a job can be started from. */
export type Restorable = Savepoint & { readonly location: string }

/** Nobody looks through more. */
const mostOfAKind = 20

/**
 * The short words that name a savepoint of this object: `latest` and those before it, names, generations; of each kind the
 * newest first. `list` is merged, newest first; `now`: epoch ms.
 */
export function candidates(list: readonly Savepoint[], job: JobRef, now: number): readonly Candidate[] {
  const own = list.filter(isRestorable).filter(({ job: { uid } }) => uid === job.uid)
  const described = (word: string, savepoint: Restorable) => ({ word, description: describe(savepoint, now) })
  const latest = own
    .filter(isTaken)
    .slice(0, mostOfAKind)
    .map((savepoint, back) => described(back === 0 ? 'latest' : `latest~${back}`, savepoint))
  const named = own.flatMap(one => (one.name === undefined ? [] : [described(one.name, one)]))
  const numbered = own
    .flatMap(one => (one.generation === undefined ? [] : [described(`gen:${one.generation}`, one)]))
    .slice(0, mostOfAKind)
  return [...latest, ...named, ...numbered]
}

/** `before-v2 (2h old)`, as a message lists it; undefined where no savepoint of this object has a name. */
export function knownNames(list: readonly Savepoint[], job: JobRef, now: number): string | undefined {
  const named = list
    .filter(isRestorable)
    .filter(({ name, job: { uid } }) => name !== undefined && uid === job.uid)
    .map(savepoint => `${savepoint.name} (${ageOf(savepoint, now)})`)
  const more = named.length > mostOfAKind ? ` and ${named.length - mostOfAKind} more` : ''
  return named.length === 0 ? undefined : `${named.slice(0, mostOfAKind).join(', ')}${more}`
}

export function isRestorable(known: Savepoint): known is Restorable {
  return known.state === 'Completed' && known.location !== undefined && known.gone === undefined
}

/** What `latest` counts: no checkpoint, and nothing that this object was merely started from. */
export function isTaken({ type, origin }: Savepoint): boolean {
  return type === 'savepoint' && !origin
}

/** `2h old, manual, gs://bucket/orders/savepoint-c0c55c-63ed75ba89c1` */
function describe(savepoint: Restorable, now: number): string {
  const { trigger, type, origin, note, location } = savepoint
  const what = origin ? 'origin' : (trigger ?? (type === 'checkpoint' ? type : undefined))
  return [ageOf(savepoint, now), what, note, location].filter(part => part !== undefined).join(', ')
}

function ageOf(savepoint: Savepoint, now: number): string {
  const time = timeOf(savepoint)
  return time > 0 && time <= now ? `${humanDuration(now - time)} old` : 'of unknown age'
}
