import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { deployment15 } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'
import { apacheScene, snapshot } from './scene.ts'

const withoutWaiting = 'to ask for it without waiting for its end: --wait=false\n'
const created = { metadata: { creationTimestamp: '2026-02-01T00:00:00Z' } }
const kinds = ['FlinkDeployment', 'FlinkSessionJob'] as const

const cases: readonly { line: string; what: string; hint: string; suspended?: true }[] = [
  { line: 'auto KIND/orders --every 5m --yes', what: 'change', hint: withoutWaiting },
  { line: 'auto KIND/orders --directory s3://new --yes', what: 'change', hint: withoutWaiting },
  { line: 'stop KIND/orders --yes', what: 'stop', hint: withoutWaiting },
  { line: 'restore KIND/orders latest --yes', what: 'restore', hint: '' },
  {
    line: 'restore KIND/orders latest --yes --safety-savepoint=false',
    what: 'restore',
    hint: withoutWaiting,
  },
  { line: 'restore KIND/orders latest --yes --recreate', what: 'restore', hint: '' },
  { line: 'resume KIND/orders --yes', what: 'resume', hint: withoutWaiting, suspended: true },
]

function jobOf(kind: (typeof kinds)[number], suspended = false): Fields {
  const stopped = {
    job: { state: 'suspended' },
    jobStatus: { state: 'FINISHED', upgradeSavepointPath: 's3://bucket/orders/savepoint-fd0f0f-1' },
    status: { lifecycleState: 'SUSPENDED', observedGeneration: 1 },
  }
  return deployment15({ kind, ...created, ...(suspended && stopped) })
}

const isChange = (request: string) =>
  /^(patch|create|update|delete) /.test(request) && !/dry run/.test(request)

describe('without the right to watch the jobs of the Apache operator', () => {
  for (const { line, what, hint, suspended } of cases) {
    it(`${line} changes nothing and names the right`, async () => {
      for (const kind of kinds) {
        const word = kind.toLowerCase()
        const { fake, world } = apacheScene([jobOf(kind, suspended), snapshot(1, { kind })])
        fake.deny('watch')
        fake.fail('watch', refusal(403, 'Forbidden', 'cannot watch'))
        const { exit, stdout, stderr } = await program(world, line.replace('KIND', word))
        assert.deepEqual(
          { exit, stdout, stderr, changes: fake.requests.filter(isChange) },
          {
            exit: 1,
            stdout: '',
            stderr: `error: cannot ${what} ${word}/orders: the right to watch ${word}s.flink.apache.org in namespace default is missing, without which nobody would see how it ends; nothing was changed\n${hint}`,
            changes: [],
          },
        )
      }
    })
  }

  it('auto --wait=false needs it not, and does not ask', async () => {
    for (const kind of kinds) {
      const { fake, world } = apacheScene([jobOf(kind)])
      fake.deny('watch')
      const { exit } = await program(world, `auto ${kind}/orders --every 5m --yes --wait=false`)
      const asked = fake.requests.filter(each => !each.includes('ConfigMap'))
      assert.deepEqual([exit, asked], [0, [`get ${kind}/default/orders`, `patch ${kind}/default/orders`]])
    }
  })
})

describe('without the right to list FlinkStateSnapshots', () => {
  it('take --via nonce asks nothing, where its end would not be seen', async () => {
    const { fake, world } = apacheScene([jobOf('FlinkDeployment')])
    fake.fail('list FlinkStateSnapshot', refusal(403, 'Forbidden', 'cannot list'))
    const { exit, stderr } = await program(world, 'take flinkdep/orders --via nonce')
    assert.deepEqual([exit, fake.requests.filter(isChange)], [1, []])
    assert.deepEqual(stderr.split('\n'), [
      'Error from server (Forbidden): cannot list',
      'nothing was asked: its operator answers a nonce by a FlinkStateSnapshot, which has to be listed and watched',
      'to ask without waiting for its end: --wait=false, or ask Flink: --via rest',
      '',
    ])
  })
})
