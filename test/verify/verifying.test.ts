import assert from 'node:assert/strict'
import type { Fields } from '../../src/domain/fields.ts'
import { type Resource, resourceOf } from '../../src/domain/resource.ts'
import { operatorOf } from '../../src/operators/index.ts'

function object(apiVersion: string, kind: string, spec: Fields): Resource {
  const found = resourceOf({ apiVersion, kind, metadata: { name: 'orders', namespace: 'default' }, spec })
  assert(found)
  return found
}

async function demands(resource: Resource) {
  const verifying = await operatorOf(resource).verifying()
  return verifying.demands(resource)
}

const cluster = (spec: Fields) => demands(object('flinkoperator.k8s.io/v1beta1', 'FlinkCluster', spec))
const deployment = (spec: Fields) => demands(object('flink.apache.org/v1beta1', 'FlinkDeployment', spec))

describe('What an object asks of a savepoint', () => {
  it('is told by a FlinkCluster', async () => {
    const job = { parallelism: 4 }
    const flinkProperties = { 'pipeline.max-parallelism': '256' }
    assert.deepEqual(
      await cluster({ job, flinkProperties, image: { name: 'docker.io/library/flink:1.18.1-scala_2.12' } }),
      {
        parallelism: 4,
        maxParallelism: 256,
        flinkVersion: '1.18.1',
      },
    )
    assert.deepEqual(await cluster({ job: {} }), {})
  })

  it('believes no tag of an image that is not called flink, but spec.flinkVersion', async () => {
    const of = async (name: string, more: Fields = {}) =>
      (await cluster({ image: { name }, ...more })).flinkVersion
    assert.equal(await of('registry/orders:1.2.3'), undefined)
    assert.equal(await of('registry/orders:1.2.3', { flinkVersion: '1.17' }), '1.17')
    assert.equal(await of('flink:latest'), undefined)
    assert.equal(await of('localhost:5000/flink:v1.20'), '1.20')
    assert.equal(await of('flink@sha256:1.18'), undefined)
  })

  it('is told by a FlinkDeployment, in either spelling of its configuration', async () => {
    const flinkConfiguration = { 'pipeline.max-parallelism': 512, parallelism: { default: '3' } }
    assert.deepEqual(await deployment({ flinkVersion: 'v1_20', flinkConfiguration, job: {} }), {
      parallelism: 3,
      maxParallelism: 512,
      flinkVersion: '1.20',
    })
    assert.deepEqual(await deployment({ flinkVersion: 'next', job: { parallelism: 0 } }), {})
  })
})
