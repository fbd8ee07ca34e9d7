import assert from 'node:assert/strict'
import { fieldsAt } from '../../../src/domain/fields.ts'
import { at } from '../any-kind.ts'
import { jobState, valueAt } from '../facts.ts'
import { asked, ordersPath, recordPath } from '../requests.ts'
import { taken } from '../restoring.ts'
import type { Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import { policyOf, restoredFrom, resumed, stopped, stoppedByFlink } from '../stopping.ts'

export const stopsByFlink: readonly Scenario[] = [
  {
    title:
      'a drained job is stopped by Flink, with its cleanup policy put back once the location is recorded',
    on: 'gcp-9',
    because: "a cleanup policy is FlinkCluster's own, and Spotify's webhook keeps it until the resume",
    play: async stage => {
      await taken(stage)
      const { run, requests, seen, object } = stage
      const before = policyOf(await object())
      assert.deepEqual(
        await run('stop orders --yes --drain', 'counted-stop'),
        stopped(2, `savepoint: ${at(2)}`),
      )
      assert.deepEqual(
        asked(await requests('counted-stop')).filter(request => /^(PATCH|PUT) .* 200$/.test(request)),
        [`PATCH ${ordersPath} 200`, `PUT ${recordPath} 200`, `PATCH ${ordersPath} 200`],
      )
      const after = await seen(now => jobState(now) === 'Succeeded')
      assert.equal(policyOf(after), before)
      // The operator knows the first one only.
      assert.equal(
        stage.screen.text(String(valueAt(after, 'status.components.job.savepointLocation'))),
        at(1),
      )
      assert.deepEqual(await run('resume orders --yes'), resumed(stage, 2))
      assert.equal(restoredFrom(stage), at(2))
    },
  },
  {
    title:
      'a drained job has its cleanup policy back after a resume at the latest: the webhook may not let it through before',
    on: 'spotify',
    because: "a cleanup policy is FlinkCluster's own, and GCP's webhook lets it be put back at once",
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      const before = policyOf(await object())
      const { exit, stdout, stderr } = await run('stop orders --yes --drain')
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: stopped(2).stdout })
      const [first, ...more] = stderr.trimEnd().split('\n')
      assert.equal(first, `savepoint: ${at(2)}`)
      const kept = policyOf(await object()) === 'KeepCluster'
      assert.deepEqual(
        more.map(line => line.replace(/: Error from server .*/, '')),
        kept
          ? [
              'Warning: cleanupPolicy.afterJobSucceeds of flinkcluster/orders is KeepCluster, and could not be put back',
              'its JobManager and TaskManagers stay until then: resume puts it back',
            ]
          : [],
      )
      assert.deepEqual(await run('resume orders --yes'), resumed(stage, 2))
      assert.deepEqual([policyOf(await object()), restoredFrom(stage)], [before, at(2)])
    },
  },
  {
    title: 'a drained job whose savepoint fails goes on with the cleanup policy that it had',
    because: "a cleanup policy is FlinkCluster's own",
    play: async ({ job, run, flink, object }) => {
      const before = await job()
      flink().change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('stop orders --yes --drain'),
        ends(3, {
          err: ['error: flinkcluster/orders was not stopped: its savepoint failed: disk full'],
        }),
      )
      const after = await object()
      assert.deepEqual([jobState(after), policyOf(after)], ['Running', policyOf(before)])
    },
  },
  {
    title:
      'a job without savepointsDir is stopped by Flink where a directory is named, and nothing is written to it',
    because: 'only FlinkCluster refuses changes of its spec without a savepointsDir',
    play: async stage => {
      const { job, run, object, seen } = stage
      await job('orders', { job: { savepointsDir: null } })
      const before = fieldsAt(await object(), 'spec')
      const refused = await run('stop orders --yes')
      assert.deepEqual([refused.exit, refused.stderr.split('\n')[1]], [1, 'give one: --target-directory DIR'])
      assert.deepEqual(
        await stoppedByFlink(stage, 'stop orders --yes --target-directory file:DIR/orders'),
        stopped(1, `savepoint: ${at(1)}`),
      )
      assert.deepEqual(fieldsAt(await seen(now => jobState(now) === 'Succeeded'), 'spec'), before)
      const recorded = await run('history orders --sources record -o name')
      assert.deepEqual(recorded, ends(0, { out: [at(1)] }))
      const again = await run('resume orders --yes --recreate --allow-unknown-location')
      assert.deepEqual(
        { exit: again.exit, stdout: again.stdout },
        { exit: 0, stdout: resumed(stage, 1).stdout },
      )
      assert.deepEqual([jobState(await object()), restoredFrom(stage)], ['Running', at(1)])
    },
  },
  {
    title:
      'an operator that knows no job-cancel lets Flink stop the job, and loses no location with the cluster',
    on: ['gcp-2', 'gcp-v1alpha1'],
    because: 'releases before GCP -3 know no job-cancel',
    play: async stage => {
      const { job, run, seen } = stage
      await job()
      assert.deepEqual(await stoppedByFlink(stage, 'stop orders --yes'), stopped(1, `savepoint: ${at(1)}`))
      await seen(now => jobState(now) === 'Succeeded')
      const recorded = await run('history orders --sources record -o name')
      assert.deepEqual(recorded, ends(0, { out: [at(1)] }))
      const { exit, stderr } = await run('resume orders --yes')
      assert.equal(exit, 1)
      assert.match(stderr, /refuses every change of the spec: it has to be deleted and created again/)
      assert.match(
        stderr,
        /^delete it and create it again: kubectl flinksp resume flinkcluster\/orders -n NAMESPACE --recreate$/m,
      )
      const recreated = await run('resume orders --yes --recreate')
      assert.deepEqual(
        { exit: recreated.exit, stdout: recreated.stdout },
        { exit: 0, stdout: resumed(stage, 1).stdout },
      )
      assert.deepEqual([jobState(await stage.object()), restoredFrom(stage)], ['Running', at(1)])
    },
  },
]
