import assert from 'node:assert/strict'
import { hasSnapshots, inFlight } from '../../contract/kinds.ts'
import type { Running } from '../../contract/program.ts'
import type { Family } from '../fault.ts'
import type { Scene } from '../scene.ts'
import { again, done, forget } from '../waiting.ts'

const names = ['a', 'b', 'c']
const goesOn = 'goes on with all of them, asks for nothing twice, and tells of it once'

/** A take of all, while each savepoint is in progress for so long. */
async function allInProgress(scene: Scene, savepointMs: number): Promise<Running> {
  await Promise.all(names.map(name => scene.job(name)))
  for (const name of names) scene.flink(name).change({ savepointMs })
  const taking = await scene.launch('take --all --yes -o name')
  for (const name of names) await inFlight(scene, name)
  return taking
}

async function allTakenOnce(scene: Scene, taking: Running): Promise<string> {
  const stdout = names.map((name, at) => `file:DIR/${name}/SAVEPOINT-${at + 1}\n`).join('')
  assert.deepEqual(await scene.screenOf(taking), { exit: 0, stdout, stderr: again })
  const writes = (await done(scene)).toSorted()
  assert.deepEqual(
    writes,
    names.map(name =>
      hasSnapshots(scene.dialect) ? 'POST flinkstatesnapshots 201' : `PATCH flinkclusters/${name} 200`,
    ),
  )
  return 'exit 0; three savepoints, each asked for once'
}

export const manyFaults: Family = {
  title: 'A take of many jobs',
  faults: [
    {
      name: 'the API server is killed during a take of three jobs, and is back after 2 s',
      where: 'both',
      alone: true,
      expectation: goesOn,
      provoke: async scene => {
        const taking = await allInProgress(scene, 4000)
        await scene.faults.down(2000)
        return allTakenOnce(scene, taking)
      },
    },
    {
      name: 'the history of the API server is compacted during a take of three jobs (410)',
      where: 'sandbox',
      alone: true,
      expectation: goesOn,
      provoke: async scene => {
        const taking = await allInProgress(scene, 1500)
        await scene.patch({ metadata: { labels: { moved: 'yes' } } }, 'a')
        forget(scene)
        return allTakenOnce(scene, taking)
      },
    },
    {
      name: 'every watch is cut during a take of three jobs',
      where: 'both',
      on: ['spotify', 'apache-1.15'],
      expectation: goesOn,
      provoke: async scene => {
        const relay = await scene.between()
        const taking = await allInProgress(scene, 1500)
        // One of all jobs, and one of all their snapshots.
        const watched = hasSnapshots(scene.dialect) ? 2 : 1
        await relay.cutWatches(watched)
        const seen = await allTakenOnce(scene, taking)
        assert.equal(relay.passed.filter(({ verb }) => verb === 'WATCH').length, 2 * watched)
        return seen
      },
    },
    {
      name: 'one of three jobs is deleted while nothing can be watched',
      where: 'both',
      expectation: 'says so, goes on with the others, and ends with exit code 3',
      provoke: async scene => {
        const relay = await scene.between()
        const taking = await allInProgress(scene, 4000)
        const { promise: released, resolve: release } = Promise.withResolvers<void>()
        const hold = { before: () => released }
        await relay.cutWatches()
        relay.spoil({ verb: 'GET' }, hold)
        relay.spoil({ verb: 'WATCH' }, hold)
        await scene.api.delete(`${scene.clusters}/b`)
        release()
        const { exit, stdout, stderr } = await scene.screenOf(taking)
        assert.deepEqual([exit, stdout], [3, 'file:DIR/a/SAVEPOINT-1\nfile:DIR/c/SAVEPOINT-2\n'])
        assert.match(stderr, /^error: flinkcluster\/b was deleted while its savepoint was awaited$/m)
        return 'exit 3; two savepoints, and the deleted job named'
      },
    },
  ],
}
