import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dump, load } from 'js-yaml'
import type { Fields } from '../../../src/domain/fields.ts'
import { isRunning } from '../../sandbox/jobs.ts'
import { at, recreating, untilGone } from '../any-kind.ts'
import { valueAt } from '../facts.ts'
import { restored, taken } from '../restoring.ts'
import { everyKind, restoringInPlace, type Scenario } from '../scenario.ts'
import { ends, printedOrders } from '../screens.ts'
import type { Stage } from '../stage.ts'
import { wordsOf } from '../words.ts'

/** Started from the savepoint that its spec names. */
const isStarted = (stage: Stage) => (object: Fields) =>
  isRunning(object) && valueAt(object, wordsOf(stage).fromField) !== undefined

export const newJobs: readonly Scenario[] = [
  {
    title: '--to-new starts a job of its own from the savepoint, and leaves the other one running',
    on: [...everyKind, 'gcp-2'],
    play: async stage => {
      await taken(stage)
      const { run, object, screen } = stage
      const { sticky, fromField } = wordsOf(stage)
      const before = await object()
      assert.deepEqual(
        await run('restore orders latest --to-new orders-2 --yes'),
        ends(0, { out: [`${printedOrders}-2 restored from ${at(1)}`], err: sticky(1, 'orders-2') }),
      )
      const [old, now] = [await object(), await object('orders-2')]
      assert.deepEqual([isRunning(now), screen.text(String(valueAt(now, fromField)))], [true, at(1)])
      assert.deepEqual([isRunning(old), old['spec']], [true, before['spec']])
    },
  },
  {
    title: '--to-new refuses a name that is taken, and one that is none',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, create, dialect } = stage
      await create('orders-2')
      assert.deepEqual(
        await run('restore orders latest --to-new orders-2 --yes'),
        ends(1, {
          err: [
            'error: flinkcluster/orders-2 already exists',
            `to start it from there: kubectl flinksp restore flinkcluster/orders-2 ${at(1)} -n NAMESPACE`,
          ],
        }),
      )
      const { exit, stdout, stderr } = await run('restore orders latest --to-new Orders --yes')
      assert.deepEqual([exit, stdout], [1, ''])
      const ours =
        'error: "Orders" is no name for a job: it has to consist of lower case letters, digits and -, begin with a letter, and end with a letter or digit\n'
      // A session job's name is no name of a Service: the API server alone has something against it.
      if (dialect === 'apache-1.15-session') assert.match(stderr, /invalid: metadata\.name: /)
      else assert.equal(stderr, ours)
    },
  },
  {
    title: 'the object that --dry-run=server prints is one that the server creates, and only then',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { launch, api, clusters, seen, object, screen } = stage
      const running = await launch('restore orders latest --to-new orders-2 --dry-run=server -o yaml')
      const { exit, stdout } = await running.ended
      assert.equal(exit, 0)
      await assert.rejects(object('orders-2'))
      await api.create(clusters, load(stdout) as Fields)
      const now = await seen(isStarted(stage), 'orders-2')
      assert.match(
        screen.text(String(valueAt(now, wordsOf(stage).fromField))),
        /^file:DIR\/orders\/SAVEPOINT-1$/,
      )
    },
  },
  {
    title: '--filename creates a job that is gone again, from a savepoint that its record knows',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, launch, api, clusters, directory, screen } = stage
      const raw = async (line: string) => (await (await launch(line)).ended).stdout
      await writeFile(
        join(directory, 'orders.yaml'),
        await raw(`restore orders latest --manifest${recreating(stage)}`),
      )
      const location = (await raw('history orders -o name')).trim()
      assert.deepEqual(
        await run(`restore ${location} -f ${directory}/orders.yaml --yes`),
        ends(1, {
          err: [
            'error: flinkcluster/orders already exists',
            `to start it from there: kubectl flinksp restore flinkcluster/orders ${at(1)} -n NAMESPACE`,
          ],
        }),
      )
      await api.delete(`${clusters}/orders`)
      await untilGone(stage)
      assert.deepEqual(
        await run(`restore latest -f ${directory}/orders.yaml --yes`),
        ends(1, {
          err: [
            'error: there is no flinkcluster/orders whose savepoints could be counted: name the savepoint by its location',
            `the newest that its record knows is ${at(1)}`,
          ],
        }),
      )
      // What is left of the old job's pod may or may not be there to read from.
      const again = await launch(`restore ${location} -f ${directory}/orders.yaml --yes --verify=false`)
      assert.deepEqual(screen.screen(await again.ended), restored(stage, 1))
    },
  },
  {
    title: '--filename refuses what is no job, and what the server refuses is told in its words',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, directory, namespace, object } = stage
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace } }
      await writeFile(join(directory, 'pod.yaml'), dump(pod))
      assert.deepEqual(
        await run('restore orders latest -f DIR/pod.yaml --yes'),
        ends(1, { err: ['error: cannot use DIR/pod.yaml: Pod of v1 is no kind of job that is known'] }),
      )
      const { apiVersion, kind } = await object()
      const bad = { apiVersion, kind, metadata: { name: 'bad' }, spec: { job: { jarFile: 7, jarURI: 7 } } }
      await writeFile(join(directory, 'bad.yaml'), dump(bad))
      const { exit, stderr } = await run('restore orders latest -f DIR/bad.yaml --yes')
      assert.equal(exit, 1)
      assert.match(stderr, /nothing was changed\n$/)
    },
  },
  {
    title:
      '--undo goes back to the safety savepoint of the last restore, and puts allowNonRestoredState back',
    on: restoringInPlace,
    because: 'up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      const first = await run('restore orders latest --yes --allow-non-restored-state')
      assert.equal(first.exit, 0, first.stderr)
      const { exit, stdout, stderr } = await run('restore orders --undo --yes')
      assert.deepEqual(
        [exit, stdout, stderr.split('\n')[0]],
        [0, restored(stage, 2).stdout, 'taking back the restore from file:DIR/orders/SAVEPOINT-1 of TIME'],
      )
      assert.equal(valueAt(await object(), 'spec.job.allowNonRestoredState'), false)
    },
  },
  {
    title: '--undo without a recorded restore is refused',
    on: everyKind,
    play: async ({ job, run }) => {
      await job()
      assert.deepEqual(
        await run('restore orders --undo --yes'),
        ends(1, { err: ['error: no restore of flinkcluster/orders is recorded that could be taken back'] }),
      )
    },
  },
]
