import assert from 'node:assert/strict'
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'mocha'
import { eventually } from './conditions.ts'
import type { CountingCluster } from './counting.ts'
import { runCountingJob } from './flink-clusters.ts'
import { accepts, listeningPorts } from './listeners.ts'
import { notRun } from './not-run.ts'
import type { Stoppable } from './parts.ts'
import type { Launched } from './processes.ts'
import { documentedRules, grant } from './rights.ts'
import { type FlinkStack, startFlinkStack } from './stack.ts'

describe('on a real control plane, with real Flink under the Spotify operator', () => {
  let stack: FlinkStack & Stoppable
  let wordcount: CountingCluster

  before(async () => {
    stack = await startFlinkStack({ dialect: 'spotify', users: [{ name: 'forwarder' }] })
    const { take = [], history = [], 'port-forward': forward = [] } = await documentedRules()
    const rules = [...take, ...history].filter(({ resources }) => !resources.includes('services/proxy'))
    await grant(stack.controlPlane, 'forwarder', [...rules, ...forward])
    wordcount = await runCountingJob(stack, 'wordcount')
  })
  after(() => stack?.stop())

  const plugin = (...words: string[]) => stack.kubectl(['flinksp', ...words])
  const takenLocation = async () => {
    const taken = await plugin('take', 'flinkcluster/wordcount', '-o', 'name')
    assert.equal(taken.code, 0, taken.stderr)
    return taken.stdout.trim()
  }

  it('take leaves a _metadata that Flink wrote', async () => {
    const taken = await plugin('take', 'flinkcluster/wordcount')
    assert.equal(taken.code, 0, taken.stderr)
    const [, location = ''] =
      /^flinkcluster\.flinkoperator\.k8s\.io\/wordcount savepoint completed: (file:\S+) \(\d+s\)\n$/.exec(
        taken.stdout,
      ) ?? []
    assert.deepEqual(await readdir(new URL(location)), ['_metadata'])
    assert.equal(await magicOf(location), flinkMagic)
  })

  it('history shows the savepoint from every source', async () => {
    const location = await takenLocation()
    const { items } = JSON.parse((await plugin('history', 'flinkcluster/wordcount', '-o', 'json')).stdout)
    const { state, type, sources, restartPoint, origin } = items[0]
    assert.deepEqual(
      { location: items[0].location, state, type, restartPoint, origin, sources: sources.toSorted() },
      {
        location,
        state: 'Completed',
        type: 'savepoint',
        restartPoint: true,
        origin: false,
        sources: stack.noProxy === undefined ? ['record', 'rest', 'status'] : ['record', 'status'],
      },
    )
  })

  it('restore restarts the job from the savepoint, which Flink confirms, and it counts on', async () => {
    const location = await takenLocation()
    const before = await wordcount.job.countedOn(50)
    const restored = await plugin('restore', 'flinkcluster/wordcount', location, '--yes', '-o', 'json')
    assert.equal(restored.code, 0, restored.stderr)
    const restore = JSON.parse(restored.stdout)
    assert.deepEqual(
      { savepoint: restore.savepoint.location, proof: restore.proof },
      {
        savepoint: location,
        proof: { operator: true, rest: true },
      },
    )
    const start = await eventually('the source is restored', async () =>
      (await wordcount.job.starts()).find(line => line.startsWith('restored ')),
    )
    const from = Number(start.split(' ')[1])
    assert.ok(from > 0 && from <= before, `${start}, but ${before} were counted before`)
    await eventually('the job counts on', async () =>
      (await wordcount.job.count()) > from ? true : undefined,
    )
  })

  it('take tells the root cause where the savepoint cannot be written', async () => {
    const aside = `${wordcount.savepointsDir}.aside`
    await rename(wordcount.savepointsDir, aside)
    await writeFile(wordcount.savepointsDir, 'a file, not a directory')
    try {
      const taken = await plugin('take', 'flinkcluster/wordcount')
      assert.equal(taken.code, 3, taken.stderr)
      assert.equal(taken.stdout, '')
      assert.match(
        taken.stderr,
        new RegExp(
          `^error: the savepoint of .* failed: .*FileAlreadyExistsException: ${wordcount.savepointsDir}$`,
          'm',
        ),
      )
      assert.doesNotMatch(taken.stderr, /^\s+at /m)
    } finally {
      await rm(wordcount.savepointsDir)
      await rename(aside, wordcount.savepointsDir)
    }
    // The operator asks for a failed generation again and again: it ends with the one that succeeds.
    await eventually("the operator's own repeat succeeds", async () =>
      (await trigger('Succeeded')) === undefined ? undefined : true,
    )
  })

  it('a wait outlives 10 seconds without API server', async () => {
    await wordcount.snapshots('slow 12000')
    try {
      const taking = await takeInProgress('-o', 'name')
      await stack.controlPlane.restartApiServer(10_000)
      const taken = await taking.ended
      assert.equal(taken.code, 0, taken.stderr)
      assert.deepEqual(await readdir(new URL(taken.stdout.trim())), ['_metadata'])
    } finally {
      await wordcount.snapshots('ok')
    }
  })

  it('Ctrl-C says how to look, and the savepoint goes on', async () => {
    const before = await completedIn(wordcount.savepointsDir)
    await wordcount.snapshots('slow 4000')
    try {
      const taking = await takeInProgress()
      taking.interrupt()
      const { code, stdout, stderr } = await taking.ended
      assert.deepEqual({ code, stdout }, { code: 130, stdout: '' })
      assert.match(stderr, /kubectl flinksp history/)
      await eventually('the savepoint completes', async () =>
        (await completedIn(wordcount.savepointsDir)) > before ? true : undefined,
      )
    } finally {
      await wordcount.snapshots('ok')
    }
  })

  it("Flink is reached by the API server's service proxy", async function () {
    if (stack.noProxy !== undefined) return notRun(this, stack.noProxy)
    const { code, stdout, stderr } = await plugin('history', 'flinkcluster/wordcount', '--sources', 'rest')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /savepoint-[0-9a-f]{6}-[0-9a-f]{12}\n$/)
    const proxied = (await asked('admin')).filter(({ uri }) => uri.includes('/proxy/'))
    assert.match(
      proxied.at(-1)?.uri ?? '',
      /\/services\/wordcount-jobmanager:ui\/proxy\/jobs\/[0-9a-f]{32}\/checkpoints$/,
    )
    assert.equal(proxied.at(-1)?.code, 200)
  })

  it('Flink is reached by a port-forward where the service proxy is not allowed', async () => {
    const words = ['history', 'flinkcluster/wordcount', '--sources', 'rest']
    const { code, stdout, stderr } = await stack.kubectl(['flinksp', ...words], 'forwarder')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /savepoint-[0-9a-f]{6}-[0-9a-f]{12}\n$/)
    const forwarded = (await asked('forwarder')).filter(({ uri }) => uri.includes('/portforward'))
    assert.deepEqual([...new Set(forwarded.map(request => request.code))], [101])
  })

  it('Ctrl-C leaves no port-forward', async () => {
    await wordcount.snapshots('slow 4000')
    try {
      const directory = `file://${wordcount.savepointsDir}`
      const words = ['take', 'flinkcluster/wordcount', '--via', 'rest', '--target-directory', directory]
      const taking = await stack.launch(['flinksp', ...words], 'forwarder')
      const port = await eventually(
        'the port-forward is open',
        async () => (await listeningPorts(taking.pid))[0],
      )
      assert.equal(await accepts(port), true)
      taking.interrupt()
      const { code, stdout, stderr } = await taking.ended
      assert.deepEqual({ code, stdout }, { code: 130, stdout: '' }, stderr)
      assert.equal(await accepts(port), false)
    } finally {
      await wordcount.snapshots('ok')
    }
  })

  /** What the plugin has asked of the server in the name of a user. */
  async function asked(user: string) {
    const requests = await stack.controlPlane.requests(user)
    return requests.filter(({ userAgent }) => userAgent.startsWith('kubectl-flinksp'))
  }

  /** The trigger that the operator shows; a new one tells that a take is under way. */
  async function trigger(state?: string): Promise<string | undefined> {
    const path = '/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters/wordcount'
    const { status } = await stack.controlPlane.api.get(path)
    return state === undefined || status?.savepoint?.state === state
      ? status?.savepoint?.triggerID
      : undefined
  }

  /** A take that is known to wait: the operator shows its savepoint in progress. */
  async function takeInProgress(...flags: string[]): Promise<Launched> {
    const before = await trigger()
    const watches = await watchesAsked()
    const taking = await stack.launch(['flinksp', 'take', 'flinkcluster/wordcount', ...flags])
    await eventually('take watches, and the savepoint is in progress', async () => {
      const now = await trigger('InProgress')
      const ours = now !== undefined && now !== before && (await watchesAsked()) > watches
      return ours ? true : undefined
    })
    return taking
  }

  async function watchesAsked(): Promise<number> {
    return (await asked('admin')).filter(({ verb }) => verb === 'watch').length
  }
})

const flinkMagic = 0x4960672d

/** How every `_metadata` begins (flink-runtime Checkpoints.HEADER_MAGIC_NUMBER). */
async function magicOf(location: string): Promise<number> {
  const file = await open(join(new URL(location).pathname, '_metadata'))
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(4), length: 4 })
    return buffer.readUInt32BE()
  } finally {
    await file.close()
  }
}

async function completedIn(directory: string): Promise<number> {
  const inside = await Promise.all(
    (await readdir(directory)).map(name => readdir(join(directory, name)).catch((): string[] => [])),
  )
  return inside.filter(names => names.includes('_metadata')).length
}
