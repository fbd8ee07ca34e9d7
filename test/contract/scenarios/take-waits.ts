import assert from 'node:assert/strict'
import { annotationOf, savepointState } from '../facts.ts'
import type { Scenario } from '../scenario.ts'
import { ends, look } from '../screens.ts'

const timedOut = 'error: timed out waiting for the savepoint of flinkcluster/orders; it may still complete'
const interrupted = 'error: interrupted; the savepoint of flinkcluster/orders goes on'

export const takeWaits: readonly Scenario[] = [
  {
    title: 'a silent operator is told of after 15 s, and a request that stays is told with how to remove it',
    slow: true,
    play: async ({ job, operator, run, object }) => {
      await job()
      operator.pause()
      assert.deepEqual(
        await run('take orders --timeout 16s'),
        ends(4, {
          err: [
            'no reaction from the operator for 15 s: it may be down (kubectl get pods -A | grep -i flink-operator)',
            timedOut,
            look,
            'the request stays and may still fire; to remove it: kubectl annotate flinkcluster/orders -n NAMESPACE flinkclusters.flinkoperator.k8s.io/user-control-',
          ],
        }),
      )
      assert.equal(annotationOf(await object()), 'savepoint')
    },
  },
  {
    title: 'a savepoint that is not complete in time may still complete',
    play: async ({ job, flink, run, seen }) => {
      await job()
      flink().change({ savepointMs: 120_000 })
      assert.deepEqual(await run('take orders --timeout 1s'), ends(4, { err: [timedOut, look] }))
      flink().change({ savepointMs: 5 })
      await seen(now => savepointState(now) === 'Succeeded')
    },
  },
  {
    title: 'Ctrl-C says how to look, and the savepoint goes on',
    play: async ({ job, flink, launch, seen, screen }) => {
      await job()
      flink().change({ savepointMs: 120_000 })
      const taking = await launch('take orders')
      await seen(now => savepointState(now) === 'InProgress')
      taking.interrupt()
      assert.deepEqual(screen.screen(await taking.ended), ends(130, { err: [interrupted, look] }))
      flink().change({ savepointMs: 5 })
      await seen(now => savepointState(now) === 'Succeeded')
    },
  },
  {
    title: 'Ctrl-C before the operator reacts says how to remove the request',
    play: async ({ job, operator, launch, seen, screen }) => {
      await job()
      operator.pause()
      const taking = await launch('take orders')
      await seen(now => annotationOf(now) === 'savepoint')
      taking.interrupt()
      assert.deepEqual(
        screen.screen(await taking.ended),
        ends(130, {
          err: [
            interrupted,
            look,
            'the request stays and may still fire; to remove it: kubectl annotate flinkcluster/orders -n NAMESPACE flinkclusters.flinkoperator.k8s.io/user-control-',
          ],
        }),
      )
    },
  },
]
