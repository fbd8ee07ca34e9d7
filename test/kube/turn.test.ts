import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Agent } from 'node:http'
import type { Clock } from '../../src/domain/ports.ts'
import { inTurn } from '../../src/kube/turn.ts'

class Connection extends EventEmitter {
  connecting = true
}

/** As much of Node's agent as is looked at; connections of one server. */
class Connections extends EventEmitter {
  sockets: Record<string, Connection[]> = {}
  freeSockets: Record<string, Connection[]> = {}

  /** A request takes the free connection, or makes a new one. */
  take(): Connection {
    const [free] = this.freeSockets['server'] ?? []
    const connection = free ?? new Connection()
    this.freeSockets = {}
    this.sockets = { server: [...(this.sockets['server'] ?? []), connection] }
    return connection
  }

  free(connection: Connection): void {
    this.sockets = {}
    this.freeSockets = { server: [connection] }
    this.emit('free')
  }
}

describe('the turn of a request', () => {
  let connections: Connections
  let agent: Agent
  let nowMs: number
  let timers: { at: number; due(): void }[]
  let clock: Clock
  const sent: Connection[] = []
  beforeEach(() => {
    connections = new Connections()
    agent = connections as unknown as Agent
    nowMs = 0
    timers = []
    sent.length = 0
    const sleep = (ms: number) => new Promise<void>(due => timers.push({ at: nowMs + ms, due }))
    clock = { now: () => nowMs, sleep }
  })

  const settled = () => new Promise(resolve => setImmediate(resolve))
  const pass = async (ms: number) => {
    await settled()
    nowMs += ms
    for (const { at, due } of timers) if (at <= nowMs) due()
    await settled()
  }
  const ask = (lasts?: boolean) => inTurn(agent, clock, () => sent.push(connections.take()), lasts)
  const connectionsMade = () => new Set(sent).size
  it('comes at once for the first, and for the next as soon as its connection is free', async () => {
    await ask()
    const [first] = sent
    assert.ok(first)
    const others = Promise.all(Array.from({ length: 20 }, () => ask()))
    first.connecting = false
    first.emit('connect')
    await pass(20)
    assert.deepEqual([sent.length, connectionsMade()], [1, 1])
    for (let answered = 1; answered <= 20; answered++) {
      connections.free(first)
      await settled()
      assert.deepEqual([sent.length, connectionsMade()], [1 + answered, 1])
    }
    await others
    assert.deepEqual([connections.listenerCount('free'), first.listenerCount('close')], [0, 0])
  })

  it('comes after a moment where the server is far: it has a connection of its own then', async () => {
    await ask()
    const second = ask()
    await pass(9)
    assert.equal(sent.length, 1)
    await pass(1)
    await second
    assert.deepEqual([sent.length, connectionsMade()], [2, 2])
  })

  it('comes where the answer to the first lets itself be waited for', async () => {
    await ask()
    const [first] = sent
    assert.ok(first)
    const second = ask()
    first.connecting = false
    first.emit('connect')
    await pass(24)
    assert.equal(sent.length, 1)
    await pass(1)
    await second
    assert.deepEqual([sent.length, connectionsMade()], [2, 2])
  })

  it('comes when the connection is lost', async () => {
    await ask()
    const second = ask()
    await settled()
    connections.sockets = {}
    sent[0]?.emit('close')
    await second
    assert.deepEqual([sent.length, connectionsMade()], [2, 2])
  })

  it('comes at once beside a watch, which keeps its connection', async () => {
    await ask(true)
    await ask()
    assert.deepEqual([sent.length, connectionsMade()], [2, 2])
  })
})
