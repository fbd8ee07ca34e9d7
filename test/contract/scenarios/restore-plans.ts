import assert from 'node:assert/strict'
import { at } from '../any-kind.ts'
import { valueAt } from '../facts.ts'
import { everyKind, restoringInPlace, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'
import { wordsOf } from '../words.ts'

const seeHelp = "See 'kubectl flinksp restore -h' for help and examples"

const sticky =
  'spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed'

const flinkCluster = { known: 'status', safe: 'annotation' }
const apache = { known: 'snapshots', safe: 'snapshot' }

/** What each operator does about it, and what may surprise. */
const plans = {
  'gcp-9': {
    ...flinkCluster,
    step: 'the operator takes a savepoint of its own unless one is younger than 300 s, cancels the job, replaces the cluster and submits the job',
    risks: [
      sticky,
      'the operator waits for a savepoint that succeeds before it restarts the job; while they fail the restore is blocked, and goes on by itself after a repair',
    ],
  },
  spotify: {
    ...flinkCluster,
    step: 'the operator deletes the JobManager without a savepoint of its own, creates the cluster again and submits the job',
    risks: [sticky],
  },
  'apache-1.15': {
    ...apache,
    step: 'the operator cancels the job without a savepoint, deletes its cluster and high-availability metadata, and deploys it again (flinkVersion v1_18)',
    risks: [
      'without high availability a JobManager that dies is started from this savepoint again, whatever was taken since',
    ],
  },
  'apache-1.15-session': {
    ...apache,
    step: 'the operator cancels the job without a savepoint, and submits it again to its session cluster',
    risks: [],
  },
}

const planOf = ({ dialect }: Stage) => plans[dialect as keyof typeof plans]

export const restorePlans: readonly Scenario[] = [
  {
    title: 'the plan of a restore says what will be changed and what may surprise, and changes nothing',
    on: restoringInPlace,
    because: 'up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async stage => {
      const { job, run, object } = stage
      await job()
      assert.equal((await run('take orders')).exit, 0)
      const { restoreChanges } = wordsOf(stage)
      const { known, safe, step, risks } = planOf(stage)
      const plan = ends(0, {
        out: [
          `flinkcluster.flinkoperator.k8s.io/orders would be restored from ${at(1)}`,
          `  completed AGE ago; known from ${known}, rest, record`,
          '',
          'Steps:',
          '  1. the job is Running; what it has done until then is kept in the safety savepoint',
          `  2. take a safety savepoint of the running job by ${safe}, and wait for it`,
          `  3. patch the object: start from ${at(1)}, AGE old, known from ${known}, rest, record`,
          `  4. ${step}`,
          "  5. wait until the job runs, new, from this location, and Flink's latest.restored says so",
          '',
          'Changes:',
          '  FIELD  FROM  TO',
          ...restoreChanges(at(1)).map(({ path, from = '<none>', to }) => `  ${path}  ${from}  ${to}`),
          ...(risks.length > 0 ? ['', 'Risks:', ...risks.map(risk => `  - ${risk}`)] : []),
        ],
      })
      const before = valueAt(await object(), 'metadata.generation')
      assert.deepEqual(await run('restore orders latest --dry-run=client'), plan)
      assert.deepEqual(await run('restore orders latest --dry-run=server'), plan)
      assert.equal(valueAt(await object(), 'metadata.generation'), before)
    },
  },
  {
    title: 'without savepointsDir a restore is refused, with the way that does it instead',
    because: 'only FlinkCluster refuses changes of its spec without a savepointsDir',
    play: async ({ job, run }) => {
      await job('orders', { job: { savepointsDir: null } })
      const target = 'file:/elsewhere/savepoint-1'
      assert.deepEqual(
        await run(`restore orders ${target} --yes`),
        ends(1, {
          err: [
            `error: cannot restore flinkcluster/orders from ${target}: spec.job.savepointsDir is not set, and the operator lets no change through without it`,
            `delete it and create it again: kubectl flinksp restore flinkcluster/orders ${target} -n NAMESPACE --recreate`,
          ],
        }),
      )
    },
  },
  {
    title: 'a location that no source knows is refused, or allowed by its flag',
    on: restoringInPlace,
    because: 'up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async ({ job, run }) => {
      await job()
      const target = 'file:/elsewhere/savepoint-1'
      assert.deepEqual(
        await run(`restore orders ${target} --yes`),
        ends(1, {
          err: [
            `error: cannot restore flinkcluster/orders from ${target}: no source knows this location`,
            'if it is the right one: --allow-unknown-location',
          ],
        }),
      )
      const allowed = await run(`restore orders ${target} --allow-unknown-location --dry-run=client -o name`)
      assert.deepEqual(allowed, ends(0, { out: [target] }))
    },
  },
  {
    title: 'a restore that nobody can confirm is a usage error, as is one without a savepoint',
    on: everyKind,
    play: async ({ job, run }) => {
      await job()
      assert.deepEqual(
        await run('restore orders latest'),
        ends(2, {
          err: [
            'error: nobody can be asked here: say --yes to restore, or --dry-run=client to see the plan',
            seeHelp,
          ],
        }),
      )
      assert.deepEqual(
        await run('restore orders --yes'),
        ends(2, {
          err: ['error: say which savepoint: a location, latest, latest~1, gen:12 or a name', seeHelp],
        }),
      )
    },
  },
]
