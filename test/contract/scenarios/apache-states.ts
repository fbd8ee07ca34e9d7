import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { isRunning } from '../../sandbox/jobs.ts'
import { kindPath } from '../../sandbox/operators/apache/kinds.ts'
import { at, count, recreating } from '../any-kind.ts'
import { itemsOf } from '../documents.ts'
import { valueAt } from '../facts.ts'
import { taken } from '../restoring.ts'
import type { Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Spec, Stage } from '../stage.ts'
import { restoredFrom } from '../stopping.ts'
import { until } from '../until.ts'

const today = ['apache-1.15', 'apache-1.15-session'] as const
const deployments = ['apache-1.15', 'apache-1.7'] as const

/** Checkpoints that are files, and metadata that outlives a JobManager. */
const highlyAvailable = ({ directory }: Stage): Fields => ({
  'state.checkpoints.dir': `file:${directory}/checkpoints`,
  'high-availability.type': 'kubernetes',
  'high-availability.storageDir': `file:${directory}/ha`,
})

const configured = (flinkConfiguration: Fields, job: Fields = {}): Spec => ({
  job,
  spec: { flinkConfiguration },
})

/** A job that somebody has suspended, in its own upgradeMode, since its last savepoint: a checkpoint later. */
async function suspendedWithLastState(stage: Stage): Promise<void> {
  const { job, run, flink, patch, seen } = stage
  await job('orders', configured(highlyAvailable(stage), { upgradeMode: 'last-state' }))
  // The savepoint of a stop stays in the status, whatever comes after it.
  assert.equal((await run('stop orders --yes')).exit, 0)
  assert.equal((await run('resume orders --yes')).exit, 0)
  flink().change({ checkpoint: true })
  await patch({ spec: { job: { state: 'suspended' } } })
  await seen(now => valueAt(now, 'status.lifecycleState') === 'SUSPENDED')
}

const howToGoOn = `to go on from there: kubectl patch flinkcluster/orders -n NAMESPACE --type=merge -p '{"spec":{"job":{"state":"running"}}}'`

export const apacheStates: readonly Scenario[] = [
  {
    title: 'a checkpoint that somebody took as a snapshot is in the history of checkpoints, and no savepoint',
    on: today,
    because: 'FlinkStateSnapshots are of the Apache operator from 1.10 on',
    play: async stage => {
      const { job, run, object, api, namespace } = stage
      await job('orders', configured({ 'state.checkpoints.dir': `file:${stage.directory}/checkpoints` }))
      assert.equal((await run('take orders')).exit, 0)
      const { kind } = await object()
      const snapshots = kindPath('FlinkStateSnapshot', namespace)
      await api.create(snapshots, {
        apiVersion: 'flink.apache.org/v1beta1',
        kind: 'FlinkStateSnapshot',
        metadata: { name: 'by-hand', namespace },
        spec: { backoffLimit: 0, jobReference: { kind, name: 'orders' }, checkpoint: {} },
      })
      await until(async () => valueAt(await api.get(`${snapshots}/by-hand`), 'status.state') === 'COMPLETED')
      const { stdout } = await run('history orders --type checkpoint --sources snapshots -o json')
      const [checkpoint, ...more] = itemsOf(stdout, 'type', 'state', 'trigger', 'location', 'disposeOnDelete')
      assert.deepEqual(
        [
          more,
          { ...checkpoint, location: String(checkpoint?.['location']).replace(/ID|[0-9a-f]{32}/, 'JOB') },
        ],
        [
          [],
          {
            type: 'checkpoint',
            state: 'Completed',
            trigger: 'manual',
            location: 'file:DIR/checkpoints/JOB/chk-2',
          },
        ],
      )
      assert.deepEqual(await run('history orders -o name'), ends(0, { out: [at(1)] }))
      const plan = await run('restore orders latest --dry-run=client -o jsonpath={.savepoint.location}')
      assert.deepEqual([plan.exit, plan.stdout], [0, at(1)])
    },
  },
  {
    title:
      'checkpoints that the operator takes by its clock are told apart from those that somebody asked for',
    on: today,
    operating: { secondMs: 5 },
    because: 'FlinkStateSnapshots are of the Apache operator from 1.10 on',
    play: async stage => {
      const { job, run, launch } = stage
      await job('orders', configured({ 'state.checkpoints.dir': `file:${stage.directory}/checkpoints` }))
      const line = 'auto orders --checkpoint-every 5m --yes -o jsonpath={.checkpoints.everySeconds}'
      assert.deepEqual(await run(line), { exit: 0, stdout: '300', stderr: '' })
      const watching = await launch(
        'history orders --type checkpoint --watch --timeout 50s -o jsonpath={.type}={.trigger}={.state}',
      )
      await watching.printed('checkpoint=scheduled=Completed')
      watching.interrupt()
      await watching.ended
      assert.deepEqual(await run('history orders -o name'), ends(0, {}))
    },
  },
  {
    title: 'a change of a job with upgradeMode last-state restarts it from its last state, and loses nothing',
    on: deployments,
    because: "upgradeMode last-state is a FlinkDeployment's: a session job has no HA data of its own",
    play: async stage => {
      const { job, run, flink } = stage
      await job('orders', configured(highlyAvailable(stage), { upgradeMode: 'last-state' }))
      const counted = count(stage)
      flink().change({ checkpoint: true })
      const { exit, stderr } = await run('auto orders --directory file:DIR/elsewhere --yes')
      assert.equal(exit, 0, stderr)
      assert.match(restoredFrom(stage), /\/chk-1$/)
      assert.ok(count(stage) >= counted)
      const { stdout } = await run('status orders -o jsonpath={.restartPoint}')
      assert.equal(stdout, '')
    },
  },
  {
    title:
      'a job that somebody suspended with its last state is resumed from no savepoint, which is said, and how it goes on',
    on: deployments,
    because: "upgradeMode last-state is a FlinkDeployment's: a session job has no HA data of its own",
    play: async stage => {
      await suspendedWithLastState(stage)
      const { run, patch, seen } = stage
      assert.deepEqual(
        await run('resume orders --yes'),
        ends(1, {
          err: [
            'error: cannot resume flinkcluster/orders: it was suspended with its last state (upgradeMode last-state), which is no savepoint',
            howToGoOn,
            'to give it up for a savepoint: kubectl flinksp restore flinkcluster/orders SAVEPOINT -n NAMESPACE',
          ],
        }),
      )
      const { stdout } = await run('status orders')
      assert.match(stdout, /^Restart Point: +<none>$/m)
      assert.match(stdout, /^ +- it was suspended with its last state .*, and a restore gives it up$/m)
      await patch({ spec: { job: { state: 'running' } } })
      await seen(isRunning)
      assert.match(restoredFrom(stage), /\/chk-\d+$/)
    },
  },
  {
    title: 'a restore of a job that was suspended with its last state gives that up, and its plan says so',
    on: deployments,
    because: "upgradeMode last-state is a FlinkDeployment's: a session job has no HA data of its own",
    play: async stage => {
      await suspendedWithLastState(stage)
      const { run, launch, dialect } = stage
      const listed = (await (await launch('history orders -o name')).ended).stdout
      // The other has to be deleted and created again, and so is its metadata.
      if (dialect === 'apache-1.15') {
        const { stdout } = await run('restore orders latest --dry-run=client')
        assert.match(stdout, /^ +- the job was suspended with its last state, .* no way back to it$/m)
      }
      const restored = await run(`restore orders ${listed.trim()} --yes --verify=false${recreating(stage)}`)
      assert.equal(restored.exit, 0, restored.stderr)
      assert.equal(restoredFrom(stage), at(1))
    },
  },
  {
    title: 'where the operator itself sees why a created job cannot start, its words are the cause',
    on: 'apache-1.7',
    operating: { seesFailedStarts: true },
    because: 'up to 1.7 the Apache operator alone says so in the object',
    play: async stage => {
      await taken(stage)
      const { run } = stage
      const target = 'file:DIR/orders/gone'
      const missing = `Cannot find checkpoint or savepoint file/directory '${target}' on file system 'file'.`
      const { exit, stderr } = await run(
        `restore orders ${target} --recreate --yes --allow-unknown-location --safety-savepoint=false --verify=false`,
      )
      assert.deepEqual(
        [exit, stderr.match(/^error: .*$/m)?.[0]],
        [3, `error: flinkcluster/orders was not restored from ${target}: ${missing}`],
      )
      const { stdout } = await run('status orders')
      assert.match(stdout, /^State: +FAILED$/m)
      assert.ok(stdout.includes(`- the operator reports: ${missing}\n`), stdout)
      assert.match(stdout, /^ +- lifecycleState is FAILED: the job does not come up$/m)
    },
  },
]
