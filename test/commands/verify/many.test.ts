import assert from 'node:assert/strict'
import { fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { fakePlaces } from '../../support/fake-places.ts'
import { type FakeWorld, fakeRest, fakeWorld, unreachable } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { flink, savepoint } from './samples.ts'

const at = (name: string) => `s3://b/${name}/savepoint-1`

const job = (name: string, more: Parameters<typeof spotifyCluster>[0] = {}) =>
  spotifyCluster({
    name,
    job: { parallelism: 2 },
    jobStatus: { savepointGeneration: 1, savepointLocation: at(name), savepointTime: '2026-03-01T11:00:10Z' },
    ...more,
  })

/** Jobs that are whole, one whose savepoint is gone, one without any, one that has stopped. */
const objects = [
  job('whole', { metadata: { labels: { team: 'shop' } } }),
  job('gone'),
  job('whole', { namespace: 'other', uid: 'uid-of-another' }),
  spotifyCluster({ name: 'young' }),
  job('stopped', { jobStatus: { state: 'Succeeded', savepointLocation: at('stopped') } }),
]

function world(answers = flink({ checkpoints: [at('own')] })): FakeWorld {
  return fakeWorld({
    cluster: fakeCluster({ objects, pageSize: 2 }),
    rest: fakeRest(answers),
    places: fakePlaces({
      [`${at('whole')}/_metadata`]: savepoint(),
      [`${at('own')}/_metadata`]: savepoint(),
    }),
  })
}

const nothing = `there is no savepoint at ${at('gone')}, or one that was never completed`

describe('verify of the restart points of many jobs', () => {
  it('has a line for each job that runs, and the exit code of the worst', async () => {
    assert.deepEqual(await program(world(), 'verify -A'), {
      exit: 3,
      stdout: `NAMESPACE   NAME    RESULT       RESTART-POINT   REASON
default     gone    DoesNotFit   59m             ${nothing}
default     whole   Fits         59m             <none>
default     young   DoesNotFit   <none>          it has no restart point
other       whole   Fits         59m             <none>
`,
      stderr: `flinkcluster/stopped is skipped: its job is not running (Succeeded)
error: flinkcluster/gone would not start from ${at('gone')}: ${nothing}
error: flinkcluster/young has no restart point
`,
    })
  })

  it('is 1 where of one job it could not be told: nobody knows is worse than no', async () => {
    const { exit, stdout } = await program(
      world(() => unreachable()),
      'verify --all -o json',
    )
    const { kind, items } = JSON.parse(stdout)
    const results = items.map(({ job, result }: { job: { name: string }; result: string }) => [
      job.name,
      result,
    ])
    assert.deepEqual(
      { exit, kind, results },
      {
        exit: 1,
        kind: 'VerificationList',
        results: [
          ['gone', 'DoesNotFit'],
          ['whole', 'Unknown'],
          ['young', 'DoesNotFit'],
        ],
      },
    )
  })

  it('chooses jobs by labels and by kind, and names those that fit with -o name', async () => {
    const fits = { exit: 0, stdout: `${at('whole')}\n`, stderr: '' }
    assert.deepEqual(await program(world(), 'verify -l team=shop -o name'), fits)
    assert.deepEqual(await program(world(), 'verify fc -l team=shop -o name'), fits)
  })

  it('says so where there is no job that runs', async () => {
    const { exit, stdout, stderr } = await program(world(), 'verify -l team=none')
    assert.deepEqual([exit, stdout, stderr], [0, '', 'No running jobs found\n'])
  })

  it('is 1 where the jobs may not be listed', async () => {
    const cluster = fakeCluster({ objects })
    cluster.fail('list', refusal(403, 'Forbidden', 'flinkclusters is forbidden'))
    const { exit } = await program(fakeWorld({ cluster }), 'verify -A')
    assert.equal(exit, 1)
  })
})
