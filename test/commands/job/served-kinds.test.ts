import assert from 'node:assert/strict'
import type { ServedKind } from '../../../src/domain/ports.ts'
import { type FakeCluster, fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { fakeWorld } from '../../support/fakes.ts'
import { gcpCluster } from '../../support/flink-clusters.ts'
import { deployment15 } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'

const clusters: ServedKind = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  plural: 'flinkclusters',
}
const deployments: ServedKind = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  plural: 'flinkdeployments',
}

/** A server on which FlinkDeployments are new: it is remembered that there were none. */
function withNewKind(fake: FakeCluster) {
  const asked: string[] = []
  const cluster: FakeCluster = {
    ...fake,
    async served(group, kind, absence) {
      if (kind !== 'FlinkCluster' && absence === 'remembered') return undefined
      if (kind !== 'FlinkCluster') asked.push(kind)
      return await fake.served(group, kind)
    },
  }
  return { world: fakeWorld({ cluster }), asked }
}

const orders = deployment15({})
const unserved = () => refusal(404, 'NotFound', 'the server could not find the requested resource')

describe('a kind of which it is remembered that there is none', () => {
  for (const line of ['status -o name', 'status -A -o name', 'take --all --dry-run=client -o json'])
    it(`is asked for anew before "${line}" finds nothing`, async () => {
      const fake = fakeCluster({ objects: [orders], kinds: [clusters, deployments] })
      const { world } = withNewKind(fake)
      const { exit, stdout, stderr } = await program(world, line)
      assert.deepEqual([exit, stderr], [0, ''])
      assert.match(stdout, /flinkdeployment\.flink\.apache\.org\/orders|"name": "orders"/)
    })

  it('is asked for anew before a history finds nothing', async () => {
    const object = deployment15({ jobStatus: { upgradeSavepointPath: 's3://bucket/orders/savepoint-1' } })
    const { world } = withNewKind(fakeCluster({ objects: [object], kinds: [clusters, deployments] }))
    const { stdout } = await program(world, 'history -o name')
    assert.equal(stdout, 's3://bucket/orders/savepoint-1\n')
  })

  it('is overlooked where jobs of other kinds are found', async () => {
    const objects = [orders, gcpCluster({ name: 'payments' })]
    const { world, asked } = withNewKind(fakeCluster({ objects, kinds: [clusters, deployments] }))
    const { stdout } = await program(world, 'status -o name')
    assert.deepEqual([stdout, asked], ['flinkcluster.flinkoperator.k8s.io/payments\n', []])
  })

  it('is found where the one that was known is gone', async () => {
    const fake = fakeCluster({ objects: [orders], kinds: [clusters, deployments] })
    fake.fail('list FlinkCluster', unserved())
    fake.fail('get FlinkCluster', unserved())
    for (const line of ['status -o name', 'status orders -o name']) {
      const { stdout } = await program(withNewKind(fake).world, line)
      assert.equal(stdout, 'flinkdeployment.flink.apache.org/orders\n')
    }
  })

  it('stays missing where the server has none still, and nothing is listed twice', async () => {
    const fake = fakeCluster({ kinds: [clusters] })
    const { world, asked } = withNewKind(fake)
    const { exit, stderr } = await program(world, 'status')
    assert.deepEqual([exit, stderr], [0, 'No jobs found in default namespace.\n'])
    assert.deepEqual(asked, ['FlinkDeployment', 'FlinkSessionJob'])
    assert.deepEqual(
      fake.requests.filter(request => request.startsWith('list FlinkCluster')),
      ['list FlinkCluster/default'],
    )
  })

  it('is not asked for where another kind was named', async () => {
    const { world, asked } = withNewKind(fakeCluster({ objects: [orders], kinds: [clusters, deployments] }))
    assert.equal((await program(world, 'status flinkcluster')).stdout, '')
    assert.deepEqual(asked, [])
  })
})

describe('a kind that is gone since it was found', () => {
  it('is not what an error is about where other kinds are left', async () => {
    const fake = fakeCluster({ kinds: [clusters, deployments] })
    fake.fail('get FlinkCluster', unserved())
    const { exit, stderr } = await program(fakeWorld({ cluster: fake }), 'take orders')
    assert.deepEqual(
      [exit, stderr.split('\n')[0]],
      [1, 'Error from server (NotFound): flinkdeployments.flink.apache.org "orders" not found'],
    )
  })
})
