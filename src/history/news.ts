import { normalisedLocation } from '../domain/location.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { timeOf } from './order.ts'
import { hasEnded } from './unrecorded.ts'

/** So many of one job are remembered: an operator keeps one, and a status that runs backwards shows one more. */
const mostRemembered = 64
/** Spotify's operator tries a failing generation several times a second, for ever (seen on v0.6): that is told so often. */
const sameFailureMs = 60_000

interface Told {
  readonly keys: Set<string>
  failure?: { readonly message: string; readonly at: number }
}

/** Tells of savepoints that have ended once each. */
export interface News {
  /** What was told already. */
  add(savepoints: readonly Savepoint[]): void
  /** Of these, what is new since, oldest first. */
  fresh(savepoints: readonly Savepoint[]): Savepoint[]
  forget(uid: string): void
}

/** `wanted`: only what is of this type is told. */
export function savepointNews(wanted: Savepoint['type'] | 'all' = 'savepoint'): News {
  const isNews = (one: Savepoint) => (wanted === 'all' || one.type === wanted) && hasEnded(one)
  const jobs = new Map<string, Told>()
  const of = (uid: string): Told => {
    const told = jobs.get(uid) ?? { keys: new Set() }
    jobs.set(uid, told)
    return told
  }
  return {
    add(savepoints) {
      for (const savepoint of savepoints) if (isNews(savepoint)) remember(of(savepoint.job.uid), savepoint)
    },
    fresh(savepoints) {
      const news = savepoints.filter(isNews).filter(one => !of(one.job.uid).keys.has(keyOf(one)))
      return news.reverse().filter(savepoint => {
        const told = of(savepoint.job.uid)
        const again = isSameFailure(told, savepoint)
        remember(told, savepoint, !again)
        return !again
      })
    },
    forget: uid => void jobs.delete(uid),
  }
}

function remember(told: Told, savepoint: Savepoint, isTold = true): void {
  const { keys } = told
  keys.add(keyOf(savepoint))
  for (const oldest of keys) {
    if (keys.size <= mostRemembered) break
    keys.delete(oldest)
  }
  const { failure } = savepoint
  if (failure && isTold && timeOf(savepoint) >= (told.failure?.at ?? 0))
    told.failure = { message: failure.message, at: timeOf(savepoint) }
}

function isSameFailure({ failure }: Told, savepoint: Savepoint): boolean {
  if (!failure || savepoint.failure?.message !== failure.message) return false
  return Math.abs(timeOf(savepoint) - failure.at) < sameFailureMs
}

function keyOf({ location, triggerId, requestedAt, failure }: Savepoint): string {
  if (location !== undefined) return normalisedLocation(location)
  return triggerId ?? `${requestedAt} ${failure?.message}`
}
