import assert from 'node:assert/strict'
import { jobRefs, readJob } from '../../../src/commands/job/find-job.ts'
import { whichOperator } from '../../../src/commands/job/which-operator.ts'
import { failure } from '../../../src/domain/failure.ts'
import type { JobKind } from '../../../src/domain/job.ts'
import type { ServedKind } from '../../../src/domain/ports.ts'
import { resourceOf } from '../../../src/domain/resource.ts'
import { type FakeClusterOptions, fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'

const clusters: JobKind = { group: 'flinkoperator.k8s.io', kind: 'FlinkCluster', words: ['flinkclusters'] }
const deployments: JobKind = {
  group: 'flink.apache.org',
  kind: 'FlinkDeployment',
  words: ['flinkdeployments'],
}
const sessionJobs: JobKind = {
  group: 'flink.apache.org',
  kind: 'FlinkSessionJob',
  words: ['flinksessionjobs'],
}
const kinds = [clusters, deployments, sessionJobs]
const served: ServedKind[] = [
  { apiVersion: 'flinkoperator.k8s.io/v1beta1', kind: 'FlinkCluster', plural: 'flinkclusters' },
  { apiVersion: 'flink.apache.org/v1beta1', kind: 'FlinkDeployment', plural: 'flinkdeployments' },
]
const deployment = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name: 'orders', namespace: 'default', uid: 'uid-of-deployment' },
}
const orders = { name: 'orders' }
const asked = ['get FlinkCluster/default/orders', 'get FlinkDeployment/default/orders']

/** A server with FlinkClusters and FlinkDeployments, and no FlinkSessionJobs. */
function server(options: FakeClusterOptions = {}) {
  return fakeCluster({ kinds: served, ...options })
}

async function find(fake: ReturnType<typeof server>): Promise<string> {
  const { kind, metadata } = await readJob(fake, await jobRefs(fake, orders, kinds), orders)
  return `${kind}/${metadata.name}`
}

describe('a bare name', () => {
  it('is looked for among all kinds that are served, at once', async () => {
    const fake = server({ objects: [deployment] })
    let before: string[] = []
    fake.before('get', () => {
      before = [...fake.requests]
    })
    assert.equal(await find(fake), 'FlinkDeployment/orders')
    assert.deepEqual([before, fake.requests], [asked, asked])
  })

  it('costs one request where one kind is served', async () => {
    const fake = server({ objects: [spotifyCluster()], kinds: served.slice(0, 1) })
    assert.equal(await find(fake), 'FlinkCluster/orders')
    assert.deepEqual(fake.requests, asked.slice(0, 1))
  })

  it('of two jobs is refused, with both', async () => {
    await assert.rejects(
      find(server({ objects: [spotifyCluster(), deployment] })),
      failure(
        'not-asked',
        'the name means more than one job: flinkcluster/orders, flinkdeployment/orders',
        'name its kind too',
      ),
    )
  })

  it("of no job gives kubectl's NotFound", async () => {
    await assert.rejects(find(server()), {
      message: 'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found',
      hints: ['looked for among: flinkcluster, flinkdeployment'],
    })
  })

  it('is looked for among kinds that were installed since it was found out that there are none', async () => {
    const fake = server({ objects: [deployment] })
    const late: typeof fake = {
      ...fake,
      served: async (group, kind, absence) =>
        kind === 'FlinkDeployment' && absence === 'remembered' ? undefined : fake.served(group, kind),
    }
    assert.equal(await find(late), 'FlinkDeployment/orders')
    assert.deepEqual(fake.requests, asked)
  })

  it('is found where the other kind may not be read', async () => {
    const fake = server({ objects: [spotifyCluster()] })
    fake.fail('get FlinkDeployment', refusal(403, 'Forbidden', 'no'))
    assert.equal(await find(fake), 'FlinkCluster/orders')
  })

  it('that is nowhere to be seen is told to be forbidden, where it is', async () => {
    const fake = server()
    fake.fail('get FlinkDeployment', refusal(403, 'Forbidden', 'no'))
    await assert.rejects(find(fake), { message: 'Error from server (Forbidden): no' })
  })

  it('ends with what the server said where one of its answers is no answer', async () => {
    const fake = server({ objects: [spotifyCluster()] })
    fake.fail('get FlinkDeployment', failure('not-asked', 'the server is gone'))
    await assert.rejects(find(fake), { message: 'error: the server is gone' })
  })

  it('is refused where the server has none of the kinds', async () => {
    await assert.rejects(
      find(server({ kinds: [] })),
      failure(
        'not-asked',
        'the server doesn\'t have a resource type "flinkclusters" or "flinkdeployments" or "flinksessionjobs"',
      ),
    )
  })
})

describe('a name with its kind', () => {
  it('is asked for once', async () => {
    const fake = server({ objects: [spotifyCluster(), deployment] })
    const refs = await jobRefs(fake, { kind: deployments, name: 'orders' }, kinds)
    assert.equal(
      (await readJob(fake, refs, { kind: deployments, ...orders })).metadata.uid,
      'uid-of-deployment',
    )
    assert.deepEqual(fake.requests, asked.slice(1))
  })

  it('of a kind that is not served is refused as kubectl does', async () => {
    await assert.rejects(
      jobRefs(server(), { kind: sessionJobs, name: 'orders' }),
      failure('not-asked', 'the server doesn\'t have a resource type "flinksessionjobs"'),
    )
  })
})

describe('--operator', () => {
  it('is refused where it names an operator of another kind', async () => {
    const resource = resourceOf(spotifyCluster())
    assert.ok(resource)
    await assert.rejects(
      whichOperator(server(), resource, 'apache-1.10'),
      failure('usage', '--operator: apache-1.10 serves no FlinkCluster'),
    )
  })
})
