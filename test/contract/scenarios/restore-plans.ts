import assert from 'node:assert/strict'
import { valueAt } from '../facts.ts'
import { everyKind, restoringInPlace, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'

const seeHelp = "See 'kubectl flinksp restore -h' for help and examples"

export const restorePlans: readonly Scenario[] = [
  {
    title: 'the plan of a restore says what will be changed and what may surprise, and changes nothing',
    play: async ({ dialect, job, run, object }) => {
      await job()
      await run('take orders')
      const operator = {
        'gcp-9': {
          step: 'the operator takes a savepoint of its own unless one is younger than 300 s, cancels the job, replaces the cluster and submits the job',
          risks: [
            '  - the operator waits for a savepoint that succeeds before it restarts the job; while they fail the restore is blocked, and goes on by itself after a repair',
          ],
        },
        spotify: {
          step: 'the operator deletes the JobManager without a savepoint of its own, creates the cluster again and submits the job',
          risks: [],
        },
      }[dialect === 'spotify' ? 'spotify' : 'gcp-9']
      const plan = ends(0, {
        out: [
          'flinkcluster.flinkoperator.k8s.io/orders would be restored from file:DIR/orders/SAVEPOINT-1',
          '  completed AGE ago; known from status, rest, record',
          '',
          'Steps:',
          '  1. the job is Running; what it has done until then is kept in the safety savepoint',
          '  2. take a safety savepoint of the running job by annotation, and wait for it',
          '  3. patch the object: start from file:DIR/orders/SAVEPOINT-1, AGE old, known from status, rest, record',
          `  4. ${operator.step}`,
          "  5. wait until the job runs, new, from this location, and Flink's latest.restored says so",
          '',
          'Changes:',
          '  FIELD  FROM  TO',
          '  spec.job.fromSavepoint  <none>  file:DIR/orders/SAVEPOINT-1',
          '  spec.job.allowNonRestoredState  false  false',
          '',
          'Risks:',
          '  - spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed',
          ...operator.risks,
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
