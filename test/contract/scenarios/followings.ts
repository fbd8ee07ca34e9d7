import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { itemsOf } from '../documents.ts'
import type { ServerRequest } from '../environment.ts'
import { statusGeneration, valueAt } from '../facts.ts'
import type { Rule } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const automatic = { job: { autoSavepointSeconds: 60 } }
/** Automatic savepoints come about every 0.3 s. */
const fast = { secondMs: 5 }

/** The rules of the CronJob in docs. */
async function recorderRules(): Promise<readonly Rule[]> {
  const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'history-cronjob.yaml')
  const objects = loadAll(await readFile(file, 'utf8')) as { kind: string; rules?: Rule[] }[]
  return objects.find(({ kind }) => kind === 'ClusterRole')?.rules ?? []
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

/** The generation is so high that this many savepoints are there. */
async function untilTaken({ seen }: Stage, count: number): Promise<void> {
  await seen(object => Number(statusGeneration(object) ?? 0) >= count)
}

export const followings: readonly Scenario[] = [
  {
    title: "history --watch prints every savepoint as it ends, the operator's own too, each once",
    operating: fast,
    play: async stage => {
      const { job, launch, object, screen } = stage
      await job('orders', automatic)
      const watch = await launch(
        'history orders --watch -q --no-headers -o custom-columns=STATE:.state,AT:.location',
      )
      await untilTaken(stage, 4)
      const now = await object()
      await watch.printed(String(valueAt(now, 'status.components.job.savepointLocation')))
      watch.interrupt()
      const { exit, stdout, stderr } = screen.screen(await watch.ended)
      const lines = stdout.trimEnd().split('\n')
      const once = lines.map((_, at) => `Completed  file:DIR/orders/SAVEPOINT-${at + 1}`)
      assert.deepEqual({ exit, stderr, lines }, { exit: 130, stderr: 'error: interrupted\n', lines: once })
      // The first may have been overwritten before the list was asked for.
      assert.ok(lines.length >= Number(statusGeneration(now)) - 1, stdout)
    },
  },
  {
    title: 'history --watch follows all jobs, tells failures, and ends well after its time',
    play: async ({ job, launch, run, flink, screen }) => {
      await job()
      await job('payments')
      const line = 'history --watch -q -o custom-columns=JOB:.job.name,STATE:.state'
      const watch = await launch(line)
      await run('take orders --via annotation')
      await watch.printed('Completed')
      flink('payments').change({ failSavepoints: 'disk full' })
      await run('take payments --via annotation')
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
    operating: fast,
    play: async stage => {
      const { job, run, grant, requests, namespace, api, object } = stage
      await job('orders', automatic)
      const rules = await recorderRules()
      await grant('recorder', rules)
      await untilTaken(stage, 1)
      const before = await run('history --record --limit 1 --quiet -o name', 'recorder')
      assert.deepEqual({ exit: before.exit, stderr: before.stderr }, { exit: 0, stderr: '' })
      // One that began after the first run has ended, however long that took.
      await untilTaken(stage, Number(statusGeneration(await object())) + 1)
      const again = await run('history --record --limit 1 --quiet -o name', 'recorder')
      assert.deepEqual({ exit: again.exit, stderr: again.stderr }, { exit: 0, stderr: '' })
      assert.deepEqual(
        rightsUsed(await requests('recorder')),
        rules
          .flatMap(({ verbs, resources }) => verbs.flatMap(verb => resources.map(one => `${verb} ${one}`)))
          .sort(),
      )
      await api.delete(`${stage.clusters}/orders`)
      const { stdout } = await run('history orders --sources record -o json')
      const kept = itemsOf(stdout, 'state', 'sources')
      const one = { state: 'Completed', sources: ['record'] }
      assert.deepEqual(kept, [one, one], namespace)
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
