import assert from 'node:assert/strict'
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'mocha'
import { readJob, runCountingDeployment, runCountingSessionJob } from './apache/flink-deployments.ts'
import { noSchemas, writesAccepted } from './apache/schemas.ts'
import { type ApacheStack, startApacheStack } from './apache/stack.ts'
import { eventually } from './conditions.ts'
import { type CountingCluster, countingCluster } from './counting.ts'
import { assertKept, assertResumed, type Plugin, pluginOn, proven } from './kept.ts'
import { notRun } from './not-run.ts'
import type { Stoppable } from './parts.ts'

describe('on a real control plane, with real Flink under the real Apache operator 1.7.0', function () {
  // A recreation twice took 105 s on a machine with ten times the work that it could do.
  this.timeout(300_000)
  let stack: ApacheStack & Stoppable
  let orders: CountingCluster
  let plugin: Plugin

  before(async () => {
    stack = await startApacheStack()
    plugin = pluginOn(stack)
    orders = await runCountingDeployment(stack, 'orders')
  })
  after(() => stack?.stop())

  const job = 'flinkdeployment/orders'
  const read = () => readJob(stack, 'flinkdeployments', 'orders')
  const failing = async (...words: string[]) => stack.kubectl(['flinksp', ...words])

  it('take asks by nonce, and leaves a savepoint that Flink wrote', async () => {
    const { location, state, triggerId } = await plugin.document('take', job, '--name', 'first')
    const { spec, status } = await read()
    const { lastSavepoint } = status.jobStatus.savepointInfo
    assert.deepEqual(
      [state, spec.job.savepointTriggerNonce, lastSavepoint.triggerNonce, lastSavepoint.location],
      ['Completed', 1, 1, location],
    )
    assert.match(triggerId, /^[0-9a-f]{32}$/)
    assert.deepEqual(await readdir(new URL(location)), ['_metadata'])
  })

  it('history shows the savepoint from every source', async () => {
    const { items } = await plugin.document('history', job)
    assert.deepEqual(
      items.map(({ name, state, type, trigger, restartPoint, origin, sources }: Row) => ({
        ...{ name, state, type, trigger, restartPoint, origin },
        sources: sources.toSorted(),
      })),
      [
        {
          ...{ name: 'first', state: 'Completed', type: 'savepoint', trigger: 'manual' },
          ...{ restartPoint: true, origin: false },
          sources: stack.noProxy === undefined ? ['record', 'rest', 'status'] : ['record', 'status'],
        },
      ],
    )
  })

  it('a take that fails tells the root cause, and takes its nonce back so that it ends', async () => {
    const aside = `${orders.savepointsDir}.aside`
    await rename(orders.savepointsDir, aside)
    await writeFile(orders.savepointsDir, 'a file, not a directory')
    try {
      const cause = `FileAlreadyExistsException: ${orders.savepointsDir}`
      assert.deepEqual(await failing('take', job), {
        code: 3,
        stdout: '',
        stderr:
          `savepointTriggerNonce 2 of ${job} is taken back: the operator does not try it again\n` +
          `error: the savepoint of ${job} failed: ${cause}\n`,
      })
      assert.equal((await read())['spec'].job.savepointTriggerNonce, 1)
    } finally {
      await rm(orders.savepointsDir)
      await rename(aside, orders.savepointsDir)
    }
    // The operator's last attempt may still be under way.
    const { location } = await plugin.document('take', job, '--after-current')
    assert.deepEqual(await readdir(new URL(location)), ['_metadata'])
    const { items } = await plugin.document('history', job)
    const states = items.map(({ state }: Row) => state)
    // The operator tries again each second until the nonce is taken back.
    const failed = states.slice(1, -1)
    assert.deepEqual([states[0], states.at(-1), [...new Set(failed)]], ['Completed', 'Completed', ['Failed']])
    const causes = items.flatMap(({ failure }: Row) => failure?.rootCause ?? [])
    assert.deepEqual(causes, [`FileAlreadyExistsException: ${orders.savepointsDir}`])
  })

  it('a job that exists is not restored in place, and says how it can be', async () => {
    const { generation } = (await read()).metadata
    const { code, stdout, stderr } = await failing('restore', job, 'name:first', '--yes')
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^error: cannot restore .* its operator \(up to 1\.7\) starts no job that exists/)
    assert.match(stderr, /kubectl flinksp restore flinkdeployment\/orders file:\S+ .*--recreate$/m)
    assert.equal((await read()).metadata.generation, generation)
  })

  it('a job is created anew from a savepoint, which Flink confirms, and taken back to what it had counted', async () => {
    const before = await orders.job.countedOn(20)
    const { location } = await plugin.document('take', job)
    const counted = await orders.job.countedOn(50)
    const recreated = await orders.restartedBy(() =>
      plugin.document('restore', job, location, '--recreate', '--yes'),
    )
    const { result, from } = recreated
    assert.deepEqual(
      [result.state, result.way, result.savepoint.location, result.proof, result.job.uid],
      ['Restored', 'recreate', location, proven, (await read()).metadata.uid],
    )
    assert.ok(
      from >= before && from < counted,
      `${before} to ${counted} were counted, it goes on from ${from}`,
    )

    const undone = await orders.restartedBy(() =>
      plugin.document('restore', job, '--undo', '--recreate', '--yes'),
    )
    assert.deepEqual(
      [undone.result.state, undone.result.savepoint.location, undone.result.proof],
      ['Restored', result.safetySavepoint.location, proven],
    )
    assertKept(undone.from, counted)
  })

  it('what a job was created from is listed as it was taken, though its status says now', async () => {
    const { status } = await read()
    const { location, triggerType } = status.jobStatus.savepointInfo.lastSavepoint
    const { items } = await plugin.document('history', job)
    const rows = items.filter((row: Row) => row.location === location)
    assert.deepEqual(
      [triggerType, rows.map(({ trigger, restartPoint }: Row) => ({ trigger, restartPoint }))],
      ['UNKNOWN', [{ trigger: 'manual', restartPoint: true }]],
    )
    const [{ requestedAt, completedAt }] = rows
    assert.ok(Date.parse(completedAt ?? requestedAt) < Number(status.jobStatus.startTime))
  })

  it('a stop drains, and saves elsewhere and in another format, as it was asked to; resume goes on from there, and nothing of it is left', async () => {
    const { flinkConfiguration } = (await read())['spec']
    const elsewhere = `file://${orders.savepointsDir}-elsewhere`
    const how = ['--drain', '--format', 'native', '--target-directory', elsewhere]
    const { steps } = await plugin.document('stop', job, ...how, '--dry-run=server')
    assert.ok(
      steps.some((step: string) =>
        step.includes(`drains the job, stops it with a savepoint into ${elsewhere}`),
      ),
    )
    const location = await assertResumed(plugin, orders, ...how)
    const { type, format, stopped } = await plugin.document('inspect', location)
    assert.deepEqual([type, format, stopped], ['savepoint', 'NATIVE', 'terminated'])
    assert.ok(location.replace(/^file:\/+/, '/').startsWith(`${orders.savepointsDir}-elsewhere/`), location)
    const { spec, metadata } = await read()
    assert.deepEqual(
      [spec.flinkConfiguration, Object.keys(metadata['annotations'] ?? {})],
      [flinkConfiguration, []],
    )
  })

  it('an automatic savepoint is set without a restart, and is in history', async () => {
    const starts = await orders.job.starts()
    const { everySeconds } = await plugin.document('auto', job, '--every', '5s', '--yes')
    const taken = await eventually('a savepoint is taken by itself', async () => {
      const { lastSavepoint } = (await read())['status'].jobStatus.savepointInfo
      return lastSavepoint.triggerType === 'PERIODIC' ? lastSavepoint : undefined
    })
    await plugin.document('auto', job, '--every', 'off', '--yes')
    const { items } = await plugin.document('history', job)
    const { trigger, sources } = items.find(({ location }: Row) => location === taken.location)
    assert.deepEqual([everySeconds, trigger, sources.includes('status')], [5, 'scheduled', true])
    assert.deepEqual(await orders.job.starts(), starts)
  })

  it('a job of a session cluster is taken, stopped and resumed, moved to another directory, and created anew', async () => {
    const payments = await runCountingSessionJob(stack, 'payments')
    const before = await payments.job.countedOn(20)
    const { location, state } = await plugin.document('take', payments.shown)
    assert.deepEqual([state, await readdir(new URL(location))], ['Completed', ['_metadata']])
    const counted = await payments.job.countedOn(50)
    await assertResumed(plugin, payments)
    const moved = `${payments.savepointsDir}-moved`
    const { result: settings } = await payments.restartedBy(() =>
      plugin.document('auto', payments.shown, '--directory', `file://${moved}`, '--yes'),
    )
    const next = await plugin.document('take', payments.shown)
    assert.deepEqual(
      [settings.directory, new URL('..', `${next.location}/`).pathname],
      [`file://${moved}`, `${moved}/`],
    )
    const { result, from } = await payments.restartedBy(() =>
      plugin.document('restore', payments.shown, location, '--recreate', '--yes'),
    )
    assert.deepEqual([result.savepoint.location, result.proof], [location, proven])
    assert.ok(
      from >= before && from < counted,
      `${before} to ${counted} were counted, it goes on from ${from}`,
    )
  })

  it('a stop that the operator refuses says so, and how to take it back', async () => {
    const setting = { upgradeMode: 'stateless', checkpoints: false }
    const { shown } = await runCountingDeployment(stack, 'refunds', setting)
    const { code, stdout, stderr } = await failing('stop', shown, '--yes')
    assert.deepEqual([code, stdout], [3, ''])
    assert.match(
      stderr,
      /^error: .* its operator refuses the spec: Checkpoint directory\[state.checkpoints.dir\]/,
    )
    const [, patch = ''] = /^to take the request back: kubectl patch .* -p '(.*)'$/m.exec(stderr) ?? []
    const taken = await stack.kubectl(['patch', shown, '--type=merge', '-p', patch])
    assert.equal(taken.code, 0, taken.stderr)
    await eventually('the spec is valid again', async () =>
      (await readJob(stack, 'flinkdeployments', 'refunds'))['status'].error ? undefined : true,
    )
    assert.equal((await plugin.document('take', shown)).state, 'Completed')
  })

  it('an operator that is killed in the middle of a savepoint asks for no other, and take has that one', async () => {
    const { location: last } = await plugin.document('take', job)
    const before = await readdir(orders.savepointsDir)
    await orders.snapshots('slow 12000')
    try {
      const taking = await takeInProgress(orders)
      await stack.operator.crash()
      const { code, stdout, stderr } = await taking.ended
      assert.equal(code, 0, stderr)
      const location = stdout.trim()
      assert.deepEqual(await readdir(new URL(location)), ['_metadata'])
      const now = await readdir(orders.savepointsDir)
      assert.notEqual(location, last)
      assert.deepEqual(
        now.filter(name => !before.includes(name)),
        [location.replace(/^.*\//, '')],
      )
    } finally {
      await orders.snapshots('ok')
    }
  })

  it('a JobManager that is killed in the middle of a savepoint fails the take, which takes its nonce back; the next one works', async () => {
    const refunds = countingCluster(stack, 'flinkdeployment', 'refunds')
    const nonce = async () =>
      (await readJob(stack, 'flinkdeployments', 'refunds'))['spec'].job.savepointTriggerNonce
    const before = await nonce()
    await refunds.snapshots('slow 12000')
    const taking = await takeInProgress(refunds)
    stack.kubelet.killJobManager('default', 'refunds')
    const { code, stdout, stderr } = await taking.ended
    assert.deepEqual([code, stdout, await nonce()], [3, '', before], stderr)
    assert.match(
      stderr,
      /^savepointTriggerNonce \d+ of flinkdeployment\/refunds is taken back: .+\nerror: the savepoint of flinkdeployment\/refunds failed: .+\ncause not available because .+\nFlink may have completed it all the same: look into file:.+\n$/,
    )
    await refunds.snapshots('ok')
    const runs = async () => {
      const { status } = await readJob(stack, 'flinkdeployments', 'refunds')
      return status.jobStatus.state === 'RUNNING' ? true : undefined
    }
    await eventually('the job runs again', runs, 100_000)
    assert.equal((await plugin.document('take', refunds.shown, '--after-current')).state, 'Completed')
  })

  /** The operator knows of a savepoint that Flink is at work on. */
  async function takeInProgress({ name, shown }: CountingCluster, ...flags: string[]) {
    const taking = await stack.launch(['flinksp', 'take', shown, '-o', 'name', ...flags])
    await eventually('the savepoint is in progress', async () => {
      const { status } = await readJob(stack, 'flinkdeployments', name)
      return status.jobStatus.savepointInfo.triggerId ? true : undefined
    })
    return taking
  }

  it('every write was one that the schemas of 1.7.0 and 1.15.0 accept, strictly', async function () {
    if (noSchemas !== undefined) return notRun(this, noSchemas)
    for (const release of ['1.7.0', '1.15.0'] as const) {
      assert.ok((await writesAccepted(stack.controlPlane, release, ['admin'])) > 10)
    }
  })
})

interface Row {
  readonly name?: string
  readonly state: string
  readonly type: string
  readonly trigger: string
  readonly location?: string
  readonly restartPoint: boolean
  readonly origin: boolean
  readonly sources: readonly string[]
  readonly failure?: { readonly rootCause?: string }
}
