import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { listAt, textAt } from '../../../src/domain/fields.ts'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { untilGone } from '../any-kind.ts'
import { itemsOf } from '../documents.ts'
import type { ServerRequest } from '../environment.ts'
import { completedCount, taken } from '../kinds.ts'
import type { Rule } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

/** Automatic savepoints come about every 0.3 s. */
const fast = { secondMs: 5 }

/** A job whose operator takes savepoints by itself. */
async function automatic({ dialect, job, patch }: Stage): Promise<void> {
  if (!isApache(dialect)) return void (await job('orders', { job: { autoSavepointSeconds: 60 } }))
  await job()
  const flinkConfiguration = { 'kubernetes.operator.periodic.savepoint.interval': '60 s' }
  await patch({ spec: { flinkConfiguration } })
}

/** The rules of the CronJob in docs, as far as there are such kinds. */
async function recorderRules({ api, dialect }: Stage): Promise<readonly Rule[]> {
  const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'history-cronjob.yaml')
  const objects = loadAll(await readFile(file, 'utf8')) as { kind: string; rules?: Rule[] }[]
  const rules = objects.flatMap(({ kind, rules: ours = [] }) => (kind === 'ClusterRole' ? ours : []))
  const crds = await api.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')
  const served = listAt(crds, 'items').map(crd => textAt(crd, 'spec', 'names', 'plural') ?? '')
  const group = isApache(dialect) ? 'flink.apache.org' : 'flinkoperator.k8s.io'
  return rules
    .filter(({ apiGroups: [one = ''] }) => one === '' || one === group)
    .map(rule => ({
      ...rule,
      resources: rule.resources.filter(each => each === 'configmaps' || served.includes(each)),
    }))
}

/** `list flinkclusters`, for each right that was used on an object. */
function rightsUsed(requests: readonly ServerRequest[]): string[] {
  const used = requests.flatMap(({ verb, path }) => {
    const [, resource, name] = /\/namespaces\/[^/]+\/([a-z]+)(\/[^?]+)?/.exec(path) ?? []
    const verbs: Record<string, string> = {
      GET: name ? 'get' : 'list',
      POST: 'create',
      PUT: 'update',
      WATCH: 'watch',
    }
    return resource ? [`${verbs[verb] ?? verb} ${resource}`] : []
  })
  return [...new Set(used)].sort()
}

export const followings: readonly Scenario[] = [
  {
    title: "history --watch prints every savepoint as it ends, the operator's own too, each once",
    on: everyKind,
    operating: fast,
    play: async stage => {
      const { launch, screen } = stage
      await automatic(stage)
      const watch = await launch(
        'history orders --watch -q --no-headers -o custom-columns=STATE:.state,AT:.location',
      )
      await taken(stage, 4)
      const { count, newest } = await completedCount(stage)
      await watch.printed(newest)
      watch.interrupt()
      const { exit, stdout, stderr } = screen.screen(await watch.ended)
      // The list at its beginning may have one that is under way.
      const lines = stdout
        .trimEnd()
        .split('\n')
        .filter(text => text.startsWith('Completed'))
      const once = lines.map((_, at) => `Completed  file:DIR/orders/SAVEPOINT-${at + 1}`)
      assert.deepEqual({ exit, stderr, lines }, { exit: 130, stderr: 'error: interrupted\n', lines: once })
      // The first may have been overwritten before the list was asked for.
      assert.ok(lines.length >= count - 1, stdout)
    },
  },
  {
    title: 'history --watch follows all jobs, tells failures, and ends well after its time',
    on: everyKind.filter(dialect => dialect !== 'apache-1.7'),
    because: 'up to 1.9 no field says that a savepoint failed',
    play: async ({ job, launch, run, flink, screen, dialect }) => {
      const asked = isApache(dialect) ? '' : ' --via annotation'
      await Promise.all([job(), job('payments')])
      const line = 'history --watch -q -o custom-columns=JOB:.job.name,STATE:.state'
      const watch = await launch(line)
      await run(`take orders${asked}`)
      await watch.printed('Completed')
      flink('payments').change({ failSavepoints: 'disk full' })
      await run(`take payments${asked}`)
      await watch.printed('Failed')
      watch.interrupt()
      const { exit, stdout } = screen.screen(await watch.ended)
      // The list at its beginning may have the take that is under way.
      const ended = stdout.split('\n').filter(text => text !== '' && !/Requested|InProgress/.test(text))
      const lines = new Set(ended)
      assert.deepEqual(
        { exit, lines: [...lines] },
        { exit: 130, lines: ['JOB  STATE', 'orders  Completed', 'payments  Failed'] },
      )
      const { exit: inTime, stderr } = await run(`${line} --timeout 1s`)
      assert.deepEqual({ exit: inTime, stderr }, { exit: 0, stderr: '' })
    },
  },
  {
    title:
      'a CronJob keeps what the operator takes by itself, with exactly the rights that its manifest gives',
    on: everyKind,
    operating: fast,
    play: async stage => {
      const { run, grant, requests, namespace, api } = stage
      await automatic(stage)
      const rules = await recorderRules(stage)
      await grant('recorder', rules)
      await taken(stage, 1)
      const before = await run('history --record --limit 1 --quiet -o name', 'recorder')
      assert.deepEqual({ exit: before.exit, stderr: before.stderr }, { exit: 0, stderr: '' })
      // One that began after the first run has ended, however long that took.
      await taken(stage, (await completedCount(stage)).count + 1)
      const again = await run('history --record --limit 1 --quiet -o name', 'recorder')
      assert.deepEqual({ exit: again.exit, stderr: again.stderr }, { exit: 0, stderr: '' })
      assert.deepEqual(
        rightsUsed(await requests('recorder')),
        rules
          .flatMap(({ verbs, resources }) => verbs.flatMap(verb => resources.map(one => `${verb} ${one}`)))
          .sort(),
      )
      await api.delete(`${stage.clusters}/orders`)
      await untilGone(stage)
      const { stdout } = await run('history flinkcluster/orders --sources record -o json')
      const kept = itemsOf(stdout, 'state', 'sources')
      const one = { state: 'Completed', sources: ['record'] }
      // A FlinkCluster knows the newest alone, the others those before it, too.
      if (!isApache(stage.dialect)) assert.deepEqual(kept, [one, one], namespace)
      else assert.deepEqual([kept.length > 1, ...kept], [true, ...kept.map(() => one)], namespace)
    },
  },
  {
    title: 'two that record at once lose nothing, and neither a take its name',
    on: everyKind,
    play: async ({ job, run, launch }) => {
      await job()
      const runs = await Promise.all(
        [
          'take orders --name before-v2 --note kept -q',
          'history orders --record -q',
          'history --record -q',
        ].map(line => launch(line)),
      )
      const exits = (await Promise.all(runs.map(({ ended }) => ended))).map(({ exit }) => exit)
      assert.deepEqual(exits, [0, 0, 0])
      await run('history orders --record')
      const { stdout } = await run('history orders --sources record -o json')
      assert.deepEqual(itemsOf(stdout, 'name', 'note', 'state').slice(-1), [
        { state: 'Completed', name: 'before-v2', note: 'kept' },
      ])
    },
  },
  {
    title: 'history has what the job was ever started from, and the failures that Events tell',
    because: 'ControllerRevisions are kept by the operators of FlinkCluster alone',
    play: async ({ job, launch, run, flink }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      assert.equal((await run('take orders --record=false --via annotation')).exit, 3)
      flink().change({ failSavepoints: '' })
      const taken: string[] = []
      for (const _ of [1, 2]) {
        const take = await launch('take orders --record=false --via annotation -o name')
        taken.push((await take.ended).stdout.trim())
      }
      for (const savepoint of taken) {
        const line = `restore orders ${savepoint} --yes --safety-savepoint=false --record=false`
        const restored = await run(`${line} --allow-unknown-location`)
        assert.equal(restored.exit, 0, restored.stderr)
      }
      const { stdout } = await run('history orders -o json --sources status,revisions,events')
      const items = itemsOf(stdout, 'state', 'trigger', 'location', 'origin', 'restartPoint', 'sources')
      // What has no time stands in the order of its name, which Flink chooses.
      const byLocation = items.toSorted((a, b) => String(a['location']).localeCompare(String(b['location'])))
      const origin = { state: 'Completed', origin: true }
      assert.deepEqual(byLocation, [
        { ...origin, location: 'file:DIR/orders/SAVEPOINT-1', restartPoint: false, sources: ['revisions'] },
        {
          ...origin,
          location: 'file:DIR/orders/SAVEPOINT-2',
          restartPoint: true,
          sources: ['status', 'revisions'],
        },
        { state: 'Failed', trigger: 'manual', origin: false, restartPoint: false, sources: ['events'] },
      ])
    },
  },
]
