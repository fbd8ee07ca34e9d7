import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { type Fields, fieldsAt, listAt } from '../../../src/domain/fields.ts'
import { operatorOfObject, operatorOfSchema } from '../../../src/operators/flink-cluster/detect.ts'
import { flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { object } from './play.ts'

/** A FlinkCluster with this status alone. */
function withStatus(status: Fields, apiVersion = 'flinkoperator.k8s.io/v1beta1') {
  return object({ ...gcpCluster(), apiVersion, status })
}

const job = { id: flinkJobId, state: 'Running' }
const deployment = { jobManagerDeployment: { state: 'Ready' }, job }
const statefulSet = { jobManagerStatefulSet: { state: 'Ready' }, job }
const revisions = { currentRevision: 'orders-1', nextRevision: 'orders-1' }

describe('the operator that wrote an object', () => {
  for (const [operator, status] of [
    ['gcp-3', { components: deployment, control: { name: 'savepoint', state: 'Progressing' } }],
    ['gcp-4', { components: deployment, savepoint: { state: 'Succeeded' } }],
    ['gcp-4', { components: deployment, savepoint: {}, control: {} }],
    ['gcp-8', { components: deployment, ...revisions }],
    ['gcp-8', { components: deployment, savepoint: {}, nextRevision: 'orders-1' }],
    ['gcp-9', { components: statefulSet, ...revisions }],
    ['gcp-9', { components: statefulSet }],
    [
      'gcp-master',
      { components: { ...statefulSet, job: { ...job, lastSavepointTriggerTime: '2026-03-01T12:00:00Z' } } },
    ],
    ['spotify', { components: statefulSet, revision: { currentRevision: 'orders-1' } }],
    ['spotify', { components: { jobManager: {}, job } }],
    ['spotify', { components: { taskManager: {} } }],
    ['spotify', { components: { ...statefulSet, job: { ...job, deployTime: '2026-03-01T12:00:00Z' } } }],
    ['spotify', { components: { ...statefulSet, job: { ...job, savepointTime: '2026-03-01T12:00:00Z' } } }],
    ['spotify', { components: { ...statefulSet, job: { ...job, submitterName: 'orders-job-submitter' } } }],
  ] as const) {
    it(`is ${operator} by ${JSON.stringify(status)}`, () => {
      assert.equal(operatorOfObject(withStatus(status)), operator)
    })
  }

  it('is v1alpha1 by its version, whatever the status', () => {
    assert.equal(operatorOfObject(withStatus({}, 'flinkoperator.k8s.io/v1alpha1')), 'gcp-v1alpha1')
  })

  it('does not show yet in a new object, nor where tags without a mark look alike', () => {
    assert.deepEqual(
      [{}, { state: 'Creating' }, { components: { job } }, { components: deployment }].map(status =>
        operatorOfObject(withStatus(status)),
      ),
      [undefined, undefined, undefined, undefined],
    )
  })

  it('shows in the whole objects of both operators', () => {
    assert.deepEqual(
      [gcpCluster(), spotifyCluster()].map(body => operatorOfObject(object(body))),
      ['gcp-9', 'spotify'],
    )
  })

  it('is told from a status that is none', () => {
    const hostile = { components: [], savepoint: 'x', control: 3, revision: undefined }
    assert.doesNotThrow(() => operatorOfObject(withStatus(hostile)))
  })
})

/** A schema with these fields under spec, spec.job, status and status.components. */
function schema(fields: {
  spec?: string[]
  job?: string[]
  status?: string[]
  components?: string[]
}): Fields {
  const named = (names: readonly string[] = []) => Object.fromEntries(names.map(name => [name, {}]))
  return {
    properties: {
      spec: { properties: { ...named(fields.spec), job: { properties: named(fields.job) } } },
      status: {
        properties: {
          ...named(fields.status),
          ...(fields.components && { components: { properties: named(fields.components) } }),
        },
      },
    },
  }
}

describe('the operator that a schema belongs to', () => {
  const components = ['job', 'jobManagerDeployment']
  for (const [operator, fields] of [
    ['gcp-2', { components }],
    ['gcp-3', { components, status: ['control'] }],
    ['gcp-4', { components, status: ['control', 'savepoint'] }],
    ['gcp-8', { components, status: ['control', 'savepoint', 'currentRevision'] }],
    [
      'gcp-9',
      { components: ['job', 'jobManagerStatefulSet'], status: ['control', 'savepoint', 'currentRevision'] },
    ],
    ['gcp-master', { components: ['jobManagerStatefulSet'], job: ['takeSavepointOnUpgrade'] }],
    ['spotify', { components: ['jobManager'], job: ['maxStateAgeToRestoreSeconds'] }],
    ['spotify', { spec: ['flinkVersion'] }],
  ] as const) {
    it(`is ${operator} by ${JSON.stringify(fields)}`, () => {
      assert.equal(operatorOfSchema(schema(fields as Parameters<typeof schema>[0])), operator)
    })
  }

  it('is not told by a schema that declares nothing of the status', () => {
    assert.deepEqual(
      [{}, schema({}), { properties: null }].map(each => operatorOfSchema(each as Fields)),
      [undefined, undefined, undefined],
    )
  })
})

describe('the CRDs of the real operators', () => {
  const crds = new URL('../../../../shared/crds/', import.meta.url)
  for (const [file, operator] of [
    ['gcp-v1beta1_tag-v1beta1-2-FlinkCluster.converted-to-apiext-v1.yaml', 'gcp-2'],
    ['gcp-v1beta1_tag-v1beta1-9-FlinkCluster.converted-to-apiext-v1.yaml', 'gcp-9'],
    ['spotify-v1beta1-FlinkCluster.installable.yaml', 'spotify'],
  ] as const) {
    it(`tell ${operator}`, () => {
      if (!existsSync(crds)) return console.log('      skipped: ../shared is not here')
      const crd = load(readFileSync(new URL(file, crds), 'utf8')) as Fields
      const [version] = listAt(crd, 'spec', 'versions')
      assert.equal(operatorOfSchema(fieldsAt(version ?? {}, 'schema', 'openAPIV3Schema')), operator)
    })
  }
})
