import assert from 'node:assert/strict'
import { savepointState, specGeneration, statusGeneration } from './facts.ts'
import type { Running } from './program.ts'
import { type SandboxEnvironment, sandboxEnvironment } from './sandbox-environment.ts'
import { completed, ends } from './screens.ts'
import { openStage, type Stage } from './stage.ts'

/** Somebody whose requests can be told from all others. */
const user = 'counted-take'

for (const dialect of ['gcp-9', 'spotify'] as const) {
  describe(`A take while the API server fails, with the ${dialect} operator`, () => {
    let environment: SandboxEnvironment
    let stage: Stage

    before(async () => {
      environment = await sandboxEnvironment(dialect)
    })
    beforeEach(async () => {
      stage = await openStage(environment)
      await stage.job()
    })
    afterEach(() => stage.close())
    after(() => environment.close())

    /** A take whose savepoint is in progress for so long. */
    async function inProgress(savepointMs: number): Promise<Running> {
      stage.flink().change({ savepointMs })
      const taking = await stage.launch('take orders', user)
      await stage.seen(now => savepointState(now) === 'InProgress')
      return taking
    }

    it('outlives some seconds without a server', async () => {
      const taking = await inProgress(4000)
      await environment.faults.refuseConnections(2000)
      const { exit, stdout } = stage.screen.screen(await taking.ended)
      assert.deepEqual({ exit, stdout, stderr: '' }, completed())
    })

    it('outlives watches that are cut off', async () => {
      const taking = await inProgress(1500)
      environment.faults.dropWatches()
      const { exit, stdout } = stage.screen.screen(await taking.ended)
      assert.deepEqual({ exit, stdout, stderr: '' }, completed())
      assert.equal((await own()).filter(({ verb }) => verb === 'WATCH').length, 2)
    })

    it('outlives 410 Gone', async () => {
      const taking = await inProgress(1500)
      await stage.patch({ metadata: { labels: { moved: 'yes' } } })
      environment.faults.forgetHistory()
      environment.faults.dropWatches()
      const { exit, stdout } = stage.screen.screen(await taking.ended)
      assert.deepEqual({ exit, stdout, stderr: '' }, completed())
      const cluster = (await own()).filter(({ path }) => path.includes('flinkclusters'))
      assert.ok(cluster.filter(({ verb }) => verb === 'WATCH').length > 1, JSON.stringify(cluster))
    })

    it('reads the object again where somebody else was faster', async () => {
      assert.deepEqual(await stage.run('take orders'), completed(1))
      const release = environment.faults.hold({ method: 'PATCH', user })
      const taking = await stage.launch('take orders', user)
      await asked('PATCH')
      await stage.patch({ spec: { job: { savepointGeneration: 2 } } })
      await stage.seen(now => statusGeneration(now) === 2 && savepointState(now) === 'Succeeded')
      release()
      const { exit, stderr } = await taking.ended
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      const after = await stage.object()
      assert.deepEqual([specGeneration(after), statusGeneration(after)], [3, 3])
      const codes = (await own()).filter(({ verb }) => verb === 'PATCH').map(({ code }) => code)
      assert.deepEqual(codes, [415, 409, 200])
    })

    it('tells what the server says where its webhook cannot be called', async () => {
      const message =
        'Internal error occurred: failed calling webhook "vflinkcluster.flinkoperator.k8s.io": context deadline exceeded'
      const fault = { code: 500, reason: 'InternalError', message }
      environment.faults.answerOnce({ method: 'PATCH', user }, fault)
      assert.deepEqual(
        await stage.run('take orders', user),
        ends(1, { err: [`Error from server (InternalError): ${message}`] }),
      )
    })

    async function own() {
      return (await stage.requests(user)).filter(({ path }) => path.includes(`/${stage.namespace}/`))
    }

    /** Resolves once such a request has arrived; the server answers nothing between, so looking costs little. */
    async function asked(verb: string): Promise<void> {
      while (!(await own()).some(request => request.verb === verb)) {
        await new Promise(resolve => setTimeout(resolve, 10))
      }
    }
  })
}
