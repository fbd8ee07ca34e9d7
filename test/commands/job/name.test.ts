import assert from 'node:assert/strict'
import { jobKind, jobKinds, parseJob, parseJobs } from '../../../src/commands/job/name.ts'
import { failure } from '../../../src/domain/failure.ts'

const [kind] = jobKinds

describe('the name of a job', () => {
  const words = [
    'flinkcluster',
    'flinkclusters',
    'fc',
    'fcs',
    'FC',
    'FlinkCluster',
    'flinkclusters.flinkoperator.k8s.io',
    'flinkcluster.flinkoperator.k8s.io',
    'flinkclusters.v1beta1.flinkoperator.k8s.io',
    'FlinkClusters.v1alpha1.FlinkOperator.k8s.io',
  ]
  for (const word of words) {
    it(`is of kind FlinkCluster: ${word}/orders`, () => {
      assert.deepEqual(parseJob(`${word}/orders`), { kind, name: 'orders' })
    })
  }

  it('is looked for among all kinds without a kind', () => {
    assert.deepEqual(parseJob('orders'), { name: 'orders' })
    assert.deepEqual(parseJob('fc'), { name: 'fc' })
    assert.deepEqual(parseJob('0123'), { name: '0123' })
  })

  it('is one of several after a kind', () => {
    assert.deepEqual(parseJobs(['fc', 'orders', 'payments']), [
      { kind, name: 'orders' },
      { kind, name: 'payments' },
    ])
    assert.deepEqual(parseJobs(['orders', 'fc']), [{ name: 'orders' }, { name: 'fc' }])
    assert.deepEqual(parseJobs(['fc']), [{ name: 'fc' }])
    assert.deepEqual(parseJobs([]), [])
  })

  it('is of a kind of the Apache operator', () => {
    const words = ['flinkdep', 'FlinkDeployment', 'flinksessionjobs.flink.apache.org', 'sessionjob']
    const found = ['FlinkDeployment', 'FlinkDeployment', 'FlinkSessionJob', 'FlinkSessionJob']
    assert.deepEqual(
      words.map(word => jobKind(word)?.kind),
      found,
    )
  })

  it('is no kind of another group', () => {
    assert.equal(jobKind('flinkclusters.example.com'), undefined)
    assert.equal(jobKind('constructor'), undefined)
  })

  const wrong: [string[], string][] = [
    [['pod/x'], '"pod" is no kind of job that is known: FlinkCluster, FlinkDeployment, FlinkSessionJob'],
    [['/orders'], 'arguments in resource/name form must have a single resource and name'],
    [['fc/'], 'arguments in resource/name form must have a single resource and name'],
    [['fc/a/b'], 'invalid resource name "a/b": [may not contain \'/\']'],
    [['a%2fb'], 'invalid resource name "a%2fb": [may not contain \'%\']'],
    [['..'], 'invalid resource name "..": [may not be \'..\']'],
    [[''], 'invalid resource name ""'],
    [['a\nb'], 'invalid resource name "a\\nb"'],
    [['x'.repeat(254)], `invalid resource name "${'x'.repeat(254)}"`],
  ]
  for (const [given, text] of wrong) {
    it(`is not ${JSON.stringify(given.join(' ')).slice(0, 40)}`, () => {
      assert.throws(() => parseJobs(given), failure('usage', text))
    })
  }

  it('stands without its kind after a kind', () => {
    assert.throws(() => parseJobs(['fc', 'fc/orders']), /no need to specify a resource type/)
  })
})
