import assert from 'node:assert/strict'
import type { Restore } from '../../src/domain/plan.ts'
import { resourceOf } from '../../src/domain/resource.ts'
import { addEntries } from '../../src/history/add-entries.ts'
import { entryOfRestore, formatEntry, type RecordEntry, type TakeEntry } from '../../src/history/entry.ts'
import { parseEntry } from '../../src/history/parse-entry.ts'
import { emptyRecord, entriesOf, parseRecord, recordData, recordRef } from '../../src/history/record.ts'

const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'shop',
  name: 'orders',
}
const now = Date.parse('2026-03-01T12:00:00Z')
const uid = '0b7f3c1e-9a68-4bb5-8f0a-0d5e0f4b1f11'

const take: TakeEntry = {
  action: 'take',
  uid,
  state: 'Completed',
  location: 'gs://bucket/orders/savepoint-ef5f05-550496d6e5a5',
  trigger: 'manual',
  generation: 5,
  triggerId: 'fd3a9e16bfb4970bbcb746d64689b0a7',
  flinkJobId: 'ef5f05038af357c0704cca2bf611ae92',
  format: 'CANONICAL',
  requestedAt: '2026-03-01T11:00:00Z',
  completedAt: '2026-03-01T11:00:10Z',
  durationMillis: 10_000,
}

const restore: RecordEntry = {
  action: 'restore',
  uid,
  state: 'Restored',
  target: 'gs://bucket/orders/savepoint-ef5f05-550496d6e5a5',
  requestedAt: '2026-03-01T11:30:00Z',
  flinkJobId: 'ef5f05038af357c0704cca2bf611ae92',
  completedAt: '2026-03-01T11:30:40Z',
  safety: 'gs://bucket/orders/savepoint-ef5f05-aaaaaaaaaaaa',
  restartPoint: 'gs://bucket/orders/savepoint-ef5f05-550496d6e5a5',
  changes: [{ path: 'spec.job.allowNonRestoredState', from: false, to: true }],
}

function configMap(data: unknown, labels: unknown = { 'app.kubernetes.io/managed-by': 'kubectl-flinksp' }) {
  const metadata = { name: 'flinksp-flinkcluster-orders', namespace: 'shop', labels }
  const resource = resourceOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
  assert.ok(resource)
  return resource
}

function parsed(entries: unknown) {
  return parseRecord(
    configMap({ version: '1', job: 'flinkcluster.flinkoperator.k8s.io/orders', entries }),
    job,
    now,
  )
}

function entriesIn(text: string) {
  const answer = parsed(text)
  assert.ok('record' in answer)
  return { entries: entriesOf(answer.record), dropped: answer.record.dropped }
}

describe('the record', () => {
  it('lies in a ConfigMap named after kind and name', () => {
    assert.deepEqual(recordRef(job), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'shop',
      name: 'flinksp-flinkcluster-orders',
    })
  })

  it('gives long names a hash, so that they stay below 253 characters and apart', () => {
    const names = ['a', 'b'].map(last => recordRef({ ...job, name: 'x'.repeat(249) + last }).name)
    assert.deepEqual(
      names.map(name => [name.length, /^flinksp-flinkcluster-x+-[0-9a-f]{16}$/.test(name)]),
      [
        [253, true],
        [253, true],
      ],
    )
    assert.notEqual(names[0], names[1])
  })

  it('says on one line of JSON what was done, for people to read', () => {
    const record = addEntries(emptyRecord, [take])
    assert.deepEqual(recordData(record, job), {
      version: '1',
      job: 'flinkcluster.flinkoperator.k8s.io/orders',
      entries:
        '{"action":"take","uid":"0b7f3c1e-9a68-4bb5-8f0a-0d5e0f4b1f11","state":"Completed","location":"gs://bucket/orders/savepoint-ef5f05-550496d6e5a5","trigger":"manual","generation":5,"triggerId":"fd3a9e16bfb4970bbcb746d64689b0a7","flinkJobId":"ef5f05038af357c0704cca2bf611ae92","format":"CANONICAL","requestedAt":"2026-03-01T11:00:00Z","completedAt":"2026-03-01T11:00:10Z","durationMillis":10000}\n',
    })
  })

  it('reads back what it wrote', () => {
    const failed: TakeEntry = {
      action: 'take',
      uid,
      state: 'Failed',
      triggerId: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      requestedAt: '2026-03-01T11:10:00Z',
      failure: { message: 'Savepoint error: timed out', rootCause: 'No space left on device' },
    }
    const written = recordData(addEntries(emptyRecord, [take, failed, restore]), job)
    assert.deepEqual(parseRecord(configMap(written), job, now), {
      record: {
        lines: [take, failed, restore].map(entry => ({ text: formatEntry(entry), entry })),
        dropped: 0,
      },
    })
  })

  it('keeps of a restore what its result says, and what was before it', () => {
    const completed = { state: 'Completed', type: 'savepoint', restartPoint: false, origin: false } as const
    const entry = entryOfRestore(
      {
        job: { ...job, uid },
        savepoint: { location: 'gs://bucket/orders/savepoint-ef5f05-550496d6e5a5' },
        changes: [{ path: 'spec.job.allowNonRestoredState', from: false, to: true }],
        steps: [],
        risks: [],
        state: 'Restored',
        safetySavepoint: {
          ...completed,
          job: { ...job, uid },
          location: 'gs://bucket/orders/savepoint-ef5f05-aaaaaaaaaaaa',
          sources: ['status'],
        },
        proof: { operator: true, rest: true },
      },
      {
        requestedAt: '2026-03-01T11:30:00Z',
        completedAt: '2026-03-01T11:30:40Z',
        flinkJobId: 'ef5f05038af357c0704cca2bf611ae92',
        restartPoint: 'gs://bucket/orders/savepoint-ef5f05-550496d6e5a5',
      },
    )
    assert.deepEqual(entry, restore)
  })

  it('leaves out changes of a restore that it could not read back', () => {
    const told: Restore = {
      job: { ...job, uid },
      savepoint: { location: 'gs://b/s-1' },
      changes: [
        { path: 'status.control', from: { name: 'job-cancel' } },
        { path: 'spec.job.args', from: ['a'], to: ['b'] },
        { path: 'spec.job.note', to: 'x'.repeat(5_000) },
        { path: 'spec.job.fromSavepoint', to: 'gs://b/s-1' },
        ...Array.from({ length: 40 }, (_, n) => ({ path: `spec.a${n}`, to: n })),
      ],
      steps: [],
      risks: [],
      state: 'Restored',
      proof: { operator: true, rest: true },
    }
    const entry = entryOfRestore(told, { requestedAt: '2026-03-01T11:00:00Z' })
    assert.deepEqual([entry.changes?.length, entry.changes?.[0]], [32, told.changes[3]])
    assert.deepEqual(parseEntry(formatEntry(entry), now), entry)
  })

  it('normalises times that were written by hand in another zone', () => {
    const { entries } = entriesIn(formatEntry({ ...take, completedAt: '2026-03-01T13:00:10+02:00' }))
    assert.deepEqual(entries, [{ ...take, completedAt: '2026-03-01T11:00:10Z' }])
  })

  it('is not used if it is not labelled, of another version, or of another job', () => {
    const data = recordData(addEntries(emptyRecord, [take]), job)
    const answers = [
      parseRecord(configMap(data, {}), job, now),
      parseRecord(configMap({ ...data, version: '2' }), job, now),
      parseRecord(configMap(data), { ...job, name: 'payments' }, now),
      parseRecord(configMap('none'), job, now),
    ]
    assert.deepEqual(answers, [
      { unusable: 'it has no label app.kubernetes.io/managed-by=kubectl-flinksp' },
      { unusable: 'its format is not version 1' },
      { unusable: 'it belongs to another job' },
      { unusable: 'its format is not version 1' },
    ])
  })

  const bad: Record<string, string> = {
    'a line that is no JSON': 'savepoints: [yes]',
    'an array': '[1,2]',
    'a completed take without a location': line({ location: undefined }),
    'a failed take with a location': line({ state: 'Failed' }),
    'a location of another type': line({ location: ['gs://bucket/x'] }),
    'a location without scheme or root': line({ location: 'bucket/x' }),
    'a location that moves the cursor': line({ location: 'gs://bucket/\u001b[2Jx' }),
    'a location that is written backwards': line({ location: 'gs://bucket/\u202ex' }),
    'a location of 5,000 characters': line({ location: `gs://${'x'.repeat(5_000)}` }),
    'a time that is none': line({ completedAt: 'yesterday' }),
    'a time of next year': line({ completedAt: '2027-03-01T12:00:00Z' }),
    'a generation that is no number': line({ generation: '5' }),
    'a negative generation': line({ generation: -1 }),
    'a trigger id that is none': line({ triggerId: '../../secrets' }),
    'a state that is none': line({ state: 'Perfect' }),
    'no uid': line({ uid: undefined }),
    'a failure that is a text': line({ state: 'Failed', location: undefined, failure: 'no' }),
    'an entry of 20,000 characters': line({ note: 'x'.repeat(20_000) }),
    'prototype pollution': `{"__proto__":{"action":"take","state":"Completed"},"action":"take"}`,
    'an action with a newline': line({ action: 'take\nx' }),
  }
  for (const [what, text] of Object.entries(bad)) {
    it(`drops and counts ${what}, and keeps the rest`, () => {
      const { entries, dropped } = entriesIn(`${text}\n${formatEntry(take)}\n`)
      assert.deepEqual(entries, [take])
      assert.equal(dropped, text.split('\n').length)
      assert.equal(({} as { state?: string }).state, undefined)
    })
  }

  it('keeps lines of an action that only a newer version knows', () => {
    const newer = '{"action":"rescale","uid":"u"}'
    const answer = parsed(`${newer}\n${formatEntry(take)}\n`)
    assert.deepEqual(answer, {
      record: { lines: [{ text: newer }, { text: formatEntry(take), entry: take }], dropped: 0 },
    })
  })

  it('cuts and cleans a failure before it is written', () => {
    const message = `first\n\tat java.lang.Thread\u001b[31m ${'x'.repeat(2_000)}`
    const text = formatEntry({ action: 'take', uid, state: 'Failed', failure: { message } })
    const { entries } = entriesIn(text)
    const expected = `first at java.lang.Thread [31m ${'x'.repeat(2_000)}`.slice(0, 1_024)
    assert.deepEqual(entries, [{ action: 'take', uid, state: 'Failed', failure: { message: expected } }])
  })

  it('holds 200 entries, and drops the oldest', () => {
    const many = Array.from({ length: 205 }, (_, at) => numbered(at))
    const record = addEntries(emptyRecord, many)
    assert.deepEqual(entriesOf(record), many.slice(5))
  })

  it('holds 512 KiB, and drops the oldest', () => {
    const wide = Array.from({ length: 190 }, (_, at) => ({
      ...numbered(at),
      location: `gs://bucket/${'ü'.repeat(2_000)}${at}`,
    }))
    const record = addEntries(emptyRecord, wide)
    const bytes = Buffer.byteLength(recordData(record, job)['entries'] ?? '')
    assert.ok(bytes <= 512 * 1024 && bytes > 500 * 1024, `${bytes} bytes`)
    assert.deepEqual(entriesOf(record).at(-1), wide.at(-1))
  })

  it('reads no more than that, whatever stands there', () => {
    const flood = `${formatEntry(numbered(1))}\n`.repeat(20_000)
    const { entries, dropped } = entriesIn(`${flood}${formatEntry(take)}\n`)
    assert.equal(entries.length, 200)
    assert.deepEqual(entries.at(-1), take)
    assert.ok(dropped > 0)
  })

  it('replaces an entry by what is known of the same trigger later, and never forgets an end', () => {
    const { location: _, completedAt: __, durationMillis: ___, ...asked } = take
    const running: TakeEntry = { ...asked, state: 'InProgress' }
    const first = addEntries(emptyRecord, [running, restore])
    assert.deepEqual(entriesOf(addEntries(first, [take])), [restore, take])
    assert.deepEqual(entriesOf(addEntries(addEntries(first, [take]), [running])), [restore, take])
  })

  it('never throws and stays bounded, whatever the ConfigMap holds', () => {
    const random = generator(7)
    const words = [
      '"',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      'take',
      'action',
      '\n',
      '\u0000',
      '\ud800',
      'uid',
      '1e999',
      '__proto__',
    ]
    for (let round = 0; round < 2_000; round++) {
      const text = Array.from({ length: random(60) }, () => words[random(words.length)]).join('')
      const answer = parsed(text)
      assert.ok('record' in answer && answer.record.lines.length <= 200)
    }
    for (const data of [null, 1, [], 'x', { entries: 1 }, { version: 1 }, { version: '1', job: {} }]) {
      assert.ok('unusable' in parseRecord(configMap(data), job, now))
    }
    for (const entries of [null, 1, [], {}, '', '\n\n']) {
      assert.deepEqual(parsed(entries), { record: { lines: [], dropped: 0 } })
    }
  })
})

function line(changes: Record<string, unknown>): string {
  return JSON.stringify({ ...take, ...changes })
}

function numbered(at: number): TakeEntry {
  return { action: 'take', uid, state: 'Completed', location: `gs://bucket/orders/savepoint-${at}` }
}

/** A linear congruential generator: the same numbers in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state % below
  }
}
