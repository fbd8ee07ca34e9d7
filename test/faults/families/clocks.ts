import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { at } from '../../contract/any-kind.ts'
import { restoredFrom } from '../../contract/stopping.ts'
import type { Family } from '../fault.ts'
import { inProgress, takenOnce } from '../waiting.ts'

const hook = import.meta.resolve('../skewed-clock.ts')
const bin = fileURLToPath(import.meta.resolve('../../../src/bin.ts'))
const program = [process.execPath, '--import', hook, bin]
const hour = 3_600_000

/** The program itself is run on a machine whose clock is off: what the cluster says is as far off the other way. */
export const clockFaults: Family = {
  title: 'Clocks that differ',
  faults: ([5, -5] as const).map(hours => ({
    name: `the clock here is ${Math.abs(hours)} hours ${hours > 0 ? 'ahead of' : 'behind'} those of the cluster`,
    where: 'both',
    on: hours > 0 ? ['spotify'] : ['apache-1.15'],
    expectation: 'takes a savepoint, asks for nothing twice, and finds it as the latest to restore',
    provoke: async scene => {
      const how = { program, env: { FLINKSP_TEST_SKEW_MS: String(hours * hour) } }
      const seen = await takenOnce(scene, await inProgress(scene, 1000, 'take orders', how))
      const restored = await scene.run('restore orders latest --yes --safety-savepoint=false -o name', how)
      assert.deepEqual([restored.exit, restored.stdout], [0, `${at(1)}\n`], restored.stderr)
      assert.equal(restoredFrom(scene), at(1))
      return `${seen}; restored as the latest`
    },
  })),
}
