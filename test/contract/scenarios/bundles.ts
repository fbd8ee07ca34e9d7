import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { list } from 'tar'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { anyJobs } from '../any-kind.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { printedOrders } from '../screens.ts'
import type { Stage } from '../stage.ts'

/** A pod as the operator's own manifests and charts make it, and what it has logged. */
async function operatorPod(stage: Stage, lines: readonly string[]): Promise<void> {
  const { api, namespace, dialect, writeLog } = stage
  const labels = isApache(dialect)
    ? { 'app.kubernetes.io/name': 'flink-kubernetes-operator' }
    : { app: 'flink-operator', 'control-plane': 'controller-manager' }
  const containers = [
    { name: 'main', image: 'example.com/operator:1', env: [{ name: 'A', value: secrets[0] }] },
  ]
  const metadata = { name: 'operator-1', namespace, labels }
  await api.create(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers },
  })
  await writeLog({ namespace, name: 'operator-1' }, lines)
}

const secrets = ['hunter2-of-env', 'hunter2-of-log', 'hunter2-of-note', 'hunter2-of-url']

interface Archive {
  readonly paths: readonly string[]
  /** All of it, unpacked. */
  readonly text: string
  file(path: string): string | undefined
  /** Of the files that are JSON. */
  json(path: string): Record<string, unknown>
}

async function archiveAt(path: string): Promise<Archive> {
  const packed = await readFile(path)
  const files = new Map<string, string>()
  await list({
    file: path,
    onReadEntry: entry => {
      const chunks: Buffer[] = []
      entry.on('data', chunk => chunks.push(chunk))
      entry.on('end', () => files.set(entry.path.replace(/^[^/]+\//, ''), Buffer.concat(chunks).toString()))
    },
  })
  return {
    paths: [...files.keys()],
    text: gunzipSync(packed).toString('latin1'),
    file: name => files.get(name),
    json: name => JSON.parse(files.get(name) ?? '{}'),
  }
}

const inHome = ({ directory }: Stage, user = 'admin') => join(directory, `.home-${user}`, 'bundle.tar.gz')

export const bundles: readonly Scenario[] = [
  {
    title: 'bundle writes all that helps to find a fault into an archive, and none of the secrets',
    on: everyKind,
    play: async stage => {
      const { job, run, namespace, patch, object } = stage
      await job()
      const { metadata } = (await object()) as { metadata: { uid: string } }
      await run(`take orders --note password=${secrets[2]}`)
      const annotations = {
        'example.com/at': `https://me:${secrets[3]}@example.com/`,
        'example.com/token': 'no',
      }
      await patch({ metadata: { annotations } })
      await operatorPod(stage, [
        `INFO ${namespace}/orders logs in with Bearer ${secrets[1]}`,
        `INFO ${namespace}/payments is another`,
        `ERROR savepoint of ${metadata.uid} failed`,
      ])
      const ended = await run(`bundle flinkcluster/orders -f bundle.tar.gz --operator-namespace ${namespace}`)
      assert.equal(ended.exit, 0, ended.stderr)
      assert.match(
        ended.stdout,
        new RegExp(`^${printedOrders} bundled: bundle.tar.gz \\(\\d+ files, [\\d.]+Ki\\)\\n$`),
      )
      const { paths, text, file, json } = await archiveAt(inHome(stage))
      assert.deepEqual(json('manifest.json')['missing'], [])
      assert.deepEqual(
        secrets.filter(secret => text.includes(secret)),
        [],
      )
      assert.equal(
        file('operator/operator-1.main.log'),
        `INFO ${namespace}/orders logs in with Bearer REDACTED\nERROR savepoint of ${metadata.uid} failed\n`,
      )
      assert.deepEqual(
        [
          'objects/pods.json',
          'objects/events.json',
          'objects/record.json',
          'flink/job-checkpoints.json',
        ].filter(path => !paths.includes(path)),
        [],
      )
      const { kubernetes, flink, operator } = json('versions.json') as Record<string, Record<string, unknown>>
      assert.match(String(kubernetes?.['gitVersion']), /^v1\./)
      assert.match(String(flink?.['rest']), /^1\./)
      assert.deepEqual(operator?.['images'], ['example.com/operator:1'])
    },
  },
  {
    title: 'a bundle is never written over a file that is there',
    because: 'files know no kind',
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.equal((await run('bundle orders -f bundle.tar.gz')).exit, 0)
      const before = await readFile(inHome(stage))
      const { exit, stdout, stderr } = await run('bundle orders -f bundle.tar.gz')
      assert.deepEqual(
        { exit, stdout, stderr },
        {
          exit: 1,
          stdout: '',
          stderr: 'error: cannot write bundle.tar.gz: it is there already\nto replace it: --overwrite\n',
        },
      )
      assert.deepEqual(await readFile(inHome(stage)), before)
      assert.equal((await run('bundle orders -f bundle.tar.gz --overwrite')).exit, 0)
    },
  },
  {
    title: 'a bundle is made with the right to read the job alone, and says what it lacks',
    on: everyKind,
    play: async stage => {
      const { job, run, grant } = stage
      await job()
      await grant(
        'bundler',
        anyJobs.map(rule => ({ ...rule, verbs: ['get'] })),
      )
      const { exit, stderr } = await run('bundle flinkcluster/orders -f bundle.tar.gz', 'bundler')
      assert.equal(exit, 0, stderr)
      const { missing } = (await archiveAt(inHome(stage, 'bundler'))).json('manifest.json') as {
        missing: { what: string; reason: string }[]
      }
      assert.deepEqual(
        missing.filter(({ reason }) => !reason.includes('orbidden')),
        [],
      )
      for (const what of ['the record', 'Pods', 'Events', "Flink's REST API", 'the pods of the operator'])
        assert.ok(
          missing.some(each => each.what.startsWith(what)),
          what,
        )
      assert.equal((await run('bundle flinkcluster/nobody -f other.tar.gz', 'bundler')).exit, 1)
    },
  },
]
