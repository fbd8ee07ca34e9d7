import type { Agent } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../domain/ports.ts'

/**
 * A handshake costs as much as ten requests on the connection that it makes. So a second request waits for the connection of the
 * first, where the server is near enough for that: connected to within `nearMs`, and answering within `answerMs`. Where the
 * server is far, or where several connections are there already, nobody waits.
 */
const nearMs = 10
const answerMs = 25

/** A watch keeps its connection: whoever waited for that would wait in vain. */
const watching = new WeakSet<Agent>()

/** Sends when it is the request's turn, before anybody else can look. */
export async function inTurn<T>(
  agent: Agent,
  clock: Clock,
  send: () => T,
  lasts = false,
): Promise<Awaited<T>> {
  if (lasts) watching.add(agent)
  const began = clock.now()
  for (;;) {
    const busy = watching.has(agent) ? undefined : onlyConnection(agent)
    const patience = busy ? (busy.connecting ? nearMs : answerMs) - (clock.now() - began) : 0
    if (!busy || patience <= 0) return await send()
    const over = new AbortController()
    await Promise.race([changeOf(agent, busy), clock.sleep(patience, over.signal)])
    over.abort('turned')
  }
}

/** The one connection that there is, and that is in use. */
function onlyConnection({ sockets, freeSockets }: Agent): Socket | undefined {
  const [busy, ...more] = Object.values(sockets).flatMap(each => each ?? [])
  const free = Object.values(freeSockets).some(each => each !== undefined && each.length > 0)
  return free || more.length > 0 ? undefined : busy
}

const changes = new WeakMap<Socket, Promise<void>>()

/** It is connected, free or gone. One for all who wait. */
function changeOf(agent: Agent, busy: Socket): Promise<void> {
  const known = changes.get(busy)
  if (known) return known
  const { promise, resolve } = Promise.withResolvers<void>()
  const told = () => {
    changes.delete(busy)
    // The agent listens to 'free' before us: the connection is with the free ones by now.
    agent.off('free', told)
    for (const event of ['connect', 'close']) busy.off(event, told)
    resolve()
  }
  agent.on('free', told)
  for (const event of ['connect', 'close']) busy.on(event, told)
  changes.set(busy, promise)
  return promise
}
