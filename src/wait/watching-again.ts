import type { Clock, Person } from '../domain/ports.ts'

/** Streams that one outage breaks are noticed within moments, and so is the next failure to take them up. */
const oneOutageMs = 5_000

/** Tells that a stream was lost and is being taken up again: one line for all that are lost together. */
export function tellWatchingAgain(person: Pick<Person, 'tell'>, clock: Clock): (reason: string) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return reason => {
    if (clock.now() - toldAt < oneOutageMs) return
    toldAt = clock.now()
    person.tell(`watching again: ${reason}`)
  }
}
