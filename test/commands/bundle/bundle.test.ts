import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { unreachable, until } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { deployment15 } from '../../support/flink-deployments.ts'
import { deployments, sessionJobs, snapshot, snapshots } from '../apache/scene.ts'
import { earlier, recordOf, taken } from '../history/samples.ts'
import { archiveName, bundleOf, operatorPod, pod } from './scene.ts'

const documents = { '/version': { gitVersion: 'v1.36.3' } }
const jobManager = pod('orders-jobmanager-0', 'default', {
  cluster: 'orders',
  app: 'flink',
  component: 'jobmanager',
})
const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'default' },
  involvedObject: { kind: 'Pod', name: 'orders-jobmanager-0', uid: 'uid-of-orders-jobmanager-0' },
  reason: 'BackOff',
  message: 'back-off',
}
const ofAnother = {
  ...event,
  metadata: { name: 'f', namespace: 'default' },
  involvedObject: { uid: 'another' },
}
const logs = { 'flink-system/operator-1/main': ['INFO default/orders', 'INFO default/payments'] }
const objects = [spotifyCluster(taken), recordOf([earlier]), jobManager, event, ofAnother, operatorPod]
const there = { objects, logs, documents }

const forbidden = (verb: string) => refusal(403, 'Forbidden', `cannot ${verb}`)
const pathsIn = (files: object) => Object.keys(files).map(path => path.slice(archiveName.length + 1))
const namesIn = (files: Readonly<Record<string, string>>, path: string) =>
  (
    JSON.parse(files[`${archiveName}/${path}`] ?? '{}') as { items: { metadata: { name: string } }[] }
  ).items.map(({ metadata }) => metadata.name)
const missingIn = (stderr: string) =>
  stderr.split('\n').flatMap(line => /^not in it: (.*)$/.exec(line)?.[1] ?? [])

const found = [
  'INDEX.md',
  'manifest.json',
  'objects/job.json',
  'objects/record.json',
  'objects/controllerrevisions.json',
  'objects/pods.json',
  'objects/deployments.json',
  'objects/statefulsets.json',
  'objects/jobs.json',
  'objects/events.json',
  'flink/config.json',
  'flink/overview.json',
  'flink/jobs-overview.json',
  'flink/jobmanager-config.json',
  'flink/job.json',
  'flink/job-config.json',
  'flink/job-checkpoints.json',
  'flink/job-checkpoints-config.json',
  'flink/job-exceptions.json',
  'operator/pods.json',
  'operator/operator-1.main.log',
  'versions.json',
]

describe('bundle', () => {
  it('writes all that tells of a fault into an archive, with an index', async () => {
    const { files, questions, requests, ...ended } = await bundleOf('bundle orders', there)
    assert.deepEqual(ended, {
      exit: 0,
      stdout: `flinkcluster.flinkoperator.k8s.io/orders bundled: ${archiveName}.tar.gz (20 files, 2Ki)\n`,
      stderr: `asking the API server, Flink and the operator's log about flinkcluster.flinkoperator.k8s.io/orders
look it over before you give it away: INDEX.md in it says what is there
`,
      open: 0,
    })
    assert.deepEqual(pathsIn(files), found)
    assert.deepEqual(
      [namesIn(files, 'objects/pods.json'), namesIn(files, 'objects/events.json')],
      [['orders-jobmanager-0'], ['e']],
    )
    assert.equal(files[`${archiveName}/operator/operator-1.main.log`], 'INFO default/orders\n')
    assert.equal(questions.length, 9)
    assert.deepEqual(
      requests.filter(request => /^(patch|create|update|delete) /.test(request)),
      [],
    )
  })

  it('says whose versions were seen', async () => {
    const { files } = await bundleOf('bundle orders', there)
    const { plugin, kubernetes, operator, flink } = JSON.parse(files[`${archiveName}/versions.json`] ?? '')
    assert.deepEqual(
      [Object.keys(plugin), kubernetes.gitVersion, operator, flink],
      [
        ['version', 'node', 'platform'],
        'v1.36.3',
        { serves: 'FlinkCluster', build: 'spotify', images: ['example.com/image:1'] },
        { rest: '1.18.1', images: ['example.com/image:1'] },
      ],
    )
  })

  it('leaves out what may not be read, and what does not answer, and says so in the archive too', async () => {
    const { exit, stdout, stderr, files } = await bundleOf('bundle orders', there, {
      answer: () => unreachable('connection refused'),
      prepare(cluster) {
        for (const what of ['list', 'get ConfigMap', 'log', 'read']) cluster.fail(what, forbidden(what))
      },
    })
    const expected = [
      'the record of what the plugin did: Error from server (Forbidden): cannot get ConfigMap',
      'ControllerRevisions of the job (flinkoperator.k8s.io/managed-by=orders): Error from server (Forbidden): cannot list',
      'Pods of the job (cluster=orders,app=flink): Error from server (Forbidden): cannot list',
      'Deployments of the job (cluster=orders,app=flink): Error from server (Forbidden): cannot list',
      'StatefulSets of the job (cluster=orders,app=flink): Error from server (Forbidden): cannot list',
      'Jobs of the job (cluster=orders,app=flink): Error from server (Forbidden): cannot list',
      'Events of these objects: Error from server (Forbidden): cannot list',
      "Flink's REST API: connection refused",
      'the pods of the operator: Error from server (Forbidden): cannot list',
      "the API server's version: Error from server (Forbidden): cannot read",
    ]
    assert.deepEqual([exit, missingIn(stderr)], [0, expected])
    assert.match(stdout, /\(2 files, /)
    assert.deepEqual(pathsIn(files), ['INDEX.md', 'manifest.json', 'objects/job.json', 'versions.json'])
    const index = files[`${archiveName}/INDEX.md`] ?? ''
    assert.deepEqual(
      index.split('\n').filter(line => line.startsWith('- ')),
      expected.map(line => `- ${line}`),
    )
    const { missing } = JSON.parse(files[`${archiveName}/manifest.json`] ?? '')
    assert.equal(missing.length, expected.length)
  })

  it('looks for the operator where it usually is, if it may not look everywhere', async () => {
    const near = {
      ...operatorPod,
      metadata: { ...(operatorPod['metadata'] as Fields), namespace: 'flink-operator' },
    }
    const { stderr, files, requests } = await bundleOf(
      'bundle orders',
      {
        objects: [spotifyCluster(taken), near],
        documents,
        logs: { 'flink-operator/operator-1/main': ['orders'] },
      },
      { prepare: cluster => cluster.fail('list Pod/*', forbidden('list')) },
    )
    assert.deepEqual(
      missingIn(stderr).filter(line => line.includes('operator')),
      [],
    )
    assert.equal(files[`${archiveName}/operator/operator-1.main.log`], 'orders\n')
    assert.deepEqual(
      requests.filter(request => request.startsWith('list Pod')).toSorted(),
      ['*', 'default', 'default', 'flink-operator', 'flink-operator-system'].map(each => `list Pod/${each}`),
    )
  })

  it('waits for nothing longer than 15 s', async () => {
    const { exit, stderr } = await bundleOf('bundle orders', there, {
      prepare: cluster => void Object.assign(cluster, { read: () => new Promise(() => {}) }),
      async meanwhile({ clock }) {
        await until(() => clock.sleeping().length === 1 && clock.sleeping()[0] === 15_000)
        clock.advance(15_000)
      },
    })
    assert.deepEqual([exit, missingIn(stderr)], [0, ["the API server's version: no answer within 15 s"]])
  })

  it('writes nothing after Ctrl-C', async () => {
    const { exit, stdout, files } = await bundleOf('bundle orders', there, {
      prepare: cluster => void Object.assign(cluster, { read: () => new Promise(() => {}) }),
      async meanwhile({ clock, interrupt }) {
        await until(() => clock.sleeping().length === 1)
        interrupt()
      },
    })
    assert.deepEqual([exit, stdout, files], [130, '', {}])
  })

  it('says where to name the operator if it is not found', async () => {
    const { stderr } = await bundleOf('bundle orders', { objects: [spotifyCluster(taken)], documents })
    const [line] = missingIn(stderr).filter(each => each.startsWith('the pods'))
    assert.equal(
      line,
      'the pods of the operator: there is no pod with the labels app=flink-operator,control-plane=controller-manager; --operator-namespace says where it runs',
    )
  })

  it('reads the log from before the operator was started again', async () => {
    const restarted = {
      ...operatorPod,
      status: {
        containerStatuses: [{ name: 'main', restartCount: 1, lastState: { terminated: { exitCode: 1 } } }],
      },
    }
    const { files } = await bundleOf('bundle orders', {
      ...there,
      objects: [spotifyCluster(taken), restarted],
      logs: { 'flink-system/operator-1/main/previous': ['panic: orders', 'goroutine 1 [running]:', 'else'] },
    })
    assert.equal(
      files[`${archiveName}/operator/operator-1.main.previous.log`],
      'panic: orders\ngoroutine 1 [running]:\n',
    )
  })

  it('brings the snapshots of the job alone, and the session cluster that it is in', async () => {
    const { files } = await bundleOf('bundle sessionjob/orders', {
      objects: [
        deployment15({ kind: 'FlinkSessionJob' }),
        deployment15({ name: 'session', job: null }),
        snapshot(1, { kind: 'FlinkSessionJob' }),
        snapshot(2, { kind: 'FlinkSessionJob', of: 'payments' }),
        pod('session-1', 'default', { app: 'session' }),
      ],
      kinds: [deployments, sessionJobs, snapshots],
      documents,
    })
    assert.deepEqual(
      [
        namesIn(files, 'objects/snapshots.json'),
        namesIn(files, 'objects/pods.json'),
        JSON.parse(files[`${archiveName}/objects/session-cluster.json`] ?? '').metadata.name,
      ],
      [['orders-1'], ['session-1'], 'session'],
    )
  })

  it('names no file by what the cluster says', async () => {
    const hostile = pod('../../../etc/passwd', 'x', {
      app: 'flink-operator',
      'control-plane': 'controller-manager',
    })
    const { files } = await bundleOf('bundle orders', { ...there, objects: [spotifyCluster(taken), hostile] })
    assert.deepEqual(
      pathsIn(files).filter(path => /\.\.|^\/|[^\w./-]/.test(path)),
      [],
    )
    assert.ok(`${archiveName}/operator/---------etc-passwd.main.log` in files)
  })

  it('lets nothing move on the terminal of whoever reads it', async () => {
    const lines = ['\u001b[31morders\u001b[0m \u009b2J \u202eevil']
    const { files } = await bundleOf('bundle orders', {
      ...there,
      logs: { 'flink-system/operator-1/main': lines },
    })
    assert.equal(files[`${archiveName}/operator/operator-1.main.log`], 'orders  evil\n')
  })

  it('does not write over a file that is there, and asks nobody before it knows', async () => {
    const { exit, stdout, stderr, requests } = await bundleOf('bundle orders -f a.tgz', {
      ...there,
      there: ['a.tgz'],
    })
    assert.deepEqual(
      { exit, stdout, stderr, requests },
      {
        exit: 1,
        stdout: '',
        stderr: 'error: cannot write a.tgz: it is there already\nto replace it: --overwrite\n',
        requests: [],
      },
    )
    const again = await bundleOf('bundle orders -f a.tgz --overwrite -o name', { ...there, there: ['a.tgz'] })
    assert.deepEqual([again.exit, again.stdout], [0, 'a.tgz\n'])
  })

  it('prints a document for programs, and nothing beside an archive on standard output', async () => {
    const { stdout } = await bundleOf('bundle orders -o json', there)
    const { apiVersion, kind, file, contents, missing, redactions } = JSON.parse(stdout)
    assert.deepEqual(
      [apiVersion, kind, file, contents.length, missing, redactions],
      ['flinksp/v1', 'Bundle', `${archiveName}.tar.gz`, 20, [], 0],
    )
    const piped = await bundleOf('bundle orders -f -', there)
    assert.deepEqual([piped.exit, piped.stdout, pathsIn(piped.files).length], [0, '', 22])
    const both = await bundleOf('bundle orders -f - -o json', there)
    assert.deepEqual([both.exit, both.requests], [2, []])
  })

  it('writes nothing where the job is not there, or may not be read', async () => {
    const gone = await bundleOf('bundle orders', { objects: [], documents })
    assert.deepEqual([gone.exit, gone.files], [1, {}])
    const shut = await bundleOf('bundle orders', there, {
      prepare: cluster => cluster.fail('get FlinkCluster', forbidden('get')),
    })
    assert.deepEqual(
      [shut.exit, shut.stderr, shut.files],
      [1, 'Error from server (Forbidden): cannot get\n', {}],
    )
  })
})
