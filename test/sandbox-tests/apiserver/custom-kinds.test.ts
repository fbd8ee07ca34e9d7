import assert from 'node:assert/strict'
import { type Json, type KubeObject, valueAt } from '../../sandbox/apiserver/object.ts'
import {
  type Answer,
  clusters,
  flinkCluster,
  install,
  mergePatch,
  type TestServer,
  testServer,
} from './support.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

describe('the sandbox API server serves what a CustomResourceDefinition defines', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await testServer()
  })
  afterEach(() => server.close())

  const text = ({ code, body }: Answer) => [code, body['message']]
  const job = (body: Json) => valueAt(body, ['spec', 'job']) as Json
  const create = (object: Json, query = '') => server.call('POST', `${clusters}${query}`, object)

  it('from its creation to its end, and its objects end with it', async () => {
    assert.deepEqual(await server.call('GET', clusters), {
      code: 404,
      body: { text: '404 page not found\n' },
      warnings: [],
    })
    await install(server.call, 'gcp')
    const { body } = await server.call('GET', `${definitions}/flinkclusters.flinkoperator.k8s.io`)
    const conditions = valueAt(body, ['status', 'conditions']) as Json[]
    assert.deepEqual(
      conditions.map(({ type, status }) => `${type} ${status}`),
      ['NamesAccepted True', 'Established True'],
    )
    await create(flinkCluster('orders'))
    await server.call('DELETE', `${definitions}/flinkclusters.flinkoperator.k8s.io`)
    assert.equal((await server.call('GET', clusters)).code, 404)
    await install(server.call, 'gcp')
    assert.deepEqual((await server.call('GET', clusters)).body['items'], [])
  })

  it('only with the approval that a k8s.io group needs', async () => {
    const answer = await server.call('POST', definitions, {
      metadata: { name: 'tests.example.k8s.io' },
      spec: {
        group: 'example.k8s.io',
        scope: 'Namespaced',
        names: { kind: 'Test', plural: 'tests' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    })
    assert.deepEqual(text(answer), [
      422,
      'CustomResourceDefinition.apiextensions.k8s.io "tests.example.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    ])
  })

  it('without the fields it does not name, which are told as warnings', async () => {
    await install(server.call, 'spotify')
    const { code, body, warnings } = await create(flinkCluster('orders', { fromSavePoint: 's3://typo' }))
    assert.deepEqual([code, warnings], [201, ['299 - "unknown field \\"spec.job.fromSavePoint\\""']])
    assert.equal('fromSavePoint' in job(body), false)
    const quiet = await create(
      flinkCluster('payments', { fromSavePoint: 's3://typo' }),
      '?fieldValidation=Ignore',
    )
    assert.deepEqual(quiet.warnings, [])
  })

  it('or not at all, where the client wants it strict', async () => {
    await install(server.call, 'spotify')
    const strict = '?fieldValidation=Strict'
    assert.deepEqual(text(await create(flinkCluster('orders', { fromSavePoint: 's3://typo' }), strict)), [
      400,
      'FlinkCluster in version "v1beta1" cannot be handled as a FlinkCluster: strict decoding error: unknown field "spec.job.fromSavePoint"',
    ])
    await create(flinkCluster('orders'))
    const patch = await server.call(
      'PATCH',
      `${clusters}/orders${strict}`,
      { spec: { nonsense: 1 } },
      mergePatch,
    )
    assert.match(String(patch.body['message']), /: strict decoding error: unknown field "spec\.nonsense"$/)
    assert.equal(patch.code, 422)
  })

  it('with everything, where it prunes nothing', async () => {
    await install(server.call, 'gcp')
    const { body, warnings } = await create(flinkCluster('orders', { fromSavePoint: 's3://typo' }))
    assert.deepEqual([job(body)['fromSavePoint'], warnings], ['s3://typo', []])
  })

  it('with its defaults', async () => {
    await install(server.call, 'spotify')
    const { body } = await create(flinkCluster('orders'))
    assert.deepEqual(job(body), {
      allowNonRestoredState: false,
      cleanupPolicy: {
        afterJobCancelled: 'DeleteCluster',
        afterJobFails: 'KeepCluster',
        afterJobSucceeds: 'DeleteCluster',
      },
      jarFile: 'count.jar',
      mode: 'Detached',
      noLoggingToStdout: false,
      restartPolicy: 'Never',
      savepointFormatType: 'CANONICAL',
      savepointsDir: 's3://bucket/savepoints',
    })
    assert.deepEqual(valueAt(body, ['spec', 'jobManager', 'ports']), {
      rpc: 6123,
      blob: 6124,
      query: 6125,
      ui: 8081,
    })
  })

  it('without the nulls that it does not allow', async () => {
    await install(server.call, 'spotify')
    const nulls = { savepointsDir: null, mode: null, podLabels: { team: null } }
    const { code, body } = await create(flinkCluster('orders', nulls))
    const { savepointsDir, mode, podLabels } = job(body)
    assert.deepEqual([code, savepointsDir, mode, podLabels], [201, undefined, 'Detached', {}])
  })

  it('if it is valid', async () => {
    await install(server.call, 'spotify')
    const refusal = async (change: Json, ofJob: Json = {}) => {
      const object = flinkCluster('orders', ofJob) as KubeObject
      return text(await create({ ...object, spec: { ...object.spec, ...change } }))[1]
    }
    const invalid = (why: string) => `FlinkCluster.flinkoperator.k8s.io "orders" is invalid: ${why}`
    assert.equal(await refusal({ image: undefined }), invalid('spec.image: Required value'))
    assert.equal(
      await refusal({}, { parallelism: 'two' }),
      invalid(
        'spec.job.parallelism: Invalid value: "string": spec.job.parallelism in body must be of type integer: "string"',
      ),
    )
    assert.equal(
      await refusal({}, { restartPolicy: 'Always', maxStateAgeToRestoreSeconds: -1 }),
      invalid(
        '[spec.job.restartPolicy: Unsupported value: "Always": supported values: "Never", "FromSavepointOnFailure", spec.job.maxStateAgeToRestoreSeconds: Invalid value: -1: spec.job.maxStateAgeToRestoreSeconds in body should be greater than or equal to 0]',
      ),
    )
  })

  it('and tells its schema', async () => {
    await install(server.call, 'spotify')
    const index = await server.call('GET', '/openapi/v3')
    const place = ['paths', 'apis/flinkoperator.k8s.io/v1beta1', 'serverRelativeURL']
    const { body } = await server.call('GET', String(valueAt(index.body, place)))
    const name = 'io.k8s.flinkoperator.v1beta1.FlinkCluster'
    const fields = ['properties', 'spec', 'properties', 'job', 'properties', 'maxStateAgeToRestoreSeconds']
    assert.deepEqual(valueAt(body, ['components', 'schemas', name, ...fields]), {
      type: 'integer',
      format: 'int32',
      minimum: 0,
    })
    const v2 = await server.call('GET', '/openapi/v2')
    assert.ok(valueAt(v2.body, ['definitions', name, ...fields]))
  })
})
