import assert from 'node:assert/strict'
import { documentedRules, without } from '../../e2e/rights.ts'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { itemsOf } from '../documents.ts'
import { annotationOf, valueAt } from '../facts.ts'
import { hasSnapshots, inFlight, nonceOf, snapshotsOf, wayOf } from '../kinds.ts'
import { asked } from '../requests.ts'
import { flinkRest, records } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'

const head = 'JOB  NAME  STATE  TRIGGER  AGE  DURATION  LOCATION'

/** A snapshot is no restart point before the job is upgraded from it, and up to 1.7 nobody says how long it took. */
function line({ dialect }: Stage, name: string, savepoint: number): string {
  const star = hasSnapshots(dialect) ? '' : '*'
  const duration = dialect === 'apache-1.7' ? '-' : 'AGE'
  return `flinkcluster/${name}  ${star}-  Completed  manual  AGE  ${duration}  file:DIR/${name}/SAVEPOINT-${savepoint}`
}

/** Each savepoint is asked for once: by annotation, of the operators that would go on. */
const asking = ({ dialect }: Stage) => (isApache(dialect) ? '' : ' --via annotation')

const started = (stage: Stage, ...names: readonly string[]) => Promise.all(names.map(name => stage.job(name)))

/** Each read, each asked for, one watch for all, and one list of every kind there may be. */
function costOf({ dialect, resource }: Stage): string[] {
  const each = (request: string) => ['a', 'b', 'c'].map(name => `${request}/${name} 200`)
  const way = wayOf(dialect)
  const kinds = isApache(dialect) ? ['flinkdeployments', 'flinksessionjobs'] : [resource]
  return [
    ...each(`GET ${resource}`),
    ...kinds.map(kind => `GET ${kind} 200`),
    ...(way === 'snapshot' ? Array(3).fill('POST flinkstatesnapshots 201') : each(`PATCH ${resource}`)),
    `WATCH ${resource} 200`,
    ...(way === 'snapshot' ? ['WATCH flinkstatesnapshots 200'] : []),
  ].sort()
}

export const takesOfMany: readonly Scenario[] = [
  {
    title: 'savepoints of all jobs are a line each, and in the history of each',
    on: everyKind,
    play: async stage => {
      const { run } = stage
      await started(stage, 'a', 'b', 'c')
      assert.deepEqual(
        await run('take --all --yes -q'),
        ends(0, { out: [head, line(stage, 'a', 1), line(stage, 'b', 2), line(stage, 'c', 3)] }),
      )
      const seen = await run(`history ${stage.resource} b --sources record -o json`)
      assert.deepEqual(itemsOf(seen.stdout, 'location', 'state', 'trigger'), [
        { location: 'file:DIR/b/SAVEPOINT-2', state: 'Completed', trigger: 'manual' },
      ])
    },
  },
  {
    title: 'a take of many costs a list, a watch, and two requests a job before the records',
    on: everyKind,
    play: async stage => {
      const { run, requests } = stage
      await started(stage, 'a', 'b', 'c')
      const take = `take --all --yes${asking(stage)}`
      assert.equal((await run(take, 'counted-many')).exit, 0)
      const known = (await requests('counted-many')).length
      assert.equal((await run(take, 'counted-many')).exit, 0)
      assert.deepEqual(
        asked(await requests('counted-many'), known)
          .filter(request => !request.includes('configmaps'))
          .sort(),
        costOf(stage),
      )
    },
  },
  {
    title: 'what fails, or cannot be asked for, ends nothing for the other jobs',
    on: everyKind,
    play: async stage => {
      const { run, flink, create, dialect } = stage
      await started(stage, 'a', 'b')
      if (dialect !== 'apache-1.15-session') await create('session', { session: true })
      flink('b').change({ failSavepoints: 'disk full' })
      const named = 'flinkcluster/a flinkcluster/b flinkcluster/missing'
      assert.deepEqual(
        await run(`take ${named}${asking(stage)} --yes -q`),
        ends(1, {
          out: [head, line(stage, 'a', 1), 'flinkcluster/b  -  Failed  manual  AGE  -  disk full'],
          err: [
            'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "missing" not found',
            'error: the savepoint of flinkcluster/b failed: disk full',
            'error: of 3 savepoints: 1 completed, 1 failed, 1 could not be asked for',
          ],
        }),
      )
      const { exit, stderr } = await run(`take --all${asking(stage)} --yes -o name`)
      assert.equal(exit, 3)
      assert.match(stderr, /session is skipped: it is a session cluster$/m)
    },
  },
  {
    title: 'labels choose jobs in all namespaces, which the list then names',
    on: everyKind,
    play: async stage => {
      const { run, patch, namespace } = stage
      await started(stage, 'a', 'b')
      await patch({ metadata: { labels: { chosen: namespace } } }, 'b')
      assert.deepEqual(
        await run(`take -A -l chosen=${namespace} --yes`),
        ends(0, { out: [`NAMESPACE  ${head}`, `NAMESPACE  ${line(stage, 'b', 1)}`] }),
      )
      assert.deepEqual(
        await run('take -l chosen=nobody --yes'),
        ends(0, { err: ['No running jobs found in NAMESPACE namespace.'] }),
      )
    },
  },
  {
    title: 'the documented rights are enough for a take of all jobs, and one without list is not',
    on: everyKind,
    play: async stage => {
      const { run, grant, resource } = stage
      await started(stage, 'a', 'b')
      const { take = [] } = await documentedRules()
      await grant('taker', take)
      assert.deepEqual(
        await run('take --all --yes -q', 'taker'),
        ends(0, { out: [head, line(stage, 'a', 1), line(stage, 'b', 2)] }),
      )
      await grant('unlisting', without(take, `list ${resource}`))
      const { exit, stderr } = await run('take --all --yes', 'unlisting')
      assert.equal(exit, 1)
      assert.match(stderr, /^Error from server \(Forbidden\): .* cannot list resource "flink\w+"/)
    },
  },
  {
    title: 'who may watch only some jobs by name takes savepoints of those',
    on: everyKind,
    play: async stage => {
      const { run, grant, resource, dialect } = stage
      await started(stage, 'a', 'b')
      const apiGroups = [isApache(dialect) ? 'flink.apache.org' : 'flinkoperator.k8s.io']
      const verbs = ['get', 'watch', 'patch']
      const named = { apiGroups, resources: [resource], verbs, resourceNames: ['a', 'b'] }
      const snapshots = { apiGroups, resources: ['flinkstatesnapshots'], verbs: ['create', 'watch'] }
      await grant('named-only', [named, snapshots, records, flinkRest])
      const { exit, stdout, stderr } = await run('take a b --yes', 'named-only')
      assert.deepEqual(
        [exit, stdout],
        [0, [head, line(stage, 'a', 1), line(stage, 'b', 2), ''].join('\n')],
        stderr,
      )
    },
  },
  {
    title: 'Ctrl-C says what was asked for, what is known of it, and what was not asked for',
    on: everyKind,
    play: async stage => {
      const { flink, launch, screen, object, dialect } = stage
      await started(stage, 'a', 'b', 'c')
      flink('b').change({ savepointMs: 3000 })
      const taking = await launch(`take a b c${asking(stage)} --yes --concurrency 1`)
      await inFlight(stage, 'b')
      taking.interrupt()
      const snapshot = 'flinkcluster/b: and: kubectl get flinkstatesnapshot/b-flinksp-NONCE -n NAMESPACE'
      const nonce =
        'savepointTriggerNonce 1 of flinkcluster/b is taken back: the operator does not try it again'
      assert.deepEqual(
        screen.screen(await taking.ended),
        ends(130, {
          out: [head, line(stage, 'a', 1), 'flinkcluster/b  -  InProgress  manual  AGE  -  -'],
          err: [
            ...(wayOf(dialect) === 'nonce' ? [nonce] : []),
            'error: interrupted; the savepoint of flinkcluster/b goes on',
            'to look: kubectl flinksp history flinkcluster/b -n NAMESPACE',
            ...(hasSnapshots(dialect) ? [snapshot] : []),
            'error: interrupted; of 3 savepoints: 1 completed, 1 asked for, and how it ends is not known, 1 not asked for',
          ],
        }),
      )
      const untouched = await object('c')
      assert.deepEqual([annotationOf(untouched), nonceOf(untouched)], [undefined, undefined])
      const snapshots = await snapshotsOf(stage)
      assert(snapshots.every(snapshot => valueAt(snapshot, 'spec.jobReference.name') !== 'c'))
    },
  },
]
