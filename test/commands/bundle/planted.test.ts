import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import type { Fields } from '../../../src/domain/fields.ts'
import { archivesIn } from '../../../src/storage/archives.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { deployment15 } from '../../support/flink-deployments.ts'
import { snapshot } from '../apache/scene.ts'
import { earlier, recordOf, taken } from '../history/samples.ts'
import { allPlanted, annotations, logLines, messages, pages, secret, spec, strayed } from './planted.ts'
import { bundleOf, operatorPod, pod } from './scene.ts'

const event = (kind: string, uid: string): Fields => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'default' },
  involvedObject: { kind, uid },
  message: messages.event(),
})

/** Of each place its own secrets: what one tells must not help to find those of another. */
const fresh = {
  cluster: () => {
    const { configuration, podTemplate, args } = spec()
    const logConfig = { 'log4j.properties': `appender.kafka.password = ${secret()}` }
    const envVars = [{ name: 'ANY', value: secret() }]
    return { flinkProperties: configuration, envVars, jobManager: podTemplate, logConfig, job: { args } }
  },
  deployment: () => {
    const { configuration, podTemplate, args } = spec()
    return { flinkConfiguration: configuration, podTemplate, job: { args } }
  },
  pod: () => spec().podTemplate['spec'] as Fields,
}

/** A FlinkCluster with secrets wherever its user can put one. */
function flinkCluster(): readonly Fields[] {
  const { job: submitted, ...own } = fresh.cluster()
  const base = spotifyCluster({ ...taken, job: submitted })
  const made = { cluster: 'orders', app: 'flink' }
  const metadata = { namespace: 'default', labels: made }
  return [
    {
      ...base,
      metadata: { ...(base['metadata'] as Fields), annotations: annotations({ spec: fresh.cluster() }) },
      spec: { ...(base['spec'] as Fields), ...own, stray: strayed() },
    },
    recordOf([{ ...earlier, note: messages.note() }]),
    pod('orders-jobmanager-0', 'default', made, fresh.pod()),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 's', ...metadata },
      spec: { template: { spec: fresh.pod() } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'r', namespace: 'default', labels: { 'flinkoperator.k8s.io/managed-by': 'orders' } },
      data: { spec: fresh.cluster() },
    },
    event('FlinkCluster', 'uid-of-orders'),
    { ...operatorPod, spec: operatorSpec() },
  ]
}

const operatorSpec = () => ({
  containers: [
    { name: 'main', image: 'o', env: [{ name: 'A', value: secret() }], args: ['--token', secret()] },
  ],
})

/** A FlinkDeployment with the same. */
function flinkDeployment(): readonly Fields[] {
  const { job: submitted, flinkConfiguration, ...own } = fresh.deployment()
  const lastReconciledSpec = JSON.stringify({ spec: fresh.deployment() })
  const job = deployment15({
    configuration: flinkConfiguration,
    job: submitted,
    spec: own,
    metadata: { annotations: annotations({ spec: fresh.deployment() }) },
    status: { reconciliationStatus: { lastReconciledSpec }, error: messages.event() },
  })
  const record = recordOf([])
  const entries = `${JSON.stringify({ note: messages.note() })}\n`
  const name = 'flinksp-flinkdeployment-orders'
  const failed = snapshot(1)
  return [
    job,
    { ...record, metadata: { ...record.metadata, name }, data: { ...record.data, entries } },
    {
      ...failed,
      status: {
        ...failed.status,
        error: `cannot write: https://acc.blob.core.windows.net/c?sig=${secret()}`,
      },
    },
    pod('orders-jobmanager-0', 'default', { app: 'orders' }, fresh.pod()),
    event('FlinkDeployment', 'uid-of-orders'),
    {
      ...operatorPod,
      metadata: {
        ...(operatorPod['metadata'] as Fields),
        labels: { 'app.kubernetes.io/name': 'flink-kubernetes-operator' },
      },
      spec: operatorSpec(),
    },
  ]
}

const kinds = [
  [
    'FlinkCluster',
    flinkCluster,
    [{ apiVersion: 'flinkoperator.k8s.io/v1beta1', kind: 'FlinkCluster', plural: 'flinkclusters' }],
  ],
  [
    'FlinkDeployment',
    flinkDeployment,
    [
      { apiVersion: 'flink.apache.org/v1beta1', kind: 'FlinkDeployment', plural: 'flinkdeployments' },
      { apiVersion: 'flink.apache.org/v1beta1', kind: 'FlinkStateSnapshot', plural: 'flinkstatesnapshots' },
    ],
  ],
] as const

/** What must still be there, or nobody would find a fault with it. */
const kept = [
  's3.secret-key',
  '--password',
  '--job-classname',
  'com.example.Orders',
  's3://bucket/orders',
  'DB_PASSWORD',
  'db-secret',
  'registry.example.com/flink:1.18',
  'influx.example.com/db',
  'java.io.IOException',
]

for (const [kind, objectsOf, served] of kinds) {
  describe(`The archive of a ${kind} with secrets wherever one can be`, () => {
    let archive: string
    let plain: string

    before(async () => {
      const objects = objectsOf()
      const logs = { 'flink-system/operator-1/main': logLines('default/orders') }
      const documents = { '/version': { gitVersion: 'v1.36.3' } }
      plain = JSON.stringify([objects, logs])
      const { exit, stderr, files } = await bundleOf(
        `bundle ${kind}/orders`,
        { objects, logs, documents, kinds: served },
        { answer: pages },
      )
      assert.deepEqual([exit, stderr.includes('not in it:')], [0, false], stderr)
      const bytes: Buffer[] = []
      const door = archivesIn('/', { isTerminal: false, write: written => void bytes.push(written) })
      const all = Object.entries(files).map(([path, text]) => ({ path, text }))
      await door.write({ file: '-', overwrite: false }, all, 0)
      archive = gunzipSync(Buffer.concat(bytes)).toString('latin1')
    })

    it('holds none of them, neither as they were nor in base64', () => {
      const there = allPlanted().filter(each => archive.includes(each) || archive.includes(btoa(each)))
      assert.deepEqual(there, [])
    })

    it('was made of many', () => {
      const there = allPlanted().filter(each => plain.includes(each))
      assert.ok(there.length > 60, String(there.length))
    })

    it('holds what helps', () => {
      assert.deepEqual(
        kept.filter(text => !archive.includes(text)),
        [],
      )
    })
  })
}
