import assert from 'node:assert/strict'
import { at } from '../../contract/any-kind.ts'
import { valueAt } from '../../contract/facts.ts'
import type { Running } from '../../contract/program.ts'
import { restored } from '../../contract/restoring.ts'
import { restoredFrom } from '../../contract/stopping.ts'
import { until } from '../../contract/until.ts'
import type { DialectName } from '../../sandbox/operators/operator.ts'
import type { Family } from '../fault.ts'
import type { Scene } from '../scene.ts'
import { refusal } from '../spoil.ts'
import { again, done, forget } from '../waiting.ts'

const both: readonly DialectName[] = ['spotify', 'apache-1.15']
const goesOn = 'goes on until the job runs from the savepoint, and patches it once'
const restore = 'restore orders latest --yes --safety-savepoint=false'

async function withSavepoint(scene: Scene): Promise<void> {
  await scene.job()
  assert.equal((await scene.run('take orders')).exit, 0)
}

/** A restore whose patch is written. */
async function restoring(scene: Scene): Promise<Running> {
  await withSavepoint(scene)
  const running = await scene.launch(restore)
  await scene.seen(
    now =>
      valueAt(now, 'spec.job.fromSavepoint') !== undefined ||
      valueAt(now, 'spec.job.initialSavepointPath') !== undefined,
  )
  return running
}

/** A real cluster whose API server was killed gives a Service no endpoints for some seconds: it says that Flink was not asked. */
const unreached =
  /^(Flink's own list \(REST\) of|whether this savepoint would start|Flink's REST API gave no proof within 5 s).*\n/gm

async function restoredOnce(scene: Scene, running: Running): Promise<string> {
  const { exit, stdout, stderr } = await scene.screenOf(running)
  // A wait that had not begun to watch has lost nothing.
  const all = stderr.replace(again, '')
  const said = scene.ground === 'real' ? all.replace(unreached, '') : all
  assert.deepEqual({ exit, stdout, stderr: said }, restored(scene, 1))
  assert.equal(restoredFrom(scene), at(1))
  const writes = (await done(scene)).slice(1)
  assert.equal(writes.length, 1, writes.join())
  return `exit 0; restored, patched once (${writes.join()})`
}

export const restoreFaults: Family = {
  title: 'A restore',
  faults: [
    {
      name: 'the API server is killed during a restore, and is back after 2 s',
      where: 'both',
      on: both,
      alone: true,
      expectation: goesOn,
      provoke: async scene => {
        const running = await restoring(scene)
        await scene.faults.down(2000)
        return restoredOnce(scene, running)
      },
    },
    {
      name: 'the history of the API server is compacted during a restore (410)',
      where: 'sandbox',
      on: both,
      alone: true,
      expectation: goesOn,
      provoke: async scene => {
        const running = await restoring(scene)
        forget(scene)
        return restoredOnce(scene, running)
      },
    },
    {
      name: 'the watch is cut during a restore, and answered with 410 when it is taken up',
      where: 'both',
      on: both,
      expectation: goesOn,
      provoke: async scene => {
        const relay = await scene.between()
        const running = await restoring(scene)
        await relay.cutWatches()
        relay.spoil({ verb: 'WATCH' }, { answer: refusal(410, 'Expired', 'too old resource version') }, 1)
        return restoredOnce(scene, running)
      },
    },
    {
      name: 'the answer to the patch of a restore is lost',
      where: 'both',
      on: both,
      expectation: 'looks whether it was carried out, goes on, and patches it once',
      provoke: async scene => {
        const relay = await scene.between()
        await withSavepoint(scene)
        relay.spoil({ verb: 'PATCH', path: /\/orders\b/ }, { half: 'lost' }, 1)
        return restoredOnce(scene, await scene.launch(restore))
      },
    },
    {
      name: 'the operator crashes during a restore, and is back after half a second',
      where: 'both',
      on: both,
      expectation: goesOn,
      provoke: async scene => {
        const running = await restoring(scene)
        await scene.operator.crash(500)
        return restoredOnce(scene, running)
      },
    },
    {
      name: 'the JobManager crashes as soon as the restored job runs',
      where: 'both',
      on: ['apache-1.15'],
      expectation: goesOn,
      provoke: async scene => {
        const running = await restoring(scene)
        await until(() => restoredFromOrNothing(scene) === at(1))
        scene.flink().change({ die: true })
        return restoredOnce(scene, running)
      },
    },
  ],
}

function restoredFromOrNothing(scene: Scene): string {
  try {
    return restoredFrom(scene)
  } catch {
    return ''
  }
}
