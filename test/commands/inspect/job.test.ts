import assert from 'node:assert/strict'
import { failure } from '../../../src/domain/failure.ts'
import type { RestPlace } from '../../../src/domain/rest.ts'
import { formatEntry } from '../../../src/history/entry.ts'
import * as w from '../../savepoint/writer.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { fakePlaces } from '../../support/fake-places.ts'
import { fakeWorld } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { type Ended, program } from '../../support/program.ts'
import { earlier, recordOf } from '../history/samples.ts'

const operator = { id: 'a'.repeat(32), parallelism: 1, subtasks: [{}] }
const metadata = (checkpointId: number) => w.metadataOf({ version: 4, checkpointId, operators: [operator] })

const newest = 'file:/sp/savepoint-ef5f05-000000000002'
const older = 'file:/sp/savepoint-ef5f05-000000000001'

const job = spotifyCluster({
  job: { savepointsDir: 'file:/sp' },
  jobStatus: { savepointGeneration: 2, savepointLocation: newest, savepointTime: '2026-03-01T11:00:10Z' },
})
const record = recordOf([formatEntry({ ...earlier, location: older, name: 'before-v2' })])

describe('inspect JOB SAVEPOINT', () => {
  let asked: RestPlace[]
  beforeEach(() => {
    asked = []
  })

  /** The pod has files that this machine has not. */
  const run = async (line: string, terminal = false): Promise<Ended> => {
    const pod = fakePlaces({
      [`${newest.slice(5)}/_metadata`]: metadata(2),
      [`${older.slice(5)}/_metadata`]: metadata(1),
      '/elsewhere/_metadata': metadata(7),
    })
    const world = fakeWorld({
      cluster: fakeCluster({ objects: [job, record] }),
      placesOf: async place => {
        asked.push(place)
        return pod
      },
    })
    const interactive = { stdin: terminal, stderr: terminal }
    return await program(world, line, { terminal: interactive })
  }
  const checkpointOf = async (line: string, terminal = false) => {
    const { exit, stdout, stderr } = await run(`${line} -o json`, terminal)
    assert.equal(exit, 0, stderr)
    return JSON.parse(stdout).checkpointId
  }

  it('is read as the job sees it, whatever names it', async () => {
    for (const savepoint of ['latest', newest, 'gen:2'])
      assert.equal(await checkpointOf(`inspect orders ${savepoint}`), 2, savepoint)
    for (const savepoint of ['latest~1', 'before-v2', 'name:before-v2', older, `${older}/_metadata`])
      assert.equal(await checkpointOf(`inspect fc/orders ${savepoint}`), 1, savepoint)
    assert.deepEqual(asked[0], {
      ...{ namespace: 'default', service: 'orders-jobmanager', port: 'ui', tls: false },
      podLabels: { cluster: 'orders', app: 'flink', component: 'jobmanager' },
      podPort: 8081,
    })
  })

  it('may lie where no source knows of it', async () => {
    assert.equal(await checkpointOf('inspect orders file:///elsewhere'), 7)
    assert.equal(await checkpointOf('inspect orders /elsewhere/'), 7)
  })

  it('is the latest on a terminal, where a person sees which one it was', async () => {
    assert.equal(await checkpointOf('inspect orders', true), 2)
    assert.equal((await run('inspect orders')).exit, 2)
  })

  it('is shown with what the sources of the job know of it', async () => {
    const { stdout } = await run('inspect orders before-v2')
    assert.equal(
      stdout,
      `Job:         flinkcluster/orders
Location:    ${older}
Type:        savepoint, told from the name of its directory
Checkpoint:  1
Known:       completed 23h ago, manual, before-v2, from record
Modified:    120m ago
Format:      version 4 (Flink 1.16 to 1.20)
State:       0 in 0 of 1 operator
Files:       none but _metadata
Movable:     yes

OPERATOR                           PARALLELISM   MAX   STATE   STATES
${operator.id}   1             128   0       <none>
`,
    )
    const { savepoint } = JSON.parse((await run('inspect orders before-v2 -o json')).stdout)
    assert.deepEqual(
      [savepoint.name, savepoint.location, savepoint.sources],
      ['before-v2', older, ['record']],
    )
  })

  it('is exit code 1 where there is no such job, no such savepoint, or none can be read', async () => {
    const failing = async (line: string) => {
      const { exit, stdout, stderr } = await run(line)
      assert.deepEqual({ exit, stdout }, { exit: 1, stdout: '' })
      return stderr.split('\n').find(line => line.startsWith('error') || line.startsWith('Error'))
    }
    assert.match((await failing('inspect clicks latest')) ?? '', /"clicks" not found$/)
    assert.equal(
      await failing('inspect orders gen:9'),
      'error: no savepoint of savepointGeneration 9 is known (flinkcluster/orders)',
    )
    assert.equal(
      await failing('inspect orders nobody'),
      'error: no savepoint of flinkcluster/orders is called nobody',
    )
    assert.equal(
      await failing('inspect orders file:/gone'),
      'error: cannot read /gone: no such file or directory',
    )
  })

  it('tells where there is no way to the pod, and what to do', async () => {
    const world = fakeWorld({
      cluster: fakeCluster({ objects: [job, record] }),
      placesOf: async () => {
        throw failure('not-asked', 'no ready JobManager pod in namespace default', 'copy it to this machine')
      },
    })
    const { exit, stderr } = await program(world, 'inspect orders latest')
    assert.equal(exit, 1)
    assert.match(stderr, /no ready JobManager pod in namespace default\ncopy it to this machine\n/)
  })

  it('--diff compares two of them', async () => {
    const { exit, stdout } = await run('inspect orders before-v2 latest --diff')
    assert.equal(exit, 0)
    assert.equal(
      stdout,
      `From:       ${older} (checkpoint 1, 23h ago, before-v2)
To:         ${newest} (checkpoint 2, 59m ago)
State:      0
Operators:  1 the same
`,
    )
  })
})
