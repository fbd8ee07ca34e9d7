import assert from 'node:assert/strict'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { recordPathOf } from '../any-kind.ts'
import { hasSnapshots, wayOf } from '../kinds.ts'
import { asked } from '../requests.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

/** What the requests of a stage name: the job, its record, and the way to its Flink. */
async function namesIn(stage: Stage) {
  const { dialect, resource } = stage
  const cluster = dialect === 'apache-1.15-session' ? 'orders-session' : 'orders'
  return {
    job: `${resource}/orders`,
    record: (await recordPathOf(stage)).replace(/^.*\/(?=configmaps)/, ''),
    flink: isApache(dialect) ? `services/${cluster}-rest:rest` : 'services/orders-jobmanager:ui',
  }
}

export const costs: readonly Scenario[] = [
  {
    title: 'a take that is not the first costs GET, its request and WATCH, then two requests for the record',
    on: everyKind,
    play: async stage => {
      const { job: run1, run, requests, dialect } = stage
      await run1()
      const { job, record } = await namesIn(stage)
      const take = `take flinkcluster/orders${isApache(dialect) ? '' : ' --via annotation'}`
      await run(take, 'counted-take')
      const known = (await requests('counted-take')).length
      assert.equal((await run(take, 'counted-take')).exit, 0)
      const request =
        wayOf(dialect) === 'snapshot'
          ? ['POST flinkstatesnapshots 201', `WATCH flinkstatesnapshots/orders 200`]
          : [`PATCH ${job} 200`]
      assert.deepEqual(
        asked(await requests('counted-take'), known).sort(),
        [`GET ${job} 200`, ...request, `WATCH ${job} 200`, `GET ${record} 200`, `PUT ${record} 200`].sort(),
      )
    },
  },
  {
    title: 'that a strategic merge patch is refused is learned once',
    because: "only FlinkCluster's generation is written as a strategic merge patch",
    play: async stage => {
      const { job: run1, run, requests } = stage
      await run1()
      const { job } = await namesIn(stage)
      await run('take orders')
      const patches = async () =>
        asked(await requests('counted-patch')).filter(request => request.startsWith('PATCH'))
      assert.equal((await run('take orders --via generation', 'counted-patch')).exit, 0)
      assert.deepEqual(await patches(), [`PATCH ${job} 415`, `PATCH ${job} 200`])
      assert.equal((await run('take orders --via generation', 'counted-patch')).exit, 0)
      assert.deepEqual((await patches()).slice(2), [`PATCH ${job} 200`])
    },
  },
  {
    title: 'the history of one job costs four requests at once at most, and one question to Flink',
    on: everyKind,
    play: async stage => {
      const { job: run1, run, requests, dialect } = stage
      await run1()
      const { job, record, flink } = await namesIn(stage)
      await run('take orders')
      await run('history flinkcluster/orders', 'counted-history')
      const known = (await requests('counted-history')).length
      assert.equal((await run('history flinkcluster/orders', 'counted-history')).exit, 0)
      const cost = asked(await requests('counted-history'), known).map(request =>
        request.replace(/[0-9a-f]{32}/, 'ID'),
      )
      const beside = [
        ...(isApache(dialect) ? [] : ['GET controllerrevisions 200']),
        ...(hasSnapshots(dialect) ? ['GET flinkstatesnapshots 200'] : []),
      ]
      assert.deepEqual(
        cost.sort(),
        [
          `GET ${record} 200`,
          ...beside,
          'GET events 200',
          `GET ${job} 200`,
          `GET ${flink}/proxy/jobs/ID/checkpoints 200`,
        ].sort(),
      )
    },
  },
]
