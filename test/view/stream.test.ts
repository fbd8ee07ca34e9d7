import assert from 'node:assert/strict'
import type { Printable } from '../../src/domain/printable.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { type Format, formatOf } from '../../src/view/format.ts'
import { renderNext, untilUnread } from '../../src/view/stream.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'shop',
  name: 'orders',
  uid: 'u',
}

function savepoint(location: string): Savepoint {
  const known = { state: 'Completed', type: 'savepoint', restartPoint: false, origin: false } as const
  return { job, ...known, location, completedAt: '2026-03-01T11:59:00Z', sources: ['status'] }
}

const listOf = (...locations: string[]): Printable => ({
  kind: 'SavepointList',
  value: { items: locations.map(savepoint) },
})

async function printed(output: string, ...pieces: Printable[]): Promise<string> {
  const format: Format = await formatOf(output)
  const above = { widths: [], documents: 0 }
  let text = ''
  for (const piece of pieces)
    text += await renderNext(piece, format, {
      now,
      colour: false,
      noHeaders: false,
      allNamespaces: false,
      above,
    })
  return text
}

describe('what comes while somebody watches', () => {
  it('stands in the columns of the rows above, which only grow', async () => {
    const scheduled = savepoint('gs://bucket/two')
    const second: Printable = {
      kind: 'SavepointList',
      value: { items: [{ ...scheduled, trigger: 'scheduled', name: 'a-long-name' }] },
    }
    assert.equal(
      await printed('table', listOf('gs://bucket/one'), second, listOf('gs://b/3', 'gs://b/4')),
      `\
NAME   STATE       TRIGGER   AGE   DURATION   LOCATION
-      Completed   -         60s   -          gs://bucket/one
a-long-name   Completed   scheduled   60s   -          gs://bucket/two
-             Completed   -           60s   -          gs://b/3
-             Completed   -           60s   -          gs://b/4
`,
    )
  })

  it('has its headers above the first row, whenever that comes', async () => {
    assert.equal(
      await printed('custom-columns=WHERE:.location', listOf(), listOf('gs://b/1'), listOf('gs://b/2')),
      'WHERE\ngs://b/1\ngs://b/2\n',
    )
  })

  it('is a document each for programs', async () => {
    const json = await printed('json', listOf('gs://b/1', 'gs://b/2'), listOf(), listOf('gs://b/3'))
    const documents = json
      .split(/(?<=^\})\n/m)
      .filter(text => text !== '')
      .map(text => JSON.parse(text))
    assert.deepEqual(
      documents.map(({ kind, location }) => ({ kind, location })),
      ['gs://b/1', 'gs://b/2', 'gs://b/3'].map(location => ({ kind: 'Savepoint', location })),
    )
    const yaml = await printed('yaml', listOf('gs://b/1', 'gs://b/2'))
    assert.deepEqual(yaml.match(/^(---|kind: .*|location: .*)$/gm), [
      'kind: Savepoint',
      'location: gs://b/1',
      '---',
      'kind: Savepoint',
      'location: gs://b/2',
    ])
    assert.equal(
      await printed('jsonpath={.location}{"\\n"}', listOf('gs://b/1'), listOf('gs://b/2')),
      'gs://b/1\ngs://b/2\n',
    )
    assert.equal(await printed('name', listOf('gs://b/1'), listOf('gs://b/2')), 'gs://b/1\ngs://b/2\n')
  })

  it('ends when nobody reads any more, also while nothing comes', async () => {
    const unread = new AbortController()
    async function* forEver() {
      yield 1
      await new Promise(() => undefined)
    }
    const seen: number[] = []
    for await (const piece of untilUnread(forEver(), unread.signal)) {
      seen.push(piece)
      setImmediate(() => unread.abort())
    }
    assert.deepEqual(seen, [1])
  })

  it('ends as the watching ends, well or not', async () => {
    async function* broken() {
      yield 1
      throw new Error('lost')
    }
    const seen: number[] = []
    await assert.rejects(async () => {
      for await (const piece of untilUnread(broken())) seen.push(piece)
    }, /lost/)
    assert.deepEqual(seen, [1])
  })
})
