import assert from 'node:assert/strict'
import { at, taken } from '../../contract/any-kind.ts'
import { valueAt } from '../../contract/facts.ts'
import type { Ended } from '../../contract/program.ts'
import { ends } from '../../contract/screens.ts'
import { until } from '../../contract/until.ts'
import { accepts, listeningPorts } from '../../e2e/listeners.ts'
import type { DialectName } from '../../sandbox/operators/operator.ts'
import type { Family, Fault } from '../fault.ts'
import { atReadOnlyHome, fullDisk, onFullDisk, redirected, unread, unwritable } from '../machines.ts'
import type { Scene } from '../scene.ts'
import { refusal } from '../spoil.ts'
import { done, inProgress, savepointsOf, takenOnce, whileItRuns } from '../waiting.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const both: readonly DialectName[] = ['spotify', 'apache-1.15']
const interrupted = [
  'error: interrupted; the savepoint of flinkcluster/orders goes on',
  'to look: kubectl flinksp history flinkcluster/orders -n NAMESPACE',
]
const andSnapshot = 'and: kubectl get flinkstatesnapshot/orders-flinksp-NONCE -n NAMESPACE'

/** The savepoint that was in progress is completed, and history has it, whoever has recorded it. */
async function goesOn(scene: Scene): Promise<void> {
  scene.flink().change({ savepointMs: 5 })
  const watching = await scene.launch('history orders --watch --timeout 30s -o name')
  await watching.printed('/savepoint-')
  watching.interrupt()
  await watching.ended
  assert.deepEqual([savepointsOf(scene), (await done(scene)).length], [1, 1])
}

const signalled = (signal: (typeof signals)[number]): Fault => ({
  name: `${signal} during a take`,
  where: 'both',
  on: both,
  expectation: 'ends with exit code 130, and says how to look; the savepoint goes on',
  provoke: async scene => {
    const taking = await inProgress(scene, 60_000)
    taking.signal(signal)
    const { exit, stdout, stderr } = await scene.screenOf(taking)
    const err = scene.dialect === 'spotify' ? interrupted : [...interrupted, andSnapshot]
    assert.deepEqual({ exit, stdout, stderr }, ends(130, { err }))
    await goesOn(scene)
    return 'exit 130; one savepoint, which is completed and in the history'
  },
})

const forwarded = (signal: (typeof signals)[number]): Fault => ({
  name: `${signal} during a take by Flink's REST API over a port-forward`,
  where: 'both',
  expectation: 'ends with exit code 130, and leaves no port-forward; the savepoint goes on',
  provoke: async scene => {
    const relay = await scene.between()
    await scene.job()
    scene.flink().change({ savepointMs: 60_000 })
    relay.spoil({ path: /\/proxy\// }, { answer: refusal(403, 'Forbidden', 'not this way') })
    await until(() => isForwarded(scene))
    const taking = await scene.launch('take orders --via rest --target-directory file:DIR/orders')
    await whileItRuns(taking, () => savepointsOf(scene) > 0)
    const [port = 0] = await listeningPorts(taking.pid)
    assert.equal(await accepts(port), true)
    taking.signal(signal)
    const { exit, stdout, stderr } = await scene.screenOf(taking)
    assert.deepEqual([exit, stdout], [130, ''], stderr)
    assert.match(stderr, /kubectl flinksp history flinkcluster\/orders/)
    assert.equal(await accepts(port), false)
    await until(() => relay.upgraded() === 0)
    await goesOnWithoutWrite(scene)
    return 'exit 130; no port-forward, one savepoint'
  },
})

/** kwok hears of the ports of a pod late where the API server was killed before: client-go waits up to 30 s then. */
async function isForwarded(scene: Scene): Promise<boolean> {
  const { stderr } = await scene.run('history orders --sources rest')
  return !stderr.includes(' (REST) of flinkcluster/orders is missing: ')
}

async function goesOnWithoutWrite(scene: Scene): Promise<void> {
  scene.flink().change({ savepointMs: 5 })
  await until(() =>
    scene.flink().jobs.every(({ checkpoints }) => checkpoints.every(({ end }) => end !== undefined)),
  )
  assert.deepEqual([savepointsOf(scene), await done(scene)], [1, []])
}

/** What was taken is in the history, though nobody has read of it. */
async function isRecorded(scene: Scene, { exit, stdout, stderr }: Ended, screen: Ended): Promise<string> {
  assert.deepEqual({ exit, stdout, stderr }, screen)
  assert.deepEqual(await scene.run('history orders --sources record -o name'), ends(0, { out: [at(1)] }))
  assert.deepEqual([savepointsOf(scene), (await done(scene)).length], [1, 1])
  return `exit ${exit}; one savepoint, which is recorded`
}

/** Nothing was changed since a first take. */
async function unchanged(scene: Scene, line: string, screen: Ended, how = {}): Promise<string> {
  await scene.job()
  assert.equal((await scene.run('take orders')).exit, 0)
  const before = await scene.object()
  assert.deepEqual(await scene.run(line, how), screen)
  const after = await scene.object()
  assert.deepEqual(
    ['metadata.uid', 'spec'].map(path => valueAt(after, path)),
    ['metadata.uid', 'spec'].map(path => valueAt(before, path)),
  )
  // A deletion that is rehearsed looks like one: that there was none, the uid tells.
  const writes = (await done(scene)).filter(write => !write.startsWith('DELETE '))
  assert.deepEqual([savepointsOf(scene), writes.length], [1, 1], writes.join())
  return `exit ${screen.exit}; nothing changed`
}

/** Quietly: whether Flink is reached yet is no matter here. */
const recreate = 'restore orders latest --recreate --yes --safety-savepoint=false --verify=false -q'

export const processFaults: Family = {
  title: 'The process and its machine',
  faults: [
    ...signals.map(signalled),
    ...signals.map(forwarded),
    {
      name: 'SIGPIPE during a take',
      where: 'both',
      expectation: 'goes on, and asks for nothing twice',
      provoke: async scene => {
        const taking = await inProgress(scene, 1500)
        taking.signal('SIGPIPE')
        return takenOnce(scene, taking)
      },
    },
    {
      name: 'no terminal, and no --yes',
      where: 'both',
      expectation: 'restores nothing, with exit code 2',
      provoke: scene => {
        const err = [
          'error: nobody can be asked here: say --yes to restore, or --dry-run=client to see the plan',
          "See 'kubectl flinksp restore -h' for help and examples",
        ]
        return unchanged(scene, 'restore orders latest', ends(2, { err }))
      },
    },
    {
      name: 'stdin, stdout and stderr are closed before a take',
      where: 'both',
      expectation: 'takes the savepoint and records it, with exit code 0',
      provoke: async scene => {
        await scene.job()
        const ended = await scene.run('take orders', redirected('<&- >&- 2>&-'))
        return isRecorded(scene, ended, ends(0, {}))
      },
    },
    {
      name: 'nobody reads what a take prints any more (a closed pipe)',
      where: 'both',
      expectation: 'takes the savepoint and records it, with exit code 0',
      provoke: async scene => {
        await scene.job()
        return isRecorded(scene, await scene.run('take orders', unread), ends(0, {}))
      },
    },
    {
      name: 'stdout is a file on a full disk',
      where: 'both',
      expectation: 'says that the result could not be printed, with exit code 1; the savepoint is recorded',
      provoke: async scene => {
        await scene.job()
        const err = ['error: the result could not be printed: ENOSPC: no space left on device, write']
        return isRecorded(scene, await scene.run('take orders', redirected('> /dev/full')), ends(1, { err }))
      },
    },
    {
      name: 'a full disk for the manifest that a recreation keeps',
      where: 'both',
      expectation: 'says so with exit code 1, has changed nothing, and leaves no half of a file',
      provoke: scene => {
        const err = [
          `error: nothing was changed: cannot write DIR/.home-counted-faults/full/orders-restore.yaml: ${fullDisk}`,
        ]
        return unchanged(scene, recreate, ends(1, { out: ['filler'], err }), onFullDisk)
      },
    },
    {
      name: 'a read-only directory for the manifest that a recreation keeps',
      where: 'both',
      expectation: 'says so with exit code 1, and has changed nothing',
      provoke: scene => {
        const err = [`error: nothing was changed: cannot write ${unwritable}`]
        return unchanged(scene, recreate, ends(1, { err }), atReadOnlyHome)
      },
    },
    {
      name: 'a read-only home',
      where: 'both',
      expectation: 'takes savepoints all the same, and says nothing of it: only the server is asked more',
      provoke: async scene => {
        await scene.job()
        const screens = [
          await scene.run('take orders', atReadOnlyHome),
          await scene.run('take orders', atReadOnlyHome),
        ]
        assert.deepEqual(
          screens.map(({ exit, stdout, stderr }) => ({
            exit,
            stdout: stdout.replace(/ \(AGE\)$/m, ''),
            stderr,
          })),
          [1, 2].map(savepoint => ({ ...taken(savepoint), stderr: '' })),
        )
        assert.deepEqual(
          await scene.writes(),
          ['200', '415', '200'].map(code => `PATCH flinkclusters/orders ${code}`),
        )
        return 'exit 0; two savepoints, each asked for once'
      },
    },
  ],
}
