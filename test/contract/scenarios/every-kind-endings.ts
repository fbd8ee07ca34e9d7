import assert from 'node:assert/strict'
import {
  anyJobs,
  at,
  isFailed,
  recordPathOf,
  recreating,
  shownInFlight,
  taken,
  withoutDuration,
} from '../any-kind.ts'
import { documentOf } from '../documents.ts'
import { valueAt } from '../facts.ts'
import { flinkRest } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends, look } from '../screens.ts'
import type { Stage } from '../stage.ts'

const generation = async ({ object }: Stage) => valueAt(await object(), 'metadata.generation')

/** Somebody who may write ConfigMaps says of a savepoint that there is none of: it is the newest. */
async function plant(stage: Stage): Promise<void> {
  const { api, object } = stage
  const path = await recordPathOf(stage)
  const planted = {
    action: 'take',
    uid: valueAt(await object(), 'metadata.uid'),
    state: 'Completed',
    location: 'file:/evil/savepoint-000000-000000000000',
    trigger: 'manual',
    completedAt: new Date(Date.now() + 500).toISOString(),
  }
  const entries = `${valueAt(await api.get(path), 'data.entries')}${JSON.stringify(planted)}\n`
  await api.patch(path, { data: { entries } })
  // A time that is still to come is believed of nobody.
  await new Promise(resolve => setTimeout(resolve, 600))
}

const ways: readonly Omit<Scenario, 'on'>[] = [
  {
    title: 'a dry run of a take says how it would be asked, and asks nothing',
    play: async stage => {
      const { job, run } = stage
      await job()
      const before = await generation(stage)
      for (const dryRun of ['client', 'server']) {
        const { exit, stdout, stderr } = await run(`take orders --dry-run=${dryRun}`)
        assert.deepEqual([exit, stderr], [0, ''])
        assert.match(
          stdout,
          /^\S+\/orders savepoint would be requested by \w+ \(dry run\)\n\nFIELD {2}FROM {2}TO\n/,
        )
      }
      assert.equal(await generation(stage), before)
      assert.deepEqual(await run('history orders -o name'), ends(0, {}))
    },
  },
  {
    title: 'a job that failed is asked for nothing, and is not taken for one that was stopped',
    play: async ({ job, run, flink, seen }) => {
      await job()
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      await seen(isFailed)
      const refused = await run('take orders')
      assert.deepEqual([refused.exit, refused.stdout], [1, ''])
      assert.match(
        refused.stderr,
        /^error: cannot take .* flinkcluster\/orders: its job is not running \(\w+\)$/m,
      )
      const resumed = await run('resume orders --yes')
      assert.deepEqual([resumed.exit, resumed.stdout], [1, ''])
      assert.match(resumed.stderr, /^error: cannot resume flinkcluster\/orders: /m)
    },
  },
  {
    title: 'a savepoint that is not complete in time is exit code 4, and is in the history when it is',
    play: async ({ job, flink, run, launch }) => {
      await job()
      flink().change({ savepointMs: 120_000 })
      const { exit, stdout, stderr } = await run('take orders --timeout 1s')
      flink().change({ savepointMs: 5 })
      assert.deepEqual([exit, stdout], [4, ''])
      assert.match(
        stderr,
        /^error: timed out waiting for the savepoint of flinkcluster\/orders; it may still complete$/m,
      )
      assert.ok(stderr.includes(`${look}\n`), stderr)
      const watching = await launch('history orders --watch --timeout 30s -o name')
      await watching.printed('/savepoint-')
      watching.interrupt()
      await watching.ended
    },
  },
  {
    title: 'Ctrl-C ends the wait with 130 and says how to look, and the savepoint goes on',
    play: async stage => {
      const { job, flink, launch, run, screen } = stage
      await job()
      flink().change({ savepointMs: 120_000 })
      const taking = await launch('take orders')
      await shownInFlight(stage)
      taking.interrupt()
      const { exit, stdout, stderr } = screen.screen(await taking.ended)
      flink().change({ savepointMs: 5 })
      assert.deepEqual([exit, stdout], [130, ''])
      assert.match(stderr, /^error: interrupted; the savepoint of flinkcluster\/orders goes on$/m)
      assert.ok(stderr.includes(`${look}\n`), stderr)
      const watching = await launch('history orders --watch --timeout 30s -o name')
      await watching.printed('/savepoint-')
      watching.interrupt()
      await watching.ended
      assert.deepEqual(await run('history orders -o name'), ends(0, { out: [at(1)] }))
    },
  },
  {
    title: 'a failure is a document for programs of every kind, and nothing on stdout for people',
    play: async ({ job, run, flink }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      const { exit, stdout } = await run('take orders -o json')
      const { kind, state, type, failure } = documentOf(stdout)
      assert.deepEqual(
        { exit, kind, state, type, cause: (failure as { rootCause: string }).rootCause },
        { exit: 3, kind: 'Savepoint', state: 'Failed', type: 'savepoint', cause: 'disk full' },
      )
      const { exit: again, stdout: printed } = await run('take orders -o name')
      assert.deepEqual([again, printed], [3, ''])
    },
  },
  {
    title: 'a name is given once, and one that nobody gave restores nothing',
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.deepEqual(withoutDuration(await run('take orders --name before-v2')), taken(1))
      const twice = await run('take orders --name before-v2')
      assert.deepEqual([twice.exit, twice.stdout], [1, ''])
      assert.match(twice.stderr, /^error: a savepoint of flinkcluster\/orders is called before-v2 already: /)
      const before = await generation(stage)
      const unknown = await run(`restore orders name:before-v3 --yes${recreating(stage)}`)
      assert.deepEqual(
        [unknown.exit, unknown.stdout, unknown.stderr.split('\n')[0]],
        [1, '', 'error: no savepoint of flinkcluster/orders is called before-v3'],
      )
      assert.equal(await generation(stage), before)
    },
  },
  {
    title: 'whoever may write ConfigMaps steers neither a restore nor a resume of any kind',
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.equal((await run('take orders')).exit, 0)
      await plant(stage)
      const before = await generation(stage)
      const { exit, stdout, stderr } = await run(`restore orders latest --yes${recreating(stage)}`)
      assert.deepEqual([exit, stdout], [1, ''], stderr)
      assert.match(stderr, /from file:\/evil\/SAVEPOINT-2: this location is known only from the record/)
      assert.equal(await generation(stage), before)
    },
  },
  {
    title: 'a record that may not be written costs one warning, whatever the kind',
    play: async ({ job, run, grant }) => {
      await job()
      await grant('without-record', [...anyJobs, flinkRest])
      const { stderr, ...rest } = await run('take orders', 'without-record')
      assert.deepEqual(withoutDuration({ ...rest, stderr }), taken(1))
      assert.match(
        stderr,
        /^Warning: not recorded in configmap\/\S+-orders: Error from server \(Forbidden\): .*\n$/,
      )
    },
  },
]

/** What ends otherwise than one hoped, of every kind of job. */
export const everyKindsEndings: readonly Scenario[] = ways.map(way => ({ ...way, on: everyKind }))
