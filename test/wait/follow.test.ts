import assert from 'node:assert/strict'
import type { Fields } from '../../src/domain/fields.ts'
import type { Effect, Event, Protocol } from '../../src/domain/protocol.ts'
import { drive, type Waiting } from '../../src/wait.ts'
import { type FakeCluster, fakeCluster, refusal } from '../support/fake-cluster.ts'
import { fakeClock, fakePerson, until } from '../support/fakes.ts'
import { deployment15 } from '../support/flink-deployments.ts'

type Told = readonly string[]
type Wanted = Effect<Told>

const kind = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkStateSnapshot',
  plural: 'flinkstatesnapshots',
}
const follow: Wanted = { type: 'follow', id: 'snapshots', kind, namespace: 'default' }
const listed = 'list FlinkStateSnapshot/default'
const watched = 'watch FlinkStateSnapshot/default'

function snapshot(name: string, state = 'new'): Fields {
  const { apiVersion, kind: snapshotKind } = kind
  return { apiVersion, kind: snapshotKind, metadata: { name, namespace: 'default' }, status: { state } }
}

/** A protocol that writes down what it is told of objects beside the job's. */
function protocol(script: {
  begin?: readonly Wanted[]
  creates?: Fields
  on?: (event: Event) => readonly Wanted[]
  until: (told: Told) => boolean
}): Protocol<Told, Told> {
  const { creates, begin = [], on = () => [] } = script
  return {
    ask: () =>
      creates
        ? {
            write: {
              verb: 'create',
              ref: { ...kind, namespace: 'default', name: 'ours' },
              body: creates,
            },
          }
        : { join: '' },
    begin: () => ({ state: [], effects: begin }),
    next(state, event) {
      const told = [...state, inShort(event)]
      const effects = [...on(event)]
      if (script.until(told)) effects.push({ type: 'done', outcome: { result: told } })
      return { state: told, effects }
    },
  }
}

function inShort(event: Event): string {
  if (event.type === 'beside') {
    const { id, news } = event
    if (news.is === 'listed')
      return `${id} listed ${news.objects.map(({ metadata }) => metadata.name).join(' ')}`
    return news.is === 'removed' ? `${id} removed` : `${id} ${news.is} ${news.object.metadata.name}`
  }
  if (event.type === 'written') return `written ${event.before.metadata.name} → ${event.after.metadata.name}`
  if (event.type === 'refused') return `refused ${event.id}: ${event.failure.message}`
  return event.type === 'object' ? `object ${event.object.metadata.name}` : event.type
}

function scene(more: { objects?: readonly Fields[] } = {}) {
  const fake = fakeCluster({ objects: [deployment15(), ...(more.objects ?? [])], kinds: [kind] })
  const before = fake.object({ ...kind, kind: 'FlinkDeployment', namespace: 'default', name: 'orders' })
  assert.ok(before)
  const interrupt = new AbortController()
  const waiting: Waiting = {
    cluster: fake,
    clock: fakeClock(),
    person: fakePerson(),
    interrupted: interrupt.signal,
    timeoutMs: 60_000,
    rest: () => Promise.reject(new Error('nobody asks Flink here')),
  }
  return { fake, before, waiting }
}

const seenWatch = (fake: FakeCluster) => until(() => fake.requests.includes(watched))

describe('a wait that follows objects beside the job', () => {
  it('tells what is there, and then what becomes of them', async () => {
    const { fake, before, waiting } = scene({ objects: [snapshot('old')] })
    const driven = drive(protocol({ begin: [follow], until: told => told.length === 4 }), before, waiting)
    await seenWatch(fake)
    fake.put(snapshot('new'))
    fake.put(snapshot('old', 'changed'))
    fake.vanish({ ...kind, namespace: 'default', name: 'old' })
    const { result } = await driven
    assert.deepEqual(result, [
      'snapshots listed old',
      'snapshots seen new',
      'snapshots seen old',
      'snapshots deleted old',
    ])
    assert.ok(fake.requests.includes(listed))
  })

  it('lists nothing where it is told from which version on', async () => {
    const { fake, before, waiting } = scene({ objects: [snapshot('old')] })
    const begin = [{ ...follow, after: before.metadata.resourceVersion }] as const
    const { result } = await drive(protocol({ begin, until: () => true }), before, waiting)
    assert.deepEqual([result, fake.requests.includes(listed)], [['snapshots seen old'], false])
  })

  it('creates one, and leaves the job as it was read', async () => {
    const { fake, before, waiting } = scene()
    const on = (event: Event): readonly Wanted[] =>
      event.type === 'written' ? [{ ...follow, after: event.after.metadata.resourceVersion }] : []
    const driven = drive(
      protocol({ creates: snapshot('ours'), on, until: told => told.length === 2 }),
      before,
      waiting,
    )
    await seenWatch(fake)
    fake.put(snapshot('ours', 'COMPLETED'))
    const { result, newest, changed } = await driven
    assert.deepEqual(result, ['written orders → ours', 'snapshots seen ours'])
    assert.deepEqual([newest, changed], [before, true])
  })

  it('deletes one that is still as it was read, and tells where it is not', async () => {
    const { fake, before, waiting } = scene()
    const object = fake.put(snapshot('ours'))
    const remove: Wanted = { type: 'remove', id: 'away', object }
    const removal = protocol({ begin: [remove], until: () => true })
    assert.deepEqual((await drive(removal, before, waiting)).result, ['away removed'])
    assert.equal(fake.object({ ...kind, namespace: 'default', name: 'ours' }), undefined)

    fake.put(snapshot('ours', 'again'))
    assert.deepEqual((await drive(removal, before, waiting)).result, [
      'refused away: Error from server (Conflict): "ours": the object has been modified',
    ])
  })

  it('tells where they may not be listed or watched', async () => {
    for (const request of ['list', 'watch FlinkState']) {
      const { fake, before, waiting } = scene()
      fake.fail(request, refusal(403, 'Forbidden', 'not you'))
      const refused = (told: Told) => told.some(each => each.startsWith('refused'))
      const driven: { result: Told } = await drive(
        protocol({ begin: [follow], until: refused }),
        before,
        waiting,
      )
      assert.equal(driven.result.at(-1), 'refused snapshots: Error from server (Forbidden): not you')
    }
  })

  it('ends its watches with the wait', async () => {
    const { fake, before, waiting } = scene()
    let signal: AbortSignal | undefined
    const cluster = {
      ...fake,
      watchAll: (...args: Parameters<typeof fake.watchAll>) => {
        signal = args[3]
        return fake.watchAll(...args)
      },
    }
    const driven = drive(protocol({ begin: [follow], until: told => told.length === 2 }), before, {
      ...waiting,
      cluster,
    })
    await seenWatch(fake)
    assert.equal(signal?.aborted, false)
    fake.put(snapshot('new'))
    await driven
    assert.equal(signal?.aborted, true)
  })
})
