import assert from 'node:assert/strict'
import { Failure } from '../src/domain/failure.ts'
import type { Cluster, FlinkRest, Person, Write } from '../src/domain/ports.ts'
import type { Ask, Effect, Event, Protocol } from '../src/domain/protocol.ts'
import { type Resource, refOf } from '../src/domain/resource.ts'
import { drive, type Waiting } from '../src/wait.ts'
import { type FakeCluster, fakeCluster, refusal } from './support/fake-cluster.ts'
import { fakeClock, fakePerson, unreachable, until } from './support/fakes.ts'
import { spotifyCluster } from './support/flink-clusters.ts'

const orders = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'default',
  name: 'orders',
}
const key = 'FlinkCluster/default/orders'
const conflict = refusal(409, 'Conflict', 'the object has been modified')

type Told = readonly string[]
type Wanted = Effect<Told>

/** A protocol that writes down what it is told, and wants what the test says. */
function protocol(script: {
  ask?: (before: Resource) => Ask
  begin?: readonly Wanted[]
  on: (event: string, told: Told) => readonly Wanted[]
}): Protocol<Told, Told> {
  return {
    ask: script.ask ?? (before => ({ write: label(before, 'asked') })),
    begin: () => ({ state: [], effects: script.begin ?? [] }),
    next(state, event) {
      const told = [...state, inShort(event)]
      return { state: told, effects: script.on(inShort(event), told) }
    },
  }
}

function done(result: Told): Wanted {
  return { type: 'done', outcome: { result } }
}

function inShort(event: Event): string {
  switch (event.type) {
    case 'object':
      return `object ${labelOf(event.object)}`
    case 'written':
      return `written ${event.id}: ${labelOf(event.before)} → ${labelOf(event.after)}${event.at === undefined ? '' : ` at ${event.at}`}`
    case 'refused':
      return `refused ${event.id}: ${event.failure.message}`
    case 'skipped':
      return `skipped ${event.id}`
    case 'answer':
      return `answer ${event.question}: ${event.yes}`
    case 'rest':
      return `rest ${event.question.ask}: ${event.answer.answer}`
    case 'due':
      return `due ${event.timer}`
    default:
      return event.type
  }
}

function labelOf(object: Resource): string {
  return object.metadata.labels['state'] ?? 'new'
}

/** A write that goes through unless somebody was faster. */
function label(before: Resource, state: string): Write {
  const { resourceVersion } = before.metadata
  return {
    verb: 'patch',
    ref: refOf(before),
    type: 'merge',
    body: { metadata: { resourceVersion, labels: { state } } },
  }
}

function labelled(state: string) {
  return spotifyCluster({ metadata: { labels: { state } } })
}

function scene(more: Partial<Waiting> = {}) {
  const fake = fakeCluster({ objects: [spotifyCluster()] })
  const before = fake.object(orders)
  if (!before) throw new Error('no object')
  const clock = fakeClock()
  const person = fakePerson()
  const interrupt = new AbortController()
  const waiting: Waiting = {
    cluster: fake,
    clock,
    person,
    interrupted: interrupt.signal,
    timeoutMs: 60_000,
    rest: () => Promise.reject(new Error('nobody asks Flink here')),
    ...more,
  }
  return { fake, before, clock, person, interrupt, waiting }
}

/** Somebody else changes the object before each of the next `times` patches. */
function overtake(fake: FakeCluster, times: number): void {
  for (let time = 1; time <= times; time++)
    fake.before(`patch ${key}`, () => void fake.put(labelled(`theirs ${time}`)))
}

const untilTimeout = (event: string, told: Told) => (event === 'timeout' ? [done(told)] : [])
const firstWritten = (event: string, told: Told) => (event.startsWith('written') ? [done(told)] : [])

describe('the first write of a wait', () => {
  it('is followed by its answer as an event, and by a watch from there', async () => {
    const { fake, before, clock, waiting } = scene()
    let seen: Told = []
    const on = (event: string, told: Told) => {
      seen = told
      return untilTimeout(event, told)
    }
    const driven = drive(protocol({ on }), before, waiting)
    await until(() => fake.requests.length === 2)
    fake.put(labelled('theirs'))
    await until(() => seen.length === 3)
    fake.put(labelled('theirs too'))
    await until(() => seen.length === 4)
    clock.advance(60_000)
    const { result, newest, changed } = await driven
    assert.deepEqual(result, [
      'written ask: new → asked',
      'object asked',
      'object theirs',
      'object theirs too',
      'timeout',
    ])
    assert.deepEqual([labelOf(newest), changed], ['theirs too', true])
    assert.deepEqual(fake.requests, [`patch ${key}`, `watch ${key}`])
  })

  it("tells the server's time, where the server gave it", async () => {
    const { fake, before, waiting } = scene()
    const cluster: Cluster = {
      ...fake,
      write: async write => ({ ...(await fake.write(write)), at: 1_772_366_400_000 }),
    }
    const { result } = await drive(protocol({ on: firstWritten }), before, { ...waiting, cluster })
    assert.deepEqual(result, ['written ask: new → asked at 1772366400000'])
  })

  it('is thought over with the fresh object after a conflict, five times', async () => {
    const { fake, before, waiting } = scene()
    overtake(fake, 5)
    const asked: string[] = []
    const ask = (object: Resource): Ask => {
      asked.push(labelOf(object))
      return { write: label(object, 'asked') }
    }
    const { result } = await drive(protocol({ ask, on: firstWritten }), before, waiting)
    assert.deepEqual(asked, ['new', 'theirs 1', 'theirs 2', 'theirs 3', 'theirs 4', 'theirs 5'])
    assert.deepEqual(result, ['written ask: theirs 5 → asked'])
    assert.deepEqual(
      fake.requests.filter(request => !request.startsWith('watch')),
      [...Array.from({ length: 5 }, () => [`patch ${key}`, `get ${key}`]).flat(), `patch ${key}`],
    )
  })

  it('is given up after a sixth conflict, and nothing is watched', async () => {
    const { fake, before, waiting, clock } = scene()
    overtake(fake, 6)
    await assert.rejects(drive(protocol({ on: () => [] }), before, waiting), {
      message: 'Error from server (Conflict): "orders": the object has been modified',
    })
    assert.deepEqual([fake.requests.filter(each => each.startsWith('watch')), clock.sleeping()], [[], []])
  })

  it('may be refused in its second thoughts', async () => {
    const { fake, before, waiting } = scene()
    overtake(fake, 1)
    const second = new Failure('not-asked', 'error: busy now')
    const ask = (object: Resource): Ask =>
      object === before ? { write: label(object, 'asked') } : { refuse: second }
    await assert.rejects(drive(protocol({ ask, on: () => [] }), before, waiting), second)
  })

  it('is not made to another object of the same name', async () => {
    const { fake, before, waiting } = scene()
    fake.before(`patch ${key}`, () => void fake.put(spotifyCluster({ uid: 'another' })))
    await assert.rejects(drive(protocol({ on: () => [] }), before, waiting), /Conflict/)
    assert.deepEqual(fake.object(orders)?.metadata.labels, {})
  })

  it('throws the refusal of the server', async () => {
    const { fake, before, waiting } = scene()
    const denied = refusal(403, 'Forbidden', 'admission webhook denied the request: no')
    fake.fail(`patch ${key}`, denied)
    await assert.rejects(drive(protocol({ on: () => [] }), before, waiting), denied)
    assert.deepEqual(fake.requests, [`patch ${key}`])
  })

  it('throws the refusal of the protocol without a request', async () => {
    const { fake, before, waiting } = scene()
    const refuse = new Failure('not-asked', 'error: cannot')
    await assert.rejects(drive(protocol({ ask: () => ({ refuse }), on: () => [] }), before, waiting), refuse)
    assert.deepEqual(fake.requests, [])
  })

  for (const [what, ask, told] of [
    ['a join', { join: 'joining' }, ['joining']],
    ['a join that says nothing', { join: '' }, []],
    ['a question to Flink', { rest: true }, []],
  ] as const) {
    it(`is none for ${what}: the object is only watched`, async () => {
      const { fake, before, clock, person, waiting } = scene()
      const driven = drive(protocol({ ask: () => ask, on: untilTimeout }), before, waiting)
      await until(() => fake.requests.length === 1)
      clock.advance(60_000)
      const { result, changed } = await driven
      assert.deepEqual(
        { result, changed, requests: fake.requests, told: person.told },
        { result: ['timeout'], changed: false, requests: [`watch ${key}`], told },
      )
    })
  }
})

describe('a further write of a wait', () => {
  const further = (make: (newest: Resource) => Write | undefined): Wanted => ({
    type: 'write',
    id: 'again',
    make,
  })

  /** Writes once more as soon as the first write is seen, and ends with what comes of it. */
  const twice = (make: (newest: Resource) => Write | undefined) =>
    protocol({
      on: (event, told) => {
        if (event.startsWith('written ask')) return [further(make)]
        return /^(written|skipped|refused) again/.test(event) ? [done(told.slice(2))] : []
      },
    })

  it('is made of the newest object', async () => {
    const { before, waiting } = scene()
    const { result } = await drive(
      twice(newest => label(newest, 'again')),
      before,
      waiting,
    )
    assert.deepEqual(result.at(-1), 'written again: asked → again')
  })

  it('counts as a change where it is the only one', async () => {
    const { before, waiting } = scene()
    const begin = [further(newest => label(newest, 'again'))]
    const ask = (): Ask => ({ join: '' })
    const { result, changed } = await drive(protocol({ ask, begin, on: firstWritten }), before, waiting)
    assert.deepEqual([result, changed], [['written again: new → again'], true])
  })

  it('is made again after a conflict, and refused after the sixth', async () => {
    const { fake, before, waiting } = scene()
    const made: string[] = []
    const make = (newest: Resource) => {
      made.push(labelOf(newest))
      if (made.length <= 6) fake.put(labelled(`theirs ${made.length}`))
      return label(newest, 'again')
    }
    const { result, changed } = await drive(twice(make), before, waiting)
    assert.deepEqual(made, ['asked', 'theirs 1', 'theirs 2', 'theirs 3', 'theirs 4', 'theirs 5'])
    assert.deepEqual(
      [result.at(-1), changed],
      ['refused again: Error from server (Conflict): "orders": the object has been modified', true],
    )
  })

  it('is carried out after Ctrl-C where it puts something back, and the object is read for it', async () => {
    const asked: unknown[] = []
    const { fake, before, interrupt, waiting } = scene()
    const cluster: Cluster = {
      ...fake,
      get: (ref, options) => {
        asked.push(['get', options])
        return fake.get(ref)
      },
      write: (write, options) => {
        asked.push(['write', options])
        return fake.write(write, options)
      },
    }
    const make = (newest: Resource) => label(newest, 'back')
    const on = (event: string, told: Told): readonly Wanted[] => {
      if (event === 'interrupted') return [{ type: 'write', id: 'back', make, late: true }]
      return event.startsWith('written back') ? [done(told.slice(-1))] : []
    }
    interrupt.abort()
    fake.before('watch', () => overtake(fake, 1))
    const { result } = await drive(protocol({ on }), before, { ...waiting, cluster })
    assert.deepEqual(result, ['written back: theirs 1 → back'])
    assert.deepEqual(asked, [
      ['write', undefined],
      ['write', { late: true }],
      ['get', { late: true }],
      ['write', { late: true }],
    ])
  })

  it('may turn out to be no longer needed', async () => {
    const { fake, before, waiting } = scene()
    const { result } = await drive(
      twice(() => undefined),
      before,
      waiting,
    )
    assert.deepEqual(result.at(-1), 'skipped again')
    assert.equal(fake.requests.filter(request => request.startsWith('patch')).length, 1)
  })

  it('tells the protocol what the server refused', async () => {
    const { fake, before, waiting } = scene()
    const make = (newest: Resource) => {
      fake.fail(`patch ${key}`, refusal(403, 'Forbidden', 'not you'))
      return label(newest, 'again')
    }
    const { result } = await drive(twice(make), before, waiting)
    assert.deepEqual(result.at(-1), 'refused again: Error from server (Forbidden): not you')
  })

  it('tells the protocol where the object cannot be read again after a conflict', async () => {
    const { fake, before, waiting } = scene()
    const make = (newest: Resource) => {
      fake.fail(`patch ${key}`, conflict)
      fake.fail(`get ${key}`, refusal(404, 'NotFound', 'it is gone'))
      return label(newest, 'again')
    }
    const { result } = await drive(twice(make), before, waiting)
    assert.deepEqual(result.at(-1), 'refused again: Error from server (NotFound): it is gone')
  })

  it('is not made to another object of the same name', async () => {
    const { fake, before, waiting } = scene()
    const make = (newest: Resource) => {
      if (newest.metadata.uid === before.metadata.uid) fake.put(spotifyCluster({ uid: 'another' }))
      return label(newest, 'again')
    }
    const { result } = await drive(twice(make), before, waiting)
    assert.match(result.at(-1) ?? '', /^refused again: .*Conflict/)
    assert.deepEqual(fake.object(orders)?.metadata.labels, {})
  })

  it('is tried again where the test of a JSON patch fails, twenty times', async () => {
    const { before, waiting } = scene()
    let made = 0
    const make = (newest: Resource): Write => {
      made++
      const test = { op: 'test', path: '/metadata/uid', value: made <= 20 ? 'another' : newest.metadata.uid }
      const add = { op: 'add', path: '/metadata/labels', value: { state: 'tested' } }
      return { verb: 'patch', ref: refOf(newest), type: 'json', body: [test, add] }
    }
    const { result } = await drive(twice(make), before, waiting)
    assert.deepEqual([made, result.at(-1)], [21, 'written again: asked → tested'])

    const never = scene()
    const hopeless = (newest: Resource): Write => ({
      verb: 'patch',
      ref: refOf(newest),
      type: 'json',
      body: [{ op: 'test', path: '/metadata/uid', value: 'another' }],
    })
    const refused = await drive(twice(hopeless), never.before, never.waiting)
    assert.match(refused.result.at(-1) ?? '', /^refused again: .*testing value/)
    assert.equal(never.fake.requests.filter(request => request.startsWith('patch')).length, 22)
  })

  it('is not tried again where the server says 422 to another kind of patch', async () => {
    const { fake, before, waiting } = scene()
    const make = (newest: Resource) => {
      fake.fail(`patch ${key}`, refusal(422, 'Invalid', 'spec.job: invalid'))
      return label(newest, 'again')
    }
    const { result } = await drive(twice(make), before, waiting)
    assert.deepEqual(result.at(-1), 'refused again: Error from server (Invalid): spec.job: invalid')
    assert.equal(fake.requests.filter(request => request.startsWith('patch')).length, 2)
  })
})

describe('what a wait does besides', () => {
  it('keeps timers by the clock', async () => {
    const { before, clock, waiting } = scene()
    const begin: Wanted[] = [
      { type: 'timer', timer: 'late', inMs: 2_000 },
      { type: 'timer', timer: 'soon', inMs: 1_000 },
    ]
    const on = (event: string, told: Told) => (event === 'due late' ? [done(told.slice(2))] : [])
    const driven = drive(protocol({ begin, on }), before, waiting)
    await until(() => clock.sleeping().length === 3)
    clock.advance(1_000)
    await new Promise(setImmediate)
    clock.advance(1_000)
    assert.deepEqual((await driven).result, ['due soon', 'due late'])
  })

  it('asks the person, and passes on that nobody could be asked', async () => {
    for (const [answers, yes] of [
      [[true], true],
      [[false], false],
      [[], undefined],
    ] as const) {
      const { before, waiting } = scene()
      const person = fakePerson(answers)
      const begin: Wanted[] = [{ type: 'question', question: 'withdraw', text: 'Take it back?' }]
      const on = (event: string) => (event.startsWith('answer') ? [done([event])] : [])
      const { result } = await drive(protocol({ begin, on }), before, { ...waiting, person })
      assert.deepEqual([result, person.asked], [[`answer withdraw: ${yes}`], ['Take it back?']])
    }
  })

  it('tells and warns in order, before it ends', async () => {
    const { before, person, waiting } = scene()
    const begin: Wanted[] = [
      { type: 'tell', text: 'one' },
      { type: 'warn', text: 'two' },
      done(['ended']),
      { type: 'tell', text: 'never' },
    ]
    const { result } = await drive(protocol({ begin, on: () => [] }), before, waiting)
    assert.deepEqual([result, person.told, person.warned], [['ended'], ['one'], ['two']])
  })

  it('asks Flink within the time that is given', async () => {
    const { before, waiting } = scene()
    const limits: number[] = []
    const rest: FlinkRest = {
      ask: async (_question, { timeoutMs }) => {
        limits.push(timeoutMs)
        return { answer: 'version', version: '1.18.1' }
      },
      close: async () => undefined,
    }
    const begin: Wanted[] = [{ type: 'ask-rest', question: { ask: 'version' }, timeoutMs: 5_000 }]
    const on = (event: string) => (event.startsWith('rest') ? [done([event])] : [])
    const { result } = await drive(protocol({ begin, on }), before, { ...waiting, rest: async () => rest })
    assert.deepEqual([result, limits], [['rest version: version'], [5_000]])
  })

  it('says that it watches again', async () => {
    const { fake, before, person, waiting } = scene()
    const cluster: Cluster = {
      ...fake,
      async *watch() {
        yield { type: 'resumed', reason: 'the API server closed the connection' }
        yield { type: 'deleted' }
      },
    }
    const on = (event: string, told: Told) => (event === 'deleted' ? [done(told.slice(2))] : [])
    const { result } = await drive(protocol({ on }), before, { ...waiting, cluster })
    assert.deepEqual(
      [result, person.told],
      [['deleted'], ['watching again: the API server closed the connection']],
    )
  })

  it('says in one line that it watches again what was lost together, and says it of a later loss', async () => {
    const { fake, before, person, clock, waiting } = scene()
    const cluster: Cluster = {
      ...fake,
      async *watch() {
        yield { type: 'resumed', reason: 'first' }
        yield { type: 'resumed', reason: 'at once again' }
        clock.advance(5_000)
        yield { type: 'resumed', reason: 'later' }
        yield { type: 'deleted' }
      },
    }
    const on = (event: string, told: Told) => (event === 'deleted' ? [done(told.slice(2))] : [])
    await drive(protocol({ on }), before, { ...waiting, cluster })
    assert.deepEqual(person.told, ['watching again: first', 'watching again: later'])
  })

  it('tells the protocol that the object was deleted', async () => {
    const { fake, before, waiting } = scene()
    const on = (event: string, told: Told) => (event === 'deleted' ? [done(told.slice(2))] : [])
    const driven = drive(protocol({ on }), before, waiting)
    await until(() => fake.requests.length === 2)
    fake.vanish(orders)
    assert.deepEqual((await driven).result, ['deleted'])
  })

  it('tells the protocol that the watch failed for good', async () => {
    const { fake, before, waiting } = scene()
    fake.fail('watch', refusal(403, 'Forbidden', 'may not watch'))
    const on = (event: string) => (event.startsWith('refused') ? [done([event])] : [])
    const { result } = await drive(protocol({ on }), before, waiting)
    assert.deepEqual(result, ['refused watch: Error from server (Forbidden): may not watch'])
  })

  it('tells the protocol of an interruption, also of one before it began', async () => {
    const on = (event: string, told: Told) => (event === 'interrupted' ? [done(told)] : [])
    const later = scene()
    const driven = drive(protocol({ on }), later.before, later.waiting)
    await until(() => later.fake.requests.length === 2)
    later.interrupt.abort()
    assert.deepEqual((await driven).result, ['written ask: new → asked', 'object asked', 'interrupted'])

    const earlier = scene()
    earlier.interrupt.abort()
    const { result } = await drive(protocol({ on }), earlier.before, earlier.waiting)
    assert.equal(result.at(-1), 'interrupted')
  })
})

describe('the end of a wait', () => {
  it('ends everything that still runs for it', async () => {
    const signals: Record<string, AbortSignal | undefined> = {}
    const { fake, before, clock, interrupt, waiting } = scene()
    const cluster: Cluster = {
      ...fake,
      watch(ref, version, signal) {
        signals['watch'] = signal
        return fake.watch(ref, version, signal)
      },
    }
    const person: Person = {
      ...fakePerson(),
      confirm: (_text, signal) => {
        signals['question'] = signal
        return new Promise(() => undefined)
      },
    }
    const rest: FlinkRest = {
      ask: (_question, { signal }) => {
        signals['rest'] = signal
        return new Promise(resolve => signal?.addEventListener('abort', () => resolve(unreachable())))
      },
      close: async () => undefined,
    }
    const begin: Wanted[] = [
      { type: 'timer', timer: 'late', inMs: 2_000 },
      { type: 'question', question: 'q', text: 'well?' },
      { type: 'ask-rest', question: { ask: 'version' }, timeoutMs: 5_000 },
    ]
    const events: string[] = []
    const on = (event: string) => {
      events.push(event)
      return event === 'object end' ? [done([])] : []
    }
    const driven = drive(protocol({ begin, on }), before, {
      ...waiting,
      cluster,
      person,
      rest: async () => rest,
    })
    await until(() => Object.keys(signals).length === 3 && clock.sleeping().length === 2)
    assert.deepEqual(
      Object.values(signals).map(signal => signal?.aborted),
      [false, false, false],
    )
    fake.put(labelled('end'))
    await driven
    assert.deepEqual(
      Object.values(signals).map(signal => signal?.aborted),
      [true, true, true],
    )
    const seen = events.length
    interrupt.abort()
    clock.advance(100_000)
    fake.put(labelled('after the end'))
    await new Promise(setImmediate)
    assert.deepEqual([events.length, clock.sleeping()], [seen, []])
  })

  const bug = new TypeError('a bug')
  for (const [where, effect, more] of [
    [
      'a further write',
      {
        type: 'write',
        id: 'again',
        make: () => {
          throw bug
        },
      },
      {},
    ],
    [
      'the way to Flink',
      { type: 'ask-rest', question: { ask: 'version' }, timeoutMs: 1 },
      { rest: () => Promise.reject(bug) },
    ],
    [
      'a question',
      { type: 'question', question: 'q', text: '?' },
      { person: { ...fakePerson(), confirm: () => Promise.reject(bug) } },
    ],
    [
      'a timer',
      { type: 'timer', timer: 't', inMs: 1 },
      { clock: { now: () => 0, sleep: () => Promise.reject(bug) } },
    ],
  ] as const) {
    it(`is the bug in ${where}, thrown`, async () => {
      const { before, waiting } = scene()
      await assert.rejects(
        drive(protocol({ begin: [effect], on: () => [] }), before, { ...waiting, ...more }),
        bug,
      )
    })
  }

  it('is the bug in the watch, or in the protocol, thrown', async () => {
    const { fake, before, waiting } = scene()
    const cluster: Cluster = {
      ...fake,
      // biome-ignore lint/correctness/useYield: it fails before it has anything to give
      async *watch() {
        throw bug
      },
    }
    await assert.rejects(drive(protocol({ on: () => [] }), before, { ...waiting, cluster }), bug)
    const on = () => {
      throw bug
    }
    const other = scene()
    await assert.rejects(drive(protocol({ on }), other.before, other.waiting), bug)
    assert.deepEqual(other.clock.sleeping(), [])
  })
})
