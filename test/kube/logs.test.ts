import assert from 'node:assert/strict'
import type { LogWish } from '../../src/domain/ports.ts'
import { status } from './support/api-server.ts'
import { bench } from './support/bench.ts'

const path = 'GET /api/v1/namespaces/ns/pods/operator-1/log'
const wish: LogWish = {
  namespace: 'ns',
  pod: 'operator-1',
  container: 'manager',
  sinceSeconds: 0.2,
  lines: 100,
}

describe("a container's log", () => {
  const b = bench()
  const { within } = b

  const lines = (more: Partial<LogWish> = {}) =>
    within(async door => {
      const read: string[] = []
      for await (const line of door.cluster.logs({ ...wish, ...more }, new AbortController().signal))
        read.push(line)
      return read
    })

  const text = (...pieces: readonly (string | Buffer)[]) => ({
    on: () =>
      b.server.on(path, response => {
        response.writeHead(200, { 'content-type': 'text/plain' })
        for (const piece of pieces) response.write(piece)
        response.end()
      }),
  })

  it('comes line by line, however it is cut on its way; the last needs no end', async () => {
    const bytes = Buffer.from('one\nzwölf\n\nlast')
    text(bytes.subarray(0, 7), bytes.subarray(7)).on()
    assert.deepEqual(await lines(), ['one', 'zwölf', '', 'last'])
    assert.deepEqual(b.server.seen[0]?.query, { container: 'manager', sinceSeconds: '1', tailLines: '100' })
  })

  it('is that before the container was started again, where that is asked for', async () => {
    text('panic\n').on()
    assert.deepEqual(await lines({ previous: true }), ['panic'])
    assert.equal(b.server.seen[0]?.query['previous'], 'true')
  })

  it('has no line longer than a container runtime writes one', async () => {
    text('x'.repeat(100_000), 'y'.repeat(100_000), '\nnext\n').on()
    const read = await lines()
    assert.deepEqual(
      read.map(line => line.length),
      [16 * 1024, 4],
    )
  })

  it('is refused as the server says it', async () => {
    b.server.on(path, status(403, 'Forbidden', 'pods "operator-1" is forbidden'))
    await assert.rejects(lines(), {
      message: 'Error from server (Forbidden): pods "operator-1" is forbidden',
    })
  })
})
