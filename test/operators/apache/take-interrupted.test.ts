import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import type { Protocol } from '../../../src/domain/protocol.ts'
import type { Savepoint } from '../../../src/domain/savepoint.ts'
import { takeByNonce } from '../../../src/operators/apache/take/by-nonce.ts'
import { takeBySnapshot } from '../../../src/operators/apache/take/by-snapshot.ts'
import { drive } from '../../../src/wait.ts'
import { type Answer, events, json, type Seen, status } from '../../kube/support/api-server.ts'
import { bench } from '../../kube/support/bench.ts'
import { fakePerson, until } from '../../support/fakes.ts'
import { deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { merge, resource } from './story.ts'

const folder = '/apis/flink.apache.org/v1beta1/namespaces/default'
const jobs = `${folder}/flinkdeployments`
const orders = `${jobs}/orders`
const snapshots = `${folder}/flinkstatesnapshots`

/** The job in this version, with a nonce that the operator has not looked at. */
const asked = (resourceVersion: string, savepointTriggerNonce?: number) =>
  deployment17({
    metadata: { resourceVersion, generation: Number(resourceVersion) },
    job: savepointTriggerNonce === undefined ? {} : { savepointTriggerNonce },
    reconciled: { savepointTriggerNonce: null },
  })

const byNonce = takeByNonce({ operator: 'apache-1.7', snapshots: false, wait: true })
const bySnapshot = takeBySnapshot({ operator: 'apache-1.10', nonce: '0123456789', wait: true })
const unserved =
  'error: interrupted while waiting for the operator to look at the request for a savepoint of flinkdeployment/orders'

// Through the real door: Ctrl-C ends every request of it but those that put something back.
describe('Ctrl-C during a take', () => {
  const b = bench()

  /** Asks, is interrupted once the job is watched (or when `when` says), and ends; `then` follows Ctrl-C. */
  async function interrupted<State>(
    protocol: Protocol<State, Savepoint>,
    before: Fields,
    when = () => b.asked().filter(each => each.startsWith('GET')).length >= 1,
    then: () => void = () => undefined,
  ) {
    return b.within(async door => {
      const person = fakePerson()
      const driven = drive(protocol, resource(before), {
        cluster: door.cluster,
        clock: door.clock,
        person,
        interrupted: door.interrupt.signal,
        timeoutMs: 600_000,
        rest: () => Promise.reject(new Error('nobody asks Flink here')),
      })
      await until(when)
      door.interrupt.abort()
      then()
      const { failure } = await driven
      assert.ok(failure instanceof Failure)
      const { code, message } = failure
      const changes = b.server.seen
        .filter(({ method }) => method !== 'GET')
        .map(({ method, body }) => [method, (JSON.parse(body) as { spec?: Fields }).spec?.['job']])
      return { code, message, changes, warned: person.warned }
    })
  }

  const putBack = ['PATCH', { savepointTriggerNonce: null }]
  const ask = ['PATCH', { savepointTriggerNonce: 1 }]

  it('by nonce puts the nonce back, over a conflict, too', async () => {
    const conflict = status(409, 'Conflict', 'the object has been modified')
    b.server
      .on(`GET ${jobs}`, events([]))
      .on(`PATCH ${orders}`, json(asked('2', 1)), conflict, json(asked('4')))
      .on(`GET ${orders}`, json(asked('3', 1)))
    assert.deepEqual(await interrupted(byNonce, asked('1')), {
      code: 'interrupted',
      message: `${unserved}, which is taken back`,
      changes: [ask, putBack, putBack],
      warned: [],
    })
  })

  it('by nonce puts it back where the answer to the request itself was still on its way', async () => {
    let held: ServerResponse | undefined
    const hold: Answer = response => {
      held = response
    }
    const answer = () => {
      if (held) json(asked('2', 1))(held, b.server.seen[0] as Seen)
    }
    b.server.on(`GET ${jobs}`, events([])).on(`PATCH ${orders}`, hold, json(asked('3')))
    assert.deepEqual(await interrupted(byNonce, asked('1'), () => held !== undefined, answer), {
      code: 'interrupted',
      message: `${unserved}, which is taken back`,
      changes: [ask, putBack],
      warned: [],
    })
  })

  it('by nonce ends where the server is silent, and says how to put it back', async () => {
    b.server.on(`GET ${jobs}`, events([])).on(`PATCH ${orders}`, json(asked('2', 1)), () => undefined)
    const { message, changes, warned } = await interrupted(byNonce, asked('1'))
    assert.deepEqual([message, changes], [unserved, [ask, putBack]])
    assert.match(
      warned.join('\n'),
      /^savepointTriggerNonce 1 could not be taken back \(.*to end that: kubectl patch /,
    )
  })

  it('by snapshot deletes the snapshot', async () => {
    const created: Answer = (answer, seen) =>
      json(
        merge(JSON.parse(seen.body) as Fields, { metadata: { uid: 'uid-of-it', resourceVersion: '2' } }),
        201,
      )(answer, seen)
    b.server
      .on(`GET ${jobs}`, events([]))
      .on(`GET ${snapshots}`, events([]))
      .on(`POST ${snapshots}`, created)
      .on(`DELETE ${snapshots}/orders-flinksp-0123456789`, json({ kind: 'Status', status: 'Success' }))
    const { message, changes, warned } = await interrupted(
      bySnapshot,
      deployment15({ metadata: { resourceVersion: '1' } }),
      () => b.asked().includes(`GET ${snapshots}`),
    )
    assert.deepEqual(
      [message, changes.map(([method]) => method), warned],
      [`${unserved}, which is taken back`, ['POST', 'DELETE'], []],
    )
  })
})
