import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventsOf } from '../../../src/domain/event.ts'
import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import { type Resource, resourceOf } from '../../../src/domain/resource.ts'
import { traces } from '../../../src/operators/flink-cluster/traces.ts'

const uid = 'uid-of-orders'
const recordings = fileURLToPath(new URL('../../../../shared/traces/', import.meta.url))

interface Happened {
  readonly reason: string
  readonly message: string
  /** Seconds of 12:00, with milliseconds where the Event's name has them. */
  readonly at: number
  readonly last?: number
  readonly count?: number
  /** As a recorder that is not client-go's names it. */
  readonly unnamed?: boolean
}

const noon = Date.parse('2026-03-01T12:00:00Z')
const timeOf = (seconds: number) =>
  new Date(noon + Math.floor(seconds) * 1_000).toISOString().replace('.000', '')
const named = (at: number) => BigInt(noon + Math.round(at * 1_000)) * 1_000_000n

function event({ reason, message, at, last = at, count = 1, unnamed = false }: Happened): Resource {
  const suffix = unnamed ? '0123456789abcdef' : named(at).toString(16)
  const resource = resourceOf({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `orders.${suffix}`, namespace: 'default', uid: `event-${at}` },
    involvedObject: { kind: 'FlinkCluster', name: 'orders', uid },
    ...{ reason, message, count },
    firstTimestamp: timeOf(at),
    lastTimestamp: timeOf(last),
  })
  assert.ok(resource)
  return resource
}

function failuresOf(...happened: Happened[]) {
  return traces
    .failures(eventsOf(happened.map(event), uid))
    .map(({ at, ...rest }) => ({ at: (at - noon) / 1_000, ...rest }))
}

const triggered = (at: number, id: string, reason = 'scheduled'): Happened => ({
  reason: 'SavepointTriggered',
  message: `Triggered savepoint ${reason}: triggerID ${id.repeat(32)}.`,
  at,
})
const failed = (at: number, more: Partial<Happened> = {}): Happened => ({
  reason: 'SavepointFailed',
  message: 'Savepoint creation failed: Savepoint error: no space...',
  at,
  ...more,
})
const created = (at: number, more: Partial<Happened> = {}): Happened => ({
  reason: 'SavepointCreated',
  message: 'Successfully savepoint created',
  at,
  ...more,
})
const message = 'Savepoint error: no space...'
const ids = { a: 'a'.repeat(32), b: 'b'.repeat(32), c: 'c'.repeat(32) }

describe('the Events of a FlinkCluster', () => {
  it('tell which trigger failed, although the failure does not name it', () => {
    assert.deepEqual(failuresOf(triggered(1.5, 'a', 'user requested'), failed(1.75)), [
      { at: 1.5, message, triggerId: ids.a, trigger: 'manual' },
    ])
  })

  it('tell the first and the last of a failure that is counted', () => {
    assert.deepEqual(
      failuresOf(
        triggered(1, 'a'),
        failed(1.2, { last: 31, count: 3 }),
        triggered(10, 'b'),
        triggered(20, 'c'),
      ),
      [
        { at: 1, message, triggerId: ids.a, trigger: 'scheduled' },
        { at: 20, message, triggerId: ids.c, trigger: 'scheduled' },
      ],
    )
  })

  it('tell a failure alone where it could be of another trigger', () => {
    const own = (at: number) => [{ at, message }]
    assert.deepEqual(failuresOf(failed(1.2)), own(1.2))
    assert.deepEqual(failuresOf(triggered(1, 'a'), created(1.5), failed(9)), own(9))
    assert.deepEqual(failuresOf(created(0.5, { last: 8, count: 2 }), triggered(1, 'a'), failed(9)), own(9))
    const combined = {
      ...triggered(5, 'b'),
      message: `(combined from similar events): ${triggered(5, 'b').message}`,
    }
    assert.deepEqual(failuresOf(triggered(1, 'a'), combined, failed(9)), own(9))
    const inOneSecond = [triggered(1.2, 'a'), triggered(1.4, 'b')].map(one => ({ ...one, unnamed: true }))
    assert.deepEqual(failuresOf(...inOneSecond, failed(1.6, { unnamed: true })), own(1))
    const counted = failed(1.2, { last: 9, count: 2 })
    assert.deepEqual(failuresOf(counted, triggered(9.5, 'b')), [...own(1.2), ...own(9)])
  })

  it('tell a trigger that Flink refused', () => {
    const refusal = {
      reason: 'SavepointFailed',
      message: 'Failed to trigger savepoint for update: 404 no job',
      at: 3,
    }
    assert.deepEqual(failuresOf(refusal), [{ at: 3, message: '404 no job', trigger: 'update' }])
  })

  it('tell nothing of another object, without times, or in other words', () => {
    const strange = [
      failed(1, { message: 'Something else failed: x' }),
      { ...failed(1), reason: 'StatusUpdate' },
      { ...triggered(1, 'a'), message: 'Triggered savepoint x: triggerID ../../secrets.' },
    ]
    assert.deepEqual(failuresOf(...strange), [])
    const { body } = event(failed(1))
    const others = [
      { ...body, involvedObject: { uid: 'uid-before' } },
      { ...body, involvedObject: 'orders' },
      { ...body, firstTimestamp: null, lastTimestamp: 'yesterday' },
      { ...body, message: 7 },
    ]
    const resources = others.flatMap(other => resourceOf(other) ?? [])
    assert.deepEqual(eventsOf(resources, uid), [])
  })

  it('of events.k8s.io have their times elsewhere', () => {
    const { body } = event(failed(1))
    const series = { count: 4, lastObservedTime: '2026-03-01T12:00:09.500000Z' }
    const times = {
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: '2026-03-01T12:00:01.123456Z',
      series,
    }
    const resource = resourceOf({ ...body, ...times, count: 0 })
    assert.ok(resource)
    assert.deepEqual(eventsOf([resource], uid), [
      {
        reason: 'SavepointFailed',
        message: 'Savepoint creation failed: Savepoint error: no space...',
        count: 4,
        first: { from: noon + 1_123, to: noon + 1_124 },
        last: { from: noon + 9_500, to: noon + 9_501 },
      },
    ])
  })

  describe('that real operators wrote', () => {
    if (!existsSync(recordings)) {
      it('are not here: skipped', () => {
        console.log('      skipped: ../shared is not here')
      })
      return
    }
    const files = ['gcp-v1beta1-9', 'spotify-0.6'].flatMap(folder =>
      readdirSync(`${recordings}${folder}`).flatMap(name =>
        name.endsWith('.jsonl') ? [`${folder}/${name}`] : [],
      ),
    )
    for (const file of files) {
      it(`never take the trigger of one savepoint for that of another in ${file}`, () => {
        const { failedTriggers, events, uids } = recorded(`${recordings}${file}`)
        for (const one of uids) {
          const told = traces.failures(eventsOf(events, one)).flatMap(({ triggerId }) => triggerId ?? [])
          assert.deepEqual(
            told.filter(id => !failedTriggers.has(id)),
            [],
          )
        }
      })
    }

    it('tell the two ends of a row of failures by their triggers', () => {
      const { events, uids } = recorded(`${recordings}gcp-v1beta1-9/autosavepoint.jsonl`)
      const [only] = uids
      assert.ok(only)
      const message = `Savepoint error: java.util.concurrent.CompletionException: org.apache.flink.runtime.checkpoint.Check...`
      assert.deepEqual(
        traces
          .failures(eventsOf(events, only))
          .map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest })),
        [
          {
            at: '2026-11-22T15:13:29.284Z',
            message,
            triggerId: 'e17c10aa17ba0f05414501db66dd28a9',
            trigger: 'scheduled',
          },
          { at: '2026-11-22T15:13:31.000Z', message },
        ],
      )
    })
  })
})

/** The Events as they stood at the end, and which triggers the status ever called failed. */
function recorded(file: string) {
  const events = new Map<string, Resource>()
  const failedTriggers = new Set<string>()
  const uids = new Set<string>()
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const object = fieldsAt(JSON.parse(line) as Fields, 'object')
    const resource = resourceOf(object)
    if (resource?.kind === 'Event') events.set(resource.metadata.uid, resource)
    if (resource?.kind !== 'FlinkCluster') continue
    uids.add(resource.metadata.uid)
    const { savepoint } = resource.status as { savepoint?: Fields }
    const state = textAt(savepoint ?? {}, 'state')
    if (state === 'Failed' || state === 'TriggerFailed')
      failedTriggers.add(textAt(savepoint ?? {}, 'triggerID') ?? '')
  }
  return { events: [...events.values()], failedTriggers, uids }
}
