import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { type Fields, fieldsAt, textList } from '../../../src/domain/fields.ts'
import { without } from '../../../src/domain/manifest.ts'
import { isRunning } from '../../sandbox/jobs.ts'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { anyJobs, at, untilGone } from '../any-kind.ts'
import { valueAt } from '../facts.ts'
import type { Ended } from '../program.ts'
import { notThere, restored, taken } from '../restoring.ts'
import { flinkRest, records } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'
import { restoredFrom } from '../stopping.ts'
import { wordsOf } from '../words.ts'

const all = [...everyKind, 'gcp-2', 'gcp-v1alpha1'] as const
const home = 'DIR/.home-admin'
const file = `${home}/orders-restore.yaml`
const uidOf = (object: Fields) => valueAt(object, 'metadata.uid')

/** A slower machine shows how the old cluster goes. */
function quick({ exit, stdout, stderr }: Ended): Ended {
  return {
    exit,
    stdout,
    stderr: stderr.replace(/^waiting until what its operator had made is gone.*\n/m, ''),
  }
}

/** The manifest that the program kept. */
async function kept({ directory }: Stage): Promise<Fields> {
  return load(await readFile(join(directory, '.home-admin', 'orders-restore.yaml'), 'utf8')) as Fields
}

const finalizersOf = (object: Fields) => textList(fieldsAt(object, 'metadata')['finalizers'])
const keeper = 'team.example.com/keep'

/** A job with one savepoint, whose deletion somebody holds up. */
async function held(stage: Stage): Promise<void> {
  await taken(stage)
  const finalizers = [...finalizersOf(await stage.object()), keeper]
  await stage.patch({ metadata: { finalizers } })
}

async function letGo(stage: Stage): Promise<void> {
  const others = finalizersOf(await stage.object()).filter(finalizer => finalizer !== keeper)
  await stage.patch({ metadata: { finalizers: others.length > 0 ? others : null } })
}

/** The operator may not have taken its own away yet. */
const heldByUs = ({ exit, stdout, stderr }: Ended): Ended => ({
  exit,
  stdout,
  stderr: stderr.replace(/\S+\.flink\.apache\.org\/finalizer, /, ''),
})

/** Of a path that is not there: what Flink says, or the operator whose pod only starts again and again. */
const causeOf = ({ dialect }: Stage, target: string) =>
  isApache(dialect)
    ? 'back-off AGE restarting failed container=flink-main-container'
    : `Cannot find checkpoint or savepoint file/directory '${target}' on file system 'file'.`

export const recreations: readonly Scenario[] = [
  {
    title: 'a recreation keeps the state of the job, and starts it from the savepoint',
    on: all,
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      const before = await object()
      assert.deepEqual(
        quick(await run('restore orders latest --recreate --yes')),
        restored(stage, 1, `safety savepoint: ${at(2)}`, `manifest: ${file}`),
      )
      const now = await object()
      const { fromField, recreated } = wordsOf(stage)
      assert.deepEqual([uidOf(now) === uidOf(before), isRunning(now)], [false, true])
      assert.equal(restoredFrom(stage), at(1))
      assert.deepEqual(
        fieldsAt(await kept(stage), 'spec', 'job'),
        recreated(fieldsAt(before, 'spec', 'job'), valueAt(now, fromField)),
      )
    },
  },
  {
    title: 'a recreation is taken back by another one, to its safety savepoint',
    on: all,
    play: async stage => {
      await taken(stage)
      const { run } = stage
      assert.equal((await run('restore orders latest --recreate --yes --allow-non-restored-state')).exit, 0)
      const { exit, stdout } = await run(
        'restore orders --undo --recreate --yes --safety-savepoint=false -o jsonpath={.state}={.savepoint.location}',
      )
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: 'Restored=file:DIR/orders/SAVEPOINT-2' })
      assert.equal(valueAt(await stage.object(), 'spec.job.allowNonRestoredState'), false)
    },
  },
  {
    title: 'without savepointsDir, where no change is let through, a recreation restores the job',
    because: 'only FlinkCluster refuses changes of its spec without a savepointsDir',
    play: async stage => {
      const { job, run, object, directory } = stage
      await job('orders', { job: { savepointsDir: null } })
      const take = await run('take orders --via rest --target-directory file:DIR/orders -o name')
      const location = take.stdout.trim()
      assert.equal(location, 'file:DIR/orders/SAVEPOINT-1')
      const { exit, stdout } = await run(
        'restore orders latest --recreate --yes --safety-savepoint=false --allow-unknown-location',
      )
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: restored(stage, 1).stdout })
      const startedFrom = valueAt(await object(), 'status.components.job.fromSavepoint')
      assert.ok(String(startedFrom).startsWith(`file:${directory}/orders/savepoint-`))
    },
  },
  {
    title:
      'a recreation from a path that is not there is refused; unlooked at it is a failure, with the cause of Flink',
    // Of a session job it is a time-out: the operator submits it again and again.
    on: all.filter(dialect => dialect !== 'apache-1.15-session'),
    because: 'a session job that does not start shows in its session cluster',
    play: async stage => {
      await taken(stage)
      const target = 'file:DIR/orders/gone'
      const line = `restore orders ${target} --recreate --yes --allow-unknown-location --safety-savepoint=false`
      const before = uidOf(await stage.object())
      const refused = await stage.run(line)
      assert.deepEqual([refused.exit, refused.stderr.split('\n')[0]], [1, notThere(target)])
      assert.equal(uidOf(await stage.object()), before)
      const { exit, stderr } = quick(await stage.run(`${line} --verify=false`))
      assert.deepEqual(
        [exit, stderr.replace(/\[flink-main-container\] (.*) pod=.*/, '$1').split('\n')],
        [
          3,
          [
            `manifest: ${file}`,
            `error: flinkcluster/orders was not restored from ${target}: ${causeOf(stage, target)}`,
            ...(isApache(stage.dialect)
              ? ["its JobManager's log may say more: kubectl logs -n NAMESPACE deployment/orders"]
              : []),
            wordsOf(stage).createdFrom(target),
            'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml',
            '',
          ],
        ],
      )
    },
  },
  {
    title: 'a recreation that a finalizer holds up ends in time, and its file finishes it',
    on: all,
    play: async stage => {
      await held(stage)
      const { run, api, clusters, seen } = stage
      const before = uidOf(await stage.object())
      assert.deepEqual(
        heldByUs(await run('restore orders latest --recreate --yes --safety-savepoint=false --timeout 1s')),
        ends(4, {
          err: [
            `manifest: ${file}`,
            `error: flinkcluster/orders is being deleted: timed out waiting for it to be gone; once it is gone, finish with: kubectl create -f ${file}`,
            'its finalizers hold it: team.example.com/keep; is what takes them away running?',
            'to look: kubectl get flinkcluster/orders -n NAMESPACE',
          ],
        }),
      )
      await letGo(stage)
      await untilGone(stage)
      // What kubectl create does.
      const { metadata, ...rest } = await kept(stage)
      await api.create(clusters, { ...rest, metadata: without(metadata as Fields, 'finalizers') })
      assert.notEqual(uidOf(await seen(isRunning)), before)
      assert.equal(restoredFrom(stage), at(1))
    },
  },
  {
    title: 'Ctrl-C during a recreation says how to finish it',
    on: everyKind,
    play: async stage => {
      await held(stage)
      const { launch, seen, screen } = stage
      const restoring = await launch('restore orders latest --recreate --yes --safety-savepoint=false')
      await seen(object => valueAt(object, 'metadata.deletionTimestamp') !== undefined)
      restoring.interrupt()
      assert.deepEqual(
        screen.screen(await restoring.ended),
        ends(130, {
          err: [
            `manifest: ${file}`,
            `error: flinkcluster/orders is being deleted: interrupted; once it is gone, finish with: kubectl create -f ${file}`,
            'to look: kubectl get flinkcluster/orders -n NAMESPACE',
          ],
        }),
      )
      await letGo(stage)
    },
  },
  {
    title: 'a recreation that one may not carry out ends before anything is changed',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { grant, run, object } = stage
      const before = await object()
      const undeleting = anyJobs.map(rule => ({
        ...rule,
        verbs: rule.verbs.filter(verb => verb !== 'delete'),
      }))
      await grant('without-delete', [...undeleting, records, flinkRest])
      const { exit, stderr } = await run('restore orders latest --recreate --yes', 'without-delete')
      assert.equal(exit, 1)
      assert.match(
        stderr,
        /^Error from server \(Forbidden\): \S+ "orders" is forbidden: .* cannot delete resource/,
      )
      const now = await object()
      assert.deepEqual([uidOf(now), now['spec']], [uidOf(before), before['spec']])
    },
  },
]
