import assert from 'node:assert/strict'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { askedFor, completed, hasSnapshots, inFlight, nothingAsked, taken, wayOf } from '../kinds.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends, look } from '../screens.ts'
import type { Stage } from '../stage.ts'

const timedOut = 'error: timed out waiting for the savepoint of flinkcluster/orders; it may still complete'
const interrupted = 'error: interrupted; the savepoint of flinkcluster/orders goes on'

/** An operator is asked after in a way of its own. */
const silence = (find: string) => `no reaction from the operator for 15 s: it may be down (${find})`
const findCluster = 'kubectl get pods -A | grep -i flink-operator'
const findApache = 'kubectl get pods -A -l app.kubernetes.io/name=flink-kubernetes-operator'

const nonceTakenBack =
  'savepointTriggerNonce 1 of flinkcluster/orders is taken back: the operator does not try it again'

/** What is told of a savepoint that goes on: the words, and where to look. */
const goesOn = ({ dialect }: Stage, words: string) => [
  ...(wayOf(dialect) === 'nonce' ? [nonceTakenBack] : []),
  words,
  look,
  ...(hasSnapshots(dialect) ? ['and: kubectl get flinkstatesnapshot/orders-flinksp-NONCE -n NAMESPACE'] : []),
]

/** What is left of a request that nobody has looked at: an annotation stays, all else is taken back. */
function left({ dialect }: Stage, ended: 'timed out' | 'interrupted'): readonly string[] {
  const stays =
    'the request stays and may still fire; to remove it: kubectl annotate flinkcluster/orders -n NAMESPACE flinkclusters.flinkoperator.k8s.io/user-control-'
  if (!isApache(dialect)) return [ended === 'timed out' ? timedOut : interrupted, look, stays]
  const waiting = `${ended === 'timed out' ? 'timed out' : 'interrupted while'} waiting for`
  return [
    ...(wayOf(dialect) === 'nonce' ? [nonceTakenBack] : []),
    `error: ${waiting} the operator to look at the request for a savepoint of flinkcluster/orders, which is taken back`,
  ]
}

/** An annotation stands there still; of all else nothing is left. */
async function shownLeft(stage: Stage): Promise<void> {
  await (isApache(stage.dialect) ? nothingAsked(stage) : askedFor(stage))
}

export const takeWaits: readonly Scenario[] = [
  {
    title: 'a silent operator is told of after 15 s, and a request that stays is told with how to remove it',
    on: everyKind,
    slow: true,
    play: async stage => {
      const { job, operator, run, dialect } = stage
      await job()
      await operator.pause()
      const said = silence(isApache(dialect) ? findApache : findCluster)
      assert.deepEqual(
        await run('take orders --timeout 16s'),
        ends(4, { err: [said, ...left(stage, 'timed out')] }),
      )
      await shownLeft(stage)
    },
  },
  {
    title: 'a savepoint that is not complete in time may still complete, and then is in the history',
    on: everyKind,
    play: async stage => {
      const { job, flink, run } = stage
      await job()
      flink().change({ savepointMs: 120_000 })
      const { exit, stdout, stderr } = await run('take orders --timeout 2s')
      flink().change({ savepointMs: 5 })
      assert.deepEqual({ exit, stdout, stderr }, ends(4, { err: goesOn(stage, timedOut) }))
      await taken(stage)
      assert.deepEqual(await run('history orders -o name'), ends(0, { out: ['file:DIR/orders/SAVEPOINT-1'] }))
    },
  },
  {
    title: 'Ctrl-C ends the wait and says how to look, and the savepoint goes on',
    on: everyKind,
    play: async stage => {
      const { job, flink, launch, run, screen } = stage
      await job()
      flink().change({ savepointMs: 120_000 })
      const taking = await launch('take orders')
      await inFlight(stage)
      taking.interrupt()
      const ended = screen.screen(await taking.ended)
      flink().change({ savepointMs: 5 })
      assert.deepEqual(ended, ends(130, { err: goesOn(stage, interrupted) }))
      await taken(stage)
      assert.deepEqual(await run('history orders -o name'), ends(0, { out: ['file:DIR/orders/SAVEPOINT-1'] }))
    },
  },
  {
    title: 'Ctrl-C before the operator reacts leaves no request of which it does not say how to remove it',
    on: everyKind,
    play: async stage => {
      const { job, operator, launch, run, screen } = stage
      await job()
      await operator.pause()
      const taking = await launch('take orders')
      await askedFor(stage)
      taking.interrupt()
      assert.deepEqual(screen.screen(await taking.ended), ends(130, { err: left(stage, 'interrupted') }))
      await shownLeft(stage)
      operator.resume()
      if (isApache(stage.dialect)) assert.deepEqual(await run('take orders'), completed(stage))
    },
  },
]
