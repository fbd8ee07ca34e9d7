import assert from 'node:assert/strict'
import { Failure } from '../../src/domain/failure.ts'
import type { Fields } from '../../src/domain/fields.ts'
import type { Protocol } from '../../src/domain/protocol.ts'
import { takeByNonce } from '../../src/operators/apache/take/by-nonce.ts'
import { takeBySnapshot } from '../../src/operators/apache/take/by-snapshot.ts'
import { takeByStatus } from '../../src/operators/flink-cluster/take/by-status.ts'
import { drive } from '../../src/wait.ts'
import { bench } from '../kube/support/bench.ts'
import { resource } from '../operators/apache/story.ts'
import { fakePerson, until } from '../support/fakes.ts'
import { spotifyCluster } from '../support/flink-clusters.ts'
import { deployment15, deployment17 } from '../support/flink-deployments.ts'

const cluster = '/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters/orders'
const deployment = '/apis/flink.apache.org/v1beta1/namespaces/default/flinkdeployments/orders'
const snapshots = '/apis/flink.apache.org/v1beta1/namespaces/default/flinkstatesnapshots'

const spotify = { operator: 'spotify', wait: true } as const
const askedFor = (shown: string) =>
  `error: interrupted while a savepoint of ${shown} was being asked for; whether it was is not known`

/** Its first write, which the server has and never answers, is given up after Ctrl-C. */
describe('Ctrl-C while the server is silent about a request', () => {
  const b = bench()

  async function interrupted<State, Result>(
    protocol: Protocol<State, Result>,
    before: Fields,
    write: string,
  ): Promise<readonly [string, ...string[]]> {
    b.server.on(write, () => undefined)
    return b.within(async ({ cluster: door, clock, interrupt }) => {
      const rest = () => Promise.reject(new Error('nobody asks Flink here'))
      const around = { cluster: door, clock, person: fakePerson(), rest, timeoutMs: 600_000 }
      const driven = drive(protocol, resource(before), { ...around, interrupted: interrupt.signal })
      const ended = driven.then(
        () => assert.fail('it ended as if it had been answered'),
        error => error,
      )
      await until(() => b.asked().includes(write))
      interrupt.abort()
      const failure = await ended
      assert.ok(failure instanceof Failure)
      assert.deepEqual([failure.code, failure.uncertain], ['interrupted', true])
      return [failure.message, ...failure.hints]
    })
  }

  it('says how to put a nonce back that may be there', async () => {
    const protocol = takeByNonce({ operator: 'apache-1.7', snapshots: false, wait: true })
    assert.deepEqual(await interrupted(protocol, deployment17(), `PATCH ${deployment}`), [
      askedFor('flinkdeployment/orders'),
      'to look: kubectl flinksp history flinkdeployment/orders -n default',
      `to take it back: kubectl patch flinkdeployment/orders -n default --type=merge -p '{"spec":{"job":{"savepointTriggerNonce":null}}}'`,
    ])
  })

  it('says how to delete a snapshot that may be there', async () => {
    const protocol = takeBySnapshot({ operator: 'apache-1.10', nonce: '0123456789', wait: true })
    const snapshot = 'flinkstatesnapshot/orders-flinksp-0123456789 -n default'
    assert.deepEqual(await interrupted(protocol, deployment15(), `POST ${snapshots}`), [
      askedFor('flinkdeployment/orders'),
      `to look: kubectl get ${snapshot}`,
      `to take it back before the operator looks at it: kubectl delete ${snapshot}`,
    ])
  })

  it('says how to remove an annotation that may be there', async () => {
    const protocol = takeByStatus({ ...spotify, via: 'annotation' })
    assert.deepEqual(await interrupted(protocol, spotifyCluster(), `PATCH ${cluster}`), [
      askedFor('flinkcluster/orders'),
      'to look: kubectl flinksp history flinkcluster/orders -n default',
      'to take it back: kubectl annotate flinkcluster/orders -n default flinkclusters.flinkoperator.k8s.io/user-control-',
    ])
  })

  it('says of a generation that it cannot be taken back', async () => {
    const protocol = takeByStatus({ ...spotify, via: 'generation' })
    assert.deepEqual(await interrupted(protocol, spotifyCluster(), `PATCH ${cluster}`), [
      askedFor('flinkcluster/orders'),
      'to look: kubectl flinksp history flinkcluster/orders -n default',
      "savepointGeneration 1 may be there and fire; the operator's webhook does not let it be taken back",
    ])
  })

  it('says of any other change where to look', async () => {
    const ref = {
      apiVersion: 'flinkoperator.k8s.io/v1beta1',
      kind: 'FlinkCluster',
      namespace: 'default',
      name: 'orders',
    }
    const body = { spec: { job: { fromSavepoint: 'file:/savepoints/1' } } }
    const protocol: Protocol<undefined, undefined> = {
      ask: () => ({ write: { verb: 'patch', ref, type: 'merge', body } }),
      begin: () => assert.fail('nothing was answered'),
      next: () => assert.fail('nothing was answered'),
    }
    assert.deepEqual(await interrupted(protocol, spotifyCluster(), `PATCH ${cluster}`), [
      'error: interrupted while flinkcluster/orders was being changed; whether it was is not known',
      'to look: kubectl get flinkcluster/orders -n default -o yaml',
    ])
  })
})
