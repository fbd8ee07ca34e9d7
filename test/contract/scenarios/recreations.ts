import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import { without } from '../../../src/domain/manifest.ts'
import { documentedRules } from '../../e2e/rights.ts'
import { jobState, valueAt } from '../facts.ts'
import type { Ended } from '../program.ts'
import { notThere, restored, sticky, taken } from '../restoring.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import type { Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'

const all = ['gcp-9', 'spotify', 'gcp-2', 'gcp-v1alpha1'] as const
const home = 'DIR/.home-admin'
const file = `${home}/orders-restore.yaml`
const uidOf = (object: Fields) => valueAt(object, 'metadata.uid')
const startedFrom = (object: Fields) => valueAt(object, 'status.components.job.fromSavepoint')

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

/** A job with one savepoint, whose deletion somebody holds up. */
async function held(stage: Stage): Promise<void> {
  await taken(stage)
  await stage.patch({ metadata: { finalizers: ['team.example.com/keep'] } })
}

async function letGo(stage: Stage): Promise<void> {
  await stage.patch({ metadata: { finalizers: null } })
}

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
        restored(1, 'safety savepoint: file:DIR/orders/SAVEPOINT-2', `manifest: ${file}`, sticky),
      )
      const now = await object()
      const fromSavepoint = valueAt(now, 'spec.job.fromSavepoint')
      assert.notEqual(uidOf(now), uidOf(before))
      assert.deepEqual([jobState(now), startedFrom(now)], ['Running', fromSavepoint])
      assert.deepEqual(fieldsAt(await kept(stage), 'spec', 'job'), {
        ...without(fieldsAt(before, 'spec', 'job'), 'savepointGeneration'),
        fromSavepoint,
        allowNonRestoredState: false,
      })
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
    play: async stage => {
      const { job, run, object, directory } = stage
      await job('orders', { job: { savepointsDir: null } })
      const take = await run('take orders --via rest --target-directory file:DIR/orders -o name')
      const location = take.stdout.trim()
      assert.equal(location, 'file:DIR/orders/SAVEPOINT-1')
      const { exit, stdout } = await run(
        'restore orders latest --recreate --yes --safety-savepoint=false --allow-unknown-location',
      )
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: restored(1).stdout })
      assert.ok(String(startedFrom(await object())).startsWith(`file:${directory}/orders/savepoint-`))
    },
  },
  {
    title:
      'a recreation from a path that is not there is refused; unlooked at it is a failure, with the cause of Flink',
    on: all,
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
        { exit, stderr: stderr.split('\n') },
        {
          exit: 3,
          stderr: [
            `manifest: ${file}`,
            `error: flinkcluster/orders was not restored from ${target}: Cannot find checkpoint or savepoint file/directory '${target}' on file system 'file'.`,
            `created: flinkcluster/orders, whose spec.job.fromSavepoint is ${target}, allowNonRestoredState false`,
            'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml',
            '',
          ],
        },
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
        await run('restore orders latest --recreate --yes --safety-savepoint=false --timeout 1s'),
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
      // What kubectl create does.
      const { metadata, ...rest } = await kept(stage)
      await api.create(clusters, { ...rest, metadata: without(metadata as Fields, 'finalizers') })
      const now = await seen(object => jobState(object) === 'Running' && startedFrom(object) !== undefined)
      assert.notEqual(uidOf(now), before)
    },
  },
  {
    title: 'Ctrl-C during a recreation says how to finish it',
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
    play: async stage => {
      await taken(stage)
      const { grant, run, object } = stage
      const before = await object()
      await grant('without-delete', [flinkClusters, records, flinkRest])
      const { exit, stderr } = await run('restore orders latest --recreate --yes', 'without-delete')
      assert.equal(exit, 1)
      assert.match(
        stderr,
        /^Error from server \(Forbidden\): flinkclusters\.flinkoperator\.k8s\.io "orders" is forbidden: .* cannot delete resource/,
      )
      const now = await object()
      assert.deepEqual([uidOf(now), now['spec']], [uidOf(before), before['spec']])
    },
  },
  {
    title: 'a recreation needs the documented rights, and no others',
    on: ['gcp-9', 'gcp-2'],
    play: async stage => {
      await taken(stage)
      const { grant, run } = stage
      const documented = await documentedRules()
      await grant(
        'recreator',
        ['restore', 'restore-create'].flatMap(role => documented[role] ?? []),
      )
      const { exit, stdout, stderr } = quick(await run('restore orders latest --recreate --yes', 'recreator'))
      assert.deepEqual(
        { exit, stdout, warnings: stderr.match(/^Warning: .*/gm) },
        { exit: 0, stdout: restored(1).stdout, warnings: [sticky] },
      )
    },
  },
]
