import assert from 'node:assert/strict'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listAt, textAt } from '../../../src/domain/fields.ts'
import { kindPath } from '../../sandbox/operators/apache/kinds.ts'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { anyJobs } from '../any-kind.ts'
import { itemsOf } from '../documents.ts'
import { hasSnapshots } from '../kinds.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { printedOrders } from '../screens.ts'
import { seen } from '../seen.ts'
import type { Stage } from '../stage.ts'

/** The savepoints of `orders` that are there. */
async function there({ directory, screen }: Stage): Promise<string[]> {
  const names = await readdir(join(directory, 'orders'))
  return names
    .filter(name => name.startsWith('savepoint-'))
    .map(name => screen.text(name))
    .sort()
}

async function takeThree({ job, run }: Stage): Promise<void> {
  await job()
  for (let left = 3; left > 0; left--) assert.equal((await run('take orders')).exit, 0)
}

export const prunes: readonly Scenario[] = [
  {
    title: 'prune shows what would go; with --yes it is deleted, and history shows it no more as one to use',
    on: everyKind,
    play: async stage => {
      const { run } = stage
      await takeThree(stage)
      const plan = await run('prune orders --keep 1')
      assert.equal(plan.exit, 0, plan.stderr)
      assert.match(plan.stdout, new RegExp(`^${printedOrders}: 2 savepoints would be deleted, `))
      assert.deepEqual(await there(stage), ['SAVEPOINT-1', 'SAVEPOINT-2', 'SAVEPOINT-3'])
      const done = await run('prune orders --keep 1 --yes -o name')
      assert.deepEqual(
        [done.exit, done.stdout],
        [0, 'file:DIR/orders/SAVEPOINT-1\nfile:DIR/orders/SAVEPOINT-2\n'],
      )
      assert.deepEqual(await there(stage), ['SAVEPOINT-3'])
      const usable = await run('history orders -o name --scan')
      assert.deepEqual([usable.exit, usable.stdout], [0, 'file:DIR/orders/SAVEPOINT-3\n'])
      assert.match((await run('prune orders --keep 1 --yes')).stdout, /: 0 savepoints deleted, 0 freed\n$/)
    },
  },
  {
    title: 'a plan to prune is carried out as it was made, and refused once there is a savepoint more',
    on: everyKind,
    play: async stage => {
      const { run, launch, directory } = stage
      await takeThree(stage)
      const made = await (await launch('prune orders --keep 2 -o json')).ended
      await writeFile(join(directory, 'plan.json'), made.stdout)
      await run('take orders')
      const refused = await run('prune orders --apply DIR/plan.json')
      assert.equal(refused.exit, 1)
      assert.match(
        refused.stderr,
        /^error: nothing was deleted: since the plan was made, something changed: /m,
      )
      assert.equal((await there(stage)).length, 4)
      const again = await (await launch('prune orders --keep 2 -o json')).ended
      await writeFile(join(directory, 'plan.json'), again.stdout)
      assert.equal((await run('prune orders --apply DIR/plan.json')).exit, 0)
      assert.equal((await there(stage)).length, 2)
    },
  },
  {
    title: 'prune leaves what another job was started from, in whatever namespace it may be',
    on: everyKind,
    play: async stage => {
      const { run, patch, job, dialect } = stage
      await takeThree(stage)
      const [oldest = ''] = (
        await run('history orders -o json').then(({ stdout }) => itemsOf(stdout, 'location'))
      )
        .map(({ location }) => String(location))
        .slice(-1)
      assert.equal(oldest, 'file:DIR/orders/SAVEPOINT-1')
      const raw = (await (await stage.launch('history orders -o name')).ended).stdout
        .trim()
        .split('\n')
        .at(-1)
      await job('payments')
      const from = isApache(dialect) ? 'initialSavepointPath' : 'fromSavepoint'
      await patch({ spec: { job: { [from]: raw } } }, 'payments')
      const { stdout } = await run('prune orders --keep 1')
      assert.match(
        stdout,
        /file:DIR\/orders\/SAVEPOINT-1 .*flinkcluster\/payments in namespace NAMESPACE declares it/,
      )
    },
  },
  {
    title: 'prune refuses without the right to list the jobs of all namespaces',
    on: everyKind,
    play: async stage => {
      const { run, grant } = stage
      await takeThree(stage)
      await grant('named-only', [
        ...anyJobs,
        { apiGroups: [''], resources: ['configmaps', 'services/proxy'], verbs: ['get'] },
      ])
      const { exit, stderr } = await run('prune orders --keep 1 --yes', 'named-only')
      assert.equal(exit, 1)
      assert.match(
        stderr,
        /(flinkclusters|flinkdeployments|flinksessionjobs)\.\S+ is forbidden: User "named-only" cannot list .* at the cluster scope/,
      )
      assert.match(stderr, /--assume-no-other-users/)
      assert.equal((await there(stage)).length, 3)
    },
  },
  {
    title:
      'a FlinkStateSnapshot that disposes of its savepoint is deleted with it, and one that does not, after it',
    on: ['apache-1.15', 'apache-1.15-session'],
    because: 'FlinkStateSnapshots are of the Apache operator from 1.10 on',
    play: async stage => {
      const { api, namespace, job, object, run } = stage
      await job()
      const { kind } = await object()
      const path = kindPath('FlinkStateSnapshot', namespace)
      await api.create(path, {
        apiVersion: 'flink.apache.org/v1beta1',
        kind: 'FlinkStateSnapshot',
        metadata: { name: 'disposing', namespace },
        spec: { backoffLimit: 0, jobReference: { kind, name: 'orders' }, savepoint: {} },
      })
      await completed(stage, 'disposing')
      for (let left = 2; left > 0; left--) assert.equal((await run('take orders')).exit, 0)
      const { exit, stdout, stderr } = await run('prune orders --keep 1 --yes -o json')
      assert.equal(exit, 0, stderr)
      assert.deepEqual(itemsOf(stdout, 'state', 'via'), [
        { state: 'Deleted', via: 'snapshot' },
        { state: 'Deleted', via: 'flink' },
      ])
      assert.equal((await there(stage)).length, 1)
      assert.equal(listAt(await api.get(path), 'items').length, 1)
    },
  },
  {
    title: 'history --scan shows savepoints that nobody recorded, and those that are not there any more',
    on: everyKind,
    play: async stage => {
      const { run, directory, flink, dialect } = stage
      await takeThree(stage)
      const [first = ''] = (await (await stage.launch('history orders -o name')).ended).stdout
        .trim()
        .split('\n')
        .slice(-1)
      await rm(first.replace('file:', ''), { recursive: true })
      const { id } = flink().jobs[0] ?? { id: '' }
      const body = JSON.stringify({ 'target-directory': `file:${directory}/orders/by-hand` })
      const headers = { 'content-type': 'application/json' }
      await fetch(`${flink().url}/jobs/${id}/savepoints`, { method: 'POST', headers, body })
      const { exit, stdout } = await run('history orders --scan --sources record,status -o wide')
      assert.equal(exit, 0)
      assert.match(stdout, /^- +Missing +manual .*file:DIR\/orders\/SAVEPOINT-1 .* (status,)?record$/m)
      assert.match(stdout, /^- +Completed +- .*file:DIR\/orders\/by-hand\/SAVEPOINT-\d .* scan$/m)
      const newest = hasSnapshots(dialect)
        ? /^- +Completed +manual .*file:DIR\/orders\/SAVEPOINT-3 .* record,scan$/m
        : /^\*- +Completed +manual .*file:DIR\/orders\/SAVEPOINT-3 .* status,record,scan$/m
      assert.match(stdout, newest)
    },
  },
]

/** Resolves once the snapshot says so. */
async function completed({ api, namespace }: Stage, name: string): Promise<void> {
  const path = `${kindPath('FlinkStateSnapshot', namespace)}/${name}`
  await seen(api, path, snapshot => textAt(snapshot, 'status', 'state') === 'COMPLETED')
}
