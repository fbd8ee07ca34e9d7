import assert from 'node:assert/strict'
import { documentedRules, without } from '../../e2e/rights.ts'
import { itemsOf } from '../documents.ts'
import { annotationOf, savepointState } from '../facts.ts'
import { asked } from '../requests.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import type { Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'

const head = 'JOB  NAME  STATE  TRIGGER  AGE  DURATION  LOCATION'
const line = (name: string, savepoint: number, star = '*') =>
  `flinkcluster/${name}  ${star}-  Completed  manual  AGE  AGE  file:DIR/${name}/SAVEPOINT-${savepoint}`

const look = (name: string) => `to look: kubectl flinksp history flinkcluster/${name} -n NAMESPACE`

const started = (stage: Stage, ...names: readonly string[]) => Promise.all(names.map(name => stage.job(name)))

export const takesOfMany: readonly Scenario[] = [
  {
    title: 'savepoints of all jobs are a line each, and in the history of each',
    play: async stage => {
      const { run } = stage
      await started(stage, 'a', 'b', 'c')
      assert.deepEqual(
        await run('take --all --yes'),
        ends(0, { out: [head, line('a', 1), line('b', 2), line('c', 3)] }),
      )
      const seen = await run('history fc b --sources record -o json')
      assert.deepEqual(itemsOf(seen.stdout, 'location', 'state', 'trigger'), [
        { location: 'file:DIR/b/SAVEPOINT-2', state: 'Completed', trigger: 'manual' },
      ])
    },
  },
  {
    title: 'a take of many costs a list, a watch, and two requests a job before the records',
    play: async stage => {
      const { run, requests } = stage
      await started(stage, 'a', 'b', 'c')
      assert.equal((await run('take --all --yes --via annotation', 'counted-many')).exit, 0)
      const known = (await requests('counted-many')).length
      assert.equal((await run('take --all --yes --via annotation', 'counted-many')).exit, 0)
      const each = (verb: string) => ['a', 'b', 'c'].map(name => `${verb} flinkclusters/${name} 200`)
      assert.deepEqual(
        asked(await requests('counted-many'), known)
          .filter(request => !request.includes('configmaps'))
          .sort(),
        [...each('GET'), 'GET flinkclusters 200', ...each('PATCH'), 'WATCH flinkclusters 200'].sort(),
      )
    },
  },
  {
    title: 'what fails, or cannot be asked for, ends nothing for the other jobs',
    play: async stage => {
      const { run, flink, create } = stage
      await started(stage, 'a', 'b')
      await create('session', { session: true })
      flink('b').change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('take a b missing --via annotation --yes'),
        ends(1, {
          out: [head, line('a', 1), 'flinkcluster/b  -  Failed  manual  AGE  -  disk full'],
          err: [
            'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "missing" not found',
            'error: the savepoint of flinkcluster/b failed: disk full',
            'error: of 3 savepoints: 1 completed, 1 failed, 1 could not be asked for',
          ],
        }),
      )
      const { exit, stderr } = await run('take --all --via annotation --yes -o name')
      assert.equal(exit, 3)
      assert.match(stderr, /^flinkcluster\/session is skipped: it is a session cluster$/m)
    },
  },
  {
    title: 'labels choose jobs in all namespaces, which the list then names',
    play: async stage => {
      const { run, patch, namespace } = stage
      await started(stage, 'a', 'b')
      await patch({ metadata: { labels: { chosen: namespace } } }, 'b')
      assert.deepEqual(
        await run(`take -A -l chosen=${namespace} --yes`),
        ends(0, { out: [`NAMESPACE  ${head}`, `NAMESPACE  ${line('b', 1)}`] }),
      )
      assert.deepEqual(
        await run('take -l chosen=nobody --yes'),
        ends(0, { err: ['No running jobs found in NAMESPACE namespace.'] }),
      )
    },
  },
  {
    title: 'the documented rights are enough for a take of all jobs, and one without list is not',
    play: async stage => {
      const { run, grant } = stage
      await started(stage, 'a', 'b')
      const { take = [] } = await documentedRules()
      await grant('taker', take)
      assert.deepEqual(
        await run('take --all --yes', 'taker'),
        ends(0, { out: [head, line('a', 1), line('b', 2)] }),
      )
      await grant('unlisting', without(take, 'list flinkclusters'))
      const { exit, stderr } = await run('take --all --yes', 'unlisting')
      assert.equal(exit, 1)
      assert.match(stderr, /^Error from server \(Forbidden\): .* cannot list resource "flinkclusters"/)
    },
  },
  {
    title: 'who may watch only some jobs by name takes savepoints of those',
    play: async stage => {
      const { run, grant } = stage
      await started(stage, 'a', 'b')
      const named = { ...flinkClusters, verbs: ['get', 'watch', 'patch'], resourceNames: ['a', 'b'] }
      await grant('named-only', [named, records, flinkRest])
      const { exit, stdout } = await run('take a b --yes', 'named-only')
      assert.deepEqual([exit, stdout], [0, [head, line('a', 1), line('b', 2), ''].join('\n')])
    },
  },
  {
    title: 'Ctrl-C says what was asked for, what is known of it, and what was not asked for',
    play: async stage => {
      const { flink, launch, seen, screen, object } = stage
      await started(stage, 'a', 'b', 'c')
      flink('b').change({ savepointMs: 3000 })
      const taking = await launch('take a b c --via annotation --yes --concurrency 1')
      await seen(now => savepointState(now) === 'InProgress', 'b')
      taking.interrupt()
      assert.deepEqual(
        screen.screen(await taking.ended),
        ends(130, {
          out: [head, line('a', 1), 'flinkcluster/b  -  InProgress  manual  AGE  -  -'],
          err: [
            'error: interrupted; the savepoint of flinkcluster/b goes on',
            look('b'),
            'error: interrupted; of 3 savepoints: 1 completed, 1 asked for, and how it ends is not known, 1 not asked for',
          ],
        }),
      )
      assert.equal(annotationOf(await object('c')), undefined)
    },
  },
]
