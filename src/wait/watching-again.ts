import type { Clock, Person } from '../domain/ports.ts'

/** Streams that one outage breaks are noticed within moments, and so is the next failure to take them up. */
const oneOutageMs = 5_000

/** Hears of each stream that was lost and is being taken up again, and why. */
export type WatchingAgain = (reason: string) => void

/** One line for all that are lost together. */
export function tellWatchingAgain(person: Pick<Person, 'tell'>, clock: Clock): WatchingAgain {
  let toldAt = Number.NEGATIVE_INFINITY
  return reason => {
    if (clock.now() - toldAt < oneOutageMs) return
    toldAt = clock.now()
    person.tell(`watching again: ${reason}`)
  }
}
