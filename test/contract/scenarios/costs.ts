import assert from 'node:assert/strict'
import { asked, ordersPath as job, recordPath as record } from '../requests.ts'
import type { Scenario } from '../scenario.ts'

export const costs: readonly Scenario[] = [
  {
    title: 'a take that is not the first costs GET, PATCH and WATCH, then two requests for the record',
    play: async ({ job: run1, run, requests }) => {
      await run1()
      await run('take flinkcluster/orders --via annotation', 'counted-take')
      const known = (await requests('counted-take')).length
      assert.equal((await run('take flinkcluster/orders --via annotation', 'counted-take')).exit, 0)
      assert.deepEqual(asked(await requests('counted-take'), known), [
        `GET ${job} 200`,
        `PATCH ${job} 200`,
        `WATCH ${job} 200`,
        `GET ${record} 200`,
        `PUT ${record} 200`,
      ])
    },
  },
  {
    title: 'that a strategic merge patch is refused is learned once',
    play: async ({ job: run1, run, requests }) => {
      await run1()
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
    title: 'the history of one job costs four requests at once, and one question to Flink',
    play: async ({ job: run1, run, requests }) => {
      await run1()
      await run('take orders')
      await run('history flinkcluster/orders', 'counted-history')
      const known = (await requests('counted-history')).length
      assert.equal((await run('history flinkcluster/orders', 'counted-history')).exit, 0)
      const cost = asked(await requests('counted-history'), known).map(request =>
        request.replace(/[0-9a-f]{32}/, 'ID'),
      )
      assert.deepEqual(cost.sort(), [
        `GET ${record} 200`,
        'GET controllerrevisions 200',
        'GET events 200',
        `GET ${job} 200`,
        'GET services/orders-jobmanager:ui/proxy/jobs/ID/checkpoints 200',
      ])
    },
  },
  {
    title: 'a take by a FlinkStateSnapshot costs GET, POST and two WATCHes, then two requests for the record',
    on: 'apache-1.15',
    play: async ({ job: run1, run, requests }) => {
      await run1()
      await run('take flinkdeployment/orders', 'counted-take')
      const known = (await requests('counted-take')).length
      assert.equal((await run('take flinkdeployment/orders', 'counted-take')).exit, 0)
      assert.deepEqual(asked(await requests('counted-take'), known).sort(), [
        'GET configmaps/flinksp-flinkdeployment-orders 200',
        'GET flinkdeployments/orders 200',
        'POST flinkstatesnapshots 201',
        'PUT configmaps/flinksp-flinkdeployment-orders 200',
        'WATCH flinkdeployments/orders 200',
        'WATCH flinkstatesnapshots/orders 200',
      ])
    },
  },
  {
    title: 'the history of a job with snapshots costs four requests at once, and one question to Flink',
    on: 'apache-1.15',
    play: async ({ job: run1, run, requests }) => {
      await run1()
      await run('take orders')
      await run('history flinkdeployment/orders', 'counted-history')
      const known = (await requests('counted-history')).length
      assert.equal((await run('history flinkdeployment/orders', 'counted-history')).exit, 0)
      const cost = asked(await requests('counted-history'), known).map(request =>
        request.replace(/[0-9a-f]{32}/, 'ID'),
      )
      assert.deepEqual(cost.sort(), [
        'GET configmaps/flinksp-flinkdeployment-orders 200',
        'GET events 200',
        'GET flinkdeployments/orders 200',
        'GET flinkstatesnapshots 200',
        'GET services/orders-rest:rest/proxy/jobs/ID/checkpoints 200',
      ])
    },
  },
]
