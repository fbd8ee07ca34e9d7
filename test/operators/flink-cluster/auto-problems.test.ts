import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { automating } from '../../../src/operators/flink-cluster/auto/auto.ts'
import type { OperatorName } from '../../../src/operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import { type ClusterParts, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { object } from './play.ts'
import { attempt } from './scenarios/parts.ts'

const old = 'gs://bucket/orders/savepoint-1'
const now = Date.parse('2026-03-01T12:00:00Z')

function seen(build: OperatorName, parts: ClusterParts) {
  const resource = object(build === 'spotify' ? spotifyCluster(parts) : gcpCluster(parts))
  return { resource, facts: readFlinkCluster(resource, build) }
}

describe('when the next automatic savepoint is due', () => {
  const rows: [string, OperatorName, Fields, Fields, string | undefined][] = [
    [
      'counts on Spotify from the last',
      'spotify',
      { autoSavepointSeconds: 300 },
      { savepointTime: '2026-03-01T11:58:00Z' },
      '2026-03-01T12:03:00Z',
    ],
    [
      'counts on Spotify from the start before there is one',
      'spotify',
      { autoSavepointSeconds: 300 },
      {},
      '2026-03-01T08:06:00Z',
    ],
    [
      'counts on GCP from the last, in whatever zone its operator lives',
      'gcp-9',
      { autoSavepointSeconds: 300 },
      { lastSavepointTime: '2026-03-01T13:58:00+02:00' },
      '2026-03-01T12:03:00Z',
    ],
    ['is at once on GCP before there is one', 'gcp-9', { autoSavepointSeconds: 300 }, {}, 'at once'],
    [
      'counts so on the oldest too',
      'gcp-2',
      { autoSavepointSeconds: 20 },
      { lastSavepointTime: '2026-03-01T11:58:00Z' },
      '2026-03-01T11:58:20Z',
    ],
    [
      'is on master never earlier than 900 s after the last trigger',
      'gcp-master',
      { autoSavepointSeconds: 300 },
      { lastSavepointTime: '2026-03-01T11:58:00Z', lastSavepointTriggerTime: '2026-03-01T11:57:00Z' },
      '2026-03-01T12:12:00Z',
    ],
    [
      'is on master the interval where that is longer',
      'gcp-master',
      { autoSavepointSeconds: 1800 },
      { lastSavepointTime: '2026-03-01T11:58:00Z', lastSavepointTriggerTime: '2026-03-01T11:57:00Z' },
      '2026-03-01T12:28:00Z',
    ],
    [
      'is nothing for a job that does not run',
      'spotify',
      { autoSavepointSeconds: 300 },
      { state: 'Failed' },
      undefined,
    ],
    [
      'is nothing without a directory',
      'spotify',
      { autoSavepointSeconds: 300, savepointsDir: '' },
      {},
      undefined,
    ],
    [
      'is nothing where the time is none',
      'gcp-9',
      { autoSavepointSeconds: 300 },
      { lastSavepointTime: 'yesterday' },
      undefined,
    ],
    [
      'is nothing beyond the years that can be written',
      'spotify',
      { autoSavepointSeconds: 9e15 },
      {},
      undefined,
    ],
  ]
  for (const [name, build, job, jobStatus, nextAt] of rows) {
    it(name, () => {
      const { automatic } = seen(build, { job, jobStatus }).facts
      const everySeconds = job['autoSavepointSeconds']
      const due = nextAt === 'at once' ? { atOnce: true } : { nextAt }
      assert.deepEqual(automatic, { everySeconds, ...(nextAt !== undefined && due) })
    })
  }

  it('is no question where no interval is set', () => {
    assert.deepEqual(
      [{}, { autoSavepointSeconds: '300' }, { autoSavepointSeconds: 1.5 }].map(
        job => seen('spotify', { job }).facts.automatic,
      ),
      [undefined, undefined, undefined],
    )
  })
})

describe('the problems of the automatic savepoints', () => {
  const auto = { autoSavepointSeconds: 300 }
  const policy = { restartPolicy: 'FromSavepointOnFailure' }
  const failing = attempt('Failed', 'a', {
    triggerReason: 'scheduled',
    message:
      'Savepoint error: java.lang.Exception: x\nCaused by: java.io.IOException: No space left on device',
  })
  const rows: [string, OperatorName, ClusterParts, string[]][] = [
    [
      'are none where all is well',
      'spotify',
      { job: auto, jobStatus: { savepointTime: '2026-03-01T11:58:00Z' } },
      [],
    ],
    [
      'are none while the next is not due for long',
      'spotify',
      { job: auto, jobStatus: { savepointTime: '2026-03-01T11:54:30Z' } },
      [],
    ],
    [
      'name one that is late',
      'spotify',
      { job: auto, jobStatus: { savepointTime: '2026-03-01T11:50:00Z' } },
      ['the next automatic savepoint is 5m late'],
    ],
    [
      'name one that is late with the reason of the last failure',
      'spotify',
      { job: auto, jobStatus: { savepointTime: '2026-03-01T11:50:00Z' }, status: { savepoint: failing } },
      [
        'the next automatic savepoint is 5m late: the last attempt failed (No space left on device); for the cause: kubectl flinksp history flinkcluster/orders',
      ],
    ],
    [
      'say that one is in progress',
      'spotify',
      {
        job: auto,
        jobStatus: { savepointTime: '2026-03-01T11:50:00Z' },
        status: { savepoint: attempt('InProgress', 'a') },
      },
      ['the next automatic savepoint is 5m late: one is in progress'],
    ],
    [
      'say that the first has not come, where it is due at once',
      'gcp-9',
      { job: auto, status: { savepoint: failing } },
      [
        'no automatic savepoint has been taken yet: the last attempt failed (No space left on device); for the cause: kubectl flinksp history flinkcluster/orders',
      ],
    ],
    [
      'are silent of what is late in a job that does not run',
      'spotify',
      { job: auto, jobStatus: { state: 'Failed', savepointTime: '2026-03-01T11:50:00Z' } },
      [],
    ],
    [
      'name an interval without a directory',
      'spotify',
      { job: { ...auto, savepointsDir: '' } },
      ['autoSavepointSeconds has no effect: spec.job.savepointsDir is not set'],
    ],
    [
      'name an interval of nothing',
      'spotify',
      { job: { autoSavepointSeconds: 0 } },
      ['autoSavepointSeconds is 0: the operator takes savepoints without a pause'],
    ],
    [
      "name master's floor",
      'gcp-master',
      { job: auto },
      [
        'autoSavepointSeconds is 300, but this operator never takes one earlier than 900 s after the one before',
      ],
    ],
    [
      'name a policy without a savepoint',
      'gcp-8',
      { job: policy },
      ['FromSavepointOnFailure has no effect yet: there is no savepoint to restart from'],
    ],
    ['are silent of a policy with one', 'gcp-8', { job: policy, jobStatus: { savepointLocation: old } }, []],
    [
      "name what Spotify's operator restarts without a savepoint",
      'spotify',
      { job: policy },
      [
        'FromSavepointOnFailure: there is no savepoint yet, so a failure now restarts the job with empty state',
      ],
    ],
    [
      'name the restart without end',
      'gcp-9',
      { job: policy, jobStatus: { savepointLocation: old } },
      [
        'FromSavepointOnFailure: this operator restarts a job that failed without end, and never submits it (it ends by a restore)',
      ],
    ],
    [
      'name a policy that never acts',
      'gcp-2',
      { job: policy },
      ['FromSavepointOnFailure has no effect: this operator takes a job that failed for one that succeeded'],
    ],
    [
      'name misspelled fields, and what sets them right',
      'gcp-9',
      { job: { autoSavePointSeconds: 90, fromSavePoint: old } },
      [
        'spec.job.autoSavePointSeconds is read by no operator, the field is autoSavepointSeconds: kubectl flinksp auto orders --every 90s sets it right',
        'spec.job.fromSavePoint is read by no operator, the field is fromSavepoint',
      ],
    ],
  ]
  for (const [name, build, parts, problems] of rows) {
    it(name, () => {
      const { resource, facts } = seen(build, parts)
      assert.deepEqual(automating.problems(resource, facts, build, now), problems)
    })
  }
})

describe('the directory of the savepoints', () => {
  const volume = { volumeMounts: [{ name: 'sp', mountPath: '/savepoints/' }] }
  const rows: [string, string, Fields, string[]][] = [
    [
      'is nothing to say of where the image is not known',
      'gs://b/o',
      { image: { name: 'registry/own:1' } },
      [],
    ],
    [
      'needs a plugin in the official image',
      'gs://b/o',
      { image: { name: 'flink:1.18.1-scala_2.12' } },
      [
        'gs://b/o: the image flink:1.18.1-scala_2.12 does not serve gs:// by itself; enable the plugin in spec.envVars: ENABLE_BUILT_IN_PLUGINS=flink-gs-fs-hadoop-1.18.1.jar',
      ],
    ],
    [
      'is served by the plugin that is enabled',
      's3://b/o',
      {
        image: { name: 'flink:1.18' },
        envVars: [{ name: 'ENABLE_BUILT_IN_PLUGINS', value: 'flink-s3-fs-presto-1.18.1.jar' }],
      },
      [],
    ],
    [
      'is not served by another plugin',
      's3a://b/o',
      {
        image: { name: 'apache/flink:1.18' },
        envVars: [{ name: 'ENABLE_BUILT_IN_PLUGINS', value: 'flink-s3-fs-presto-1.18.1.jar' }],
      },
      [
        's3a://b/o: the image apache/flink:1.18 does not serve s3a:// by itself; enable the plugin in spec.envVars: ENABLE_BUILT_IN_PLUGINS=flink-s3-fs-hadoop-VERSION.jar',
      ],
    ],
    [
      'may be served by what comes from elsewhere',
      's3://b/o',
      { image: { name: 'flink:1.18' }, envFrom: [{ configMapRef: { name: 'x' } }] },
      [],
    ],
    [
      'may be served by jars that are mounted',
      's3://b/o',
      {
        image: { name: 'flink:1.18' },
        jobManager: { volumeMounts: [{ mountPath: '/opt/flink/plugins/s3' }] },
      },
      [],
    ],
    [
      'may be served by Hadoop, if Flink is told so',
      's3://b/o',
      { image: { name: 'flink:1.18' }, flinkProperties: { 'fs.allowed-fallback-filesystems': 'abfs;s3' } },
      [],
    ],
    [
      'needs Hadoop',
      'hdfs://nn:8020/o',
      { image: { name: 'docker.io/library/flink@sha256:0' } },
      [
        'hdfs://nn:8020/o: the image docker.io/library/flink@sha256:0 has no Hadoop for hdfs://; use one that has, or set HADOOP_CLASSPATH',
      ],
    ],
    [
      'has a scheme that Flink does not know',
      'sftp://h/o',
      {},
      [
        "sftp://h/o: the scheme sftp belongs to no file system of Flink's; an image with a plugin of its own may serve it",
      ],
    ],
    [
      'is lost with the pods where nothing is mounted',
      'file:///savepoints/orders',
      { jobManager: volume },
      [
        'file:///savepoints/orders is a path inside the pods: mount a shared volume there (spec.jobManager and spec.taskManager volumeMounts), or savepoints are lost with the pods',
      ],
    ],
    ['is a volume that all pods have', '/savepoints/orders', { jobManager: volume, taskManager: volume }, []],
    [
      'has the scheme of the configuration where it has none',
      '/orders',
      { image: { name: 'own' }, flinkProperties: { 'fs.default-scheme': 'hdfs://nn:8020/' } },
      [],
    ],
  ]
  for (const [name, savepointsDir, spec, problems] of rows) {
    it(name, () => {
      const body = spotifyCluster({ job: { savepointsDir } })
      const resource = object({ ...body, spec: { ...(body['spec'] as Fields), ...spec } })
      assert.deepEqual(automating.problems(resource, readFlinkCluster(resource), 'spotify', now), problems)
    })
  }
})
