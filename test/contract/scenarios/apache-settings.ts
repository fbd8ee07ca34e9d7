import assert from 'node:assert/strict'
import { fieldsAt, textsAt } from '../../../src/domain/fields.ts'
import { valueAt } from '../facts.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const apache = ['apache-1.15', 'apache-1.15-session', 'apache-1.7'] as const

const configuration = async ({ object }: Stage) => fieldsAt(await object(), 'spec', 'flinkConfiguration')
const checkpoints = 'kubernetes.operator.periodic.checkpoint.interval'

export const apacheSettings: readonly Scenario[] = [
  {
    title:
      'a stop drains, and saves elsewhere and in another format, by settings that are put back; resume starts from there',
    on: apache,
    because: 'a FlinkCluster has no such settings',
    play: async stage => {
      const { job, run, flink, object, screen } = stage
      await job()
      const before = await configuration(stage)
      const [running] = flink().jobs
      const line = 'stop orders --drain --format native --target-directory file:DIR/elsewhere --yes -o name'
      const { exit, stdout, stderr } = await run(line)
      assert.deepEqual([exit, stdout, stderr], [0, 'file:DIR/elsewhere/SAVEPOINT-1\n', ''])
      const stopped = running?.checkpoints.at(-1)
      assert.deepEqual([running?.state, running?.drained, stopped?.format], ['FINISHED', true, 'NATIVE'])
      assert.deepEqual(await configuration(stage), before)
      assert.deepEqual(Object.keys(textsAt(await object(), 'metadata', 'annotations')), [])
      const resumed = await run('resume orders --yes')
      assert.equal(resumed.exit, 0, resumed.stderr)
      const now = flink().jobs.find(({ state }) => state === 'RUNNING')
      assert.equal(screen.text(now?.restored?.location ?? ''), 'file:DIR/elsewhere/SAVEPOINT-1')
    },
  },
  {
    title:
      'the checkpoints that the operator takes are set beside the savepoints, and nothing is restarted for it',
    on: apache,
    because: 'no operator of FlinkCluster takes checkpoints',
    play: async stage => {
      const { job, run, object } = stage
      await job()
      const startedAt = async () => valueAt(await object(), 'status.jobStatus.startTime')
      const before = await startedAt()
      const set = 'auto orders --every 1h --checkpoint-every 2h --yes -o jsonpath={.checkpoints.everySeconds}'
      assert.deepEqual(await run(set), { exit: 0, stdout: '7200', stderr: '' })
      assert.equal((await configuration(stage))[checkpoints], '7200 s')
      assert.equal((await run('auto orders --checkpoint-every off --yes -q')).exit, 0)
      assert.equal(checkpoints in (await configuration(stage)), false)
      assert.equal(await startedAt(), before)
    },
  },
]
