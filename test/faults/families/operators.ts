import assert from 'node:assert/strict'
import { everyWay, type Family } from '../fault.ts'
import { done, inProgress, takenOnce } from '../waiting.ts'

/** What knew the cause is gone. */
const failedWithoutCause =
  /^error: the savepoint of flinkcluster\/orders failed: .+\ncause not available because .+\n(Flink may have completed it all the same: look into the savepoints directory\n)?$/

/** GCP's operator sees the end of the job first where it looks at it between the crash and its look at the savepoint. */
const jobStopped =
  /^error: the job of flinkcluster\/orders stopped \(\w+\) before its savepoint was complete\nto look: .+\n$/

export const operatorFaults: Family = {
  title: 'An operator, or Flink, that fails',
  faults: [
    {
      name: 'the operator crashes during a take, and is back after half a second',
      where: 'both',
      on: everyWay,
      expectation: 'tells of the savepoint that Flink had begun, and asks for nothing twice',
      provoke: async scene => {
        const taking = await inProgress(scene, 2500)
        await scene.operator.crash(500)
        return takenOnce(scene, taking)
      },
    },
    {
      name: 'the JobManager crashes during a take',
      where: 'both',
      // Up to 1.7 the Apache operator goes on asking the new JobManager for a savepoint that it does not know.
      on: ['spotify', 'gcp-9', 'apache-1.15'],
      expectation: 'says that the savepoint failed, and why, with exit code 3',
      provoke: async scene => {
        const taking = await inProgress(scene, 60_000, 'take orders --timeout 40s')
        scene.flink().change({ die: true })
        const { exit, stdout, stderr } = await scene.screenOf(taking)
        assert.deepEqual([exit, stdout], [3, ''], stderr)
        const isOfGcp = scene.dialect === 'gcp-9' && jobStopped.test(stderr)
        if (!isOfGcp) assert.match(stderr, failedWithoutCause)
        assert.equal((await done(scene)).length, 1)
        return `exit 3; asked for once; ${stderr.split('\n')[0]}`
      },
    },
  ],
}
