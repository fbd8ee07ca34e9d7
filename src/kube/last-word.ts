import type { Clock } from '../domain/ports.ts'

const lastWordMs = 3_000

/**
 * What ends a write on its way: Ctrl-C, but only when the answer has had a little longer to come. A patch that was cut off may be
 * carried out all the same, and what was changed must be told (seen on kube-apiserver 1.36: the watch of another
 * client shows a change before its own answer has left).
 */
export function lastWord(interrupted: AbortSignal, clock: Clock): AbortSignal {
  return interrupted.aborted ? interrupted : aLittleAfter(interrupted, clock)
}

/** What ends a request of a `late` write, which may begin after Ctrl-C: it has as long from then on. */
export function aLittleAfter(interrupted: AbortSignal, clock: Clock): AbortSignal {
  const end = new AbortController()
  const wait = () => void clock.sleep(lastWordMs).then(() => end.abort())
  if (interrupted.aborted) wait()
  else interrupted.addEventListener('abort', wait, { once: true })
  return end.signal
}
