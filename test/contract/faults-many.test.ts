import assert from 'node:assert/strict'
import { savepointState } from './facts.ts'
import type { Running } from './program.ts'
import { type SandboxEnvironment, sandboxEnvironment } from './sandbox-environment.ts'
import { openStage, type Stage } from './stage.ts'

/** Somebody whose requests can be told from all others. */
const user = 'counted-many'
const names = ['a', 'b', 'c']

describe('A take of many while the API server fails', () => {
  let environment: SandboxEnvironment
  let stage: Stage

  before(async () => {
    environment = await sandboxEnvironment('spotify')
  })
  beforeEach(async () => {
    stage = await openStage(environment)
    await Promise.all(names.map(name => stage.job(name)))
  })
  afterEach(() => stage.close())
  after(() => environment.close())

  /** A take of all, while each savepoint is in progress for so long. */
  async function inProgress(savepointMs: number): Promise<Running> {
    for (const name of names) stage.flink(name).change({ savepointMs })
    const taking = await stage.launch('take --all --yes -o name', user)
    for (const name of names) await stage.seen(now => savepointState(now) === 'InProgress', name)
    return taking
  }

  /** All are complete; what was said of the outage is said once for all. */
  async function allCompleted(taking: Running): Promise<void> {
    const { exit, stdout, stderr } = stage.screen.screen(await taking.ended)
    const places = names.map((name, at) => `file:DIR/${name}/SAVEPOINT-${at + 1}\n`)
    assert.deepEqual([exit, stdout], [0, places.join('')])
    assert.match(stderr, /^watching again: .*\n$/)
  }

  const watches = async () => (await environment.requests(user)).filter(({ verb }) => verb === 'WATCH').length

  it('outlives some seconds without a server', async () => {
    const taking = await inProgress(4000)
    await environment.faults.refuseConnections(2000)
    await allCompleted(taking)
  })

  it('outlives a watch that is cut off', async () => {
    const known = await watches()
    const taking = await inProgress(1500)
    environment.faults.dropWatches()
    await allCompleted(taking)
    assert.equal((await watches()) - known, 2)
  })

  it('outlives 410 Gone', async () => {
    const known = await watches()
    const taking = await inProgress(1500)
    await stage.patch({ metadata: { labels: { moved: 'yes' } } }, 'a')
    environment.faults.forgetHistory()
    environment.faults.dropWatches()
    await allCompleted(taking)
    assert.ok((await watches()) - known > 1)
  })

  it('sees that a job is deleted while nothing can be watched, and goes on with the others', async () => {
    const taking = await inProgress(3000)
    const release = environment.faults.hold({ method: 'GET', user })
    environment.faults.dropWatches()
    await stage.api.delete(`${stage.clusters}/b`)
    environment.faults.forgetHistory()
    release()
    const { exit, stdout, stderr } = stage.screen.screen(await taking.ended)
    assert.deepEqual([exit, stdout], [3, 'file:DIR/a/SAVEPOINT-1\nfile:DIR/c/SAVEPOINT-2\n'])
    assert.match(stderr, /^error: flinkcluster\/b was deleted while its savepoint was awaited$/m)
  })
})
