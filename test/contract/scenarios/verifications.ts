import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { recreating } from '../any-kind.ts'
import { documentOf } from '../documents.ts'
import { valueAt } from '../facts.ts'
import type { Rule } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'

/** The rules of the CronJob in docs, for the jobs of each operator. */
async function verifierRules(): Promise<readonly Rule[]> {
  const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'verify-cronjob.yaml')
  const objects = loadAll(await readFile(file, 'utf8')) as { kind: string; rules?: Rule[] }[]
  return objects.flatMap(({ kind, rules = [] }) => (kind === 'ClusterRole' ? rules : []))
}

/** Operators whose object tells of a savepoint that was taken by hand as the restart point. */
const restartingFromSavepoints = ['gcp-9', 'spotify', 'apache-1.7'] as const

const at = (name: string) => `file:DIR/${name}/SAVEPOINT-1`
const lacks =
  'the job lacks 1 of 1 operator with state: Flink starts it only with --allow-non-restored-state, which leaves their state behind'

export const verifications: readonly Scenario[] = [
  {
    title: 'verify says that a savepoint fits the job that it was taken of, as its Flink and its files tell',
    on: everyKind,
    play: async ({ job, run }) => {
      await job()
      await run('take flinkcluster/orders')
      const { exit, stdout, stderr } = await run('verify flinkcluster/orders latest -o json')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      const { kind, result, checks, operators, operatorsFrom, flinkVersion } = documentOf(stdout)
      const [operator] = operators as { outcome: string; hasState: boolean }[]
      assert.deepEqual(
        {
          kind,
          result,
          operatorsFrom,
          flinkVersion,
          outcome: operator?.outcome,
          hasState: operator?.hasState,
        },
        {
          kind: 'Verification',
          result: 'Fits',
          operatorsFrom: { source: 'checkpoint', location: at('orders') },
          flinkVersion: '1.18.1',
          outcome: 'Matched',
          hasState: true,
        },
      )
      assert.deepEqual(
        (checks as { check: string; result: string }[]).map(each => [each.check, each.result]),
        ['Metadata', 'Version', 'Operators', 'Parallelism', 'Files'].map(check => [check, 'Holds']),
      )
    },
  },
  {
    title:
      'verify says no where the job has another operator, and restore does nothing without being asked again',
    on: everyKind,
    play: async stage => {
      const { job, run, object, launch } = stage
      await job('orders')
      await run('take orders')
      await job('others', { job: { args: ['--uid', 'another'] } })
      await run('take others')
      const [location = ''] = (await (await launch('history orders -o name')).ended).stdout.split('\n')
      const line = `others ${location}`
      const { exit, stdout, stderr } = await run(`verify ${line} -o json`)
      assert.deepEqual(
        [exit, stderr],
        [3, `error: flinkcluster/others would not start from ${at('orders')}: ${lacks}\n`],
      )
      const { operators } = documentOf(stdout)
      assert.deepEqual(
        (operators as { outcome: string }[]).map(({ outcome }) => outcome),
        ['Dropped', 'New'],
      )
      const before = valueAt(await object('others'), 'metadata.generation')
      assert.deepEqual(
        await run(`restore ${line} --allow-unknown-location --yes${recreating(stage)}`),
        ends(1, {
          err: [
            `error: cannot restore flinkcluster/others from ${at('orders')}: it would not start: ${lacks}; nothing was changed`,
            'to leave that state behind: --allow-non-restored-state',
            'to restore it all the same: --verify=false',
          ],
        }),
      )
      assert.equal(valueAt(await object('others'), 'metadata.generation'), before)
    },
  },
  {
    because: 'a snapshot is no restart point before the job is upgraded from it',
    title: 'verify --all looks at the restart point of each job, with the rights of the CronJob in docs',
    on: restartingFromSavepoints,
    play: async ({ job, run, grant }) => {
      await job('orders')
      await job('young')
      await run('take orders')
      await grant('verifier', await verifierRules())
      const { exit, stdout, stderr } = await run('verify --all -o json', 'verifier')
      const errors = stderr.split('\n').filter(line => line.startsWith('error: '))
      assert.deepEqual([exit, errors], [3, ['error: flinkcluster/young has no restart point']])
      const { kind, items } = documentOf(stdout)
      assert.equal(kind, 'VerificationList')
      assert.deepEqual(
        (items as { job: { name: string }; result: string }[]).map(each => [each.job.name, each.result]),
        [
          ['orders', 'Fits'],
          ['young', 'DoesNotFit'],
        ],
      )
    },
  },
  {
    because: 'a snapshot is no restart point before the job is upgraded from it',
    title: 'verify does not know of a savepoint that it may not read, and does not say yes',
    on: restartingFromSavepoints,
    play: async ({ job, run, grant }) => {
      await job('orders')
      await run('take orders')
      const rules = await verifierRules()
      await grant(
        'verifier-without-exec',
        rules.filter(({ resources }) => !resources.includes('pods/exec')),
      )
      const { exit, stderr } = await run('verify --all', 'verifier-without-exec')
      assert.equal(exit, 1)
      assert.match(
        stderr,
        /^error: it is not known whether flinkcluster\/orders would start from \S+: it could not be read: .*(forbidden|pods\/exec)/m,
      )
    },
  },
]
