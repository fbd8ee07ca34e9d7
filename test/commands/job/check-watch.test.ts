import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { gcpCluster } from '../../support/flink-clusters.ts'
import { recordOf } from '../history/samples.ts'
import { configMap, key, play, sp, taken } from '../take/samples.ts'

const running = taken()
const stopped = taken(gcpCluster, {
  jobStatus: { state: 'Cancelled' },
  status: { control: { name: 'job-cancel', state: 'Succeeded', updateTime: '2026-03-01T12:00:10Z' } },
})
const record = recordOf([
  JSON.stringify({
    action: 'stop',
    uid: 'uid-of-orders',
    state: 'Completed',
    requestedAt: '2026-03-01T12:00:00Z',
    location: sp(1),
  }),
])
const withoutWaiting = 'to ask for it without waiting for its end: --wait=false\n'

/** The hint: whether waiting can be left out. */
const cases: readonly { line: string; what: string; hint: string; objects: readonly Fields[] }[] = [
  { line: 'auto orders --every 5m --yes', what: 'change', hint: withoutWaiting, objects: [running] },
  { line: 'auto orders --every 5m --yes', what: 'change', hint: '', objects: [taken(gcpCluster)] },
  {
    line: 'auto orders --every 5m --yes --wait=false',
    what: 'change',
    hint: '',
    objects: [taken(gcpCluster)],
  },
  { line: 'restore orders latest --yes', what: 'restore', hint: '', objects: [running] },
  { line: 'restore orders latest --yes --wait=false', what: 'restore', hint: '', objects: [running] },
  {
    line: 'restore orders latest --yes --safety-savepoint=false',
    what: 'restore',
    hint: withoutWaiting,
    objects: [running],
  },
  { line: 'restore orders latest --yes --recreate', what: 'restore', hint: '', objects: [running] },
  { line: 'stop orders --yes', what: 'stop', hint: withoutWaiting, objects: [running] },
  { line: 'stop orders --yes --drain', what: 'stop', hint: withoutWaiting, objects: [running] },
  { line: 'resume orders --yes', what: 'resume', hint: withoutWaiting, objects: [stopped, record] },
]

const isChange = (request: string) =>
  /^(patch|create|update|delete) /.test(request) && !/dry run/.test(request)

describe('without the right to watch', () => {
  for (const [number, { line, what, hint, objects }] of cases.entries()) {
    it(`${number + 1}. ${line} changes nothing and names the right`, async () => {
      const { exit, stdout, stderr, requests, questions } = await play(line, {
        objects,
        flink: () => ({ answer: 'checkpoints', checkpoints: { restoredCount: 0, history: [] } }),
        prepare: fake => fake.deny('watch'),
      })
      assert.deepEqual(
        {
          exit,
          stdout,
          stderr,
          changes: requests.filter(isChange),
          asked: questions.filter(({ ask }) => ask === 'stop' || ask === 'take'),
        },
        {
          exit: 1,
          stdout: '',
          stderr: `error: cannot ${what} flinkcluster/orders: the right to watch flinkclusters.flinkoperator.k8s.io in namespace default is missing, without which nobody would see how it ends; nothing was changed\n${hint}`,
          changes: [],
          asked: [],
        },
      )
    })
  }

  for (const line of [
    'stop orders --yes --wait=false',
    'restore orders latest --yes --wait=false --safety-savepoint=false',
    'auto orders --every 5m --yes --wait=false',
    'auto orders --on-failure stop --yes',
  ]) {
    it(`${line} needs it not, and does not ask`, async () => {
      const job = { restartPolicy: 'FromSavepointOnFailure' }
      const { exit, requests } = await play(line, {
        objects: [taken(undefined, { job })],
        prepare: fake => fake.deny('watch'),
      })
      assert.deepEqual(
        { exit, requests: requests.filter(request => !request.includes(configMap)) },
        { exit: 0, requests: [`get ${key}`, `patch ${key}`] },
      )
    })
  }

  it('is found out by doing it where the server does not say what one may', async () => {
    const { exit, stderr, requests } = await play('stop orders --yes -q', {
      objects: [running],
      prepare: fake => {
        fake.fail('may watch', refusal(403, 'Forbidden', 'no reviews for you'))
        fake.fail('watch', refusal(403, 'Forbidden', 'cannot watch'))
      },
    })
    assert.deepEqual(
      { exit, stderr, requests },
      {
        exit: 1,
        stderr: 'Error from server (Forbidden): cannot watch\n',
        requests: [`get ${key}`, 'may watch', `patch ${key}`, `watch ${key}`],
      },
    )
  })
})
