import assert from 'node:assert/strict'
import { failure } from '../../../src/domain/failure.ts'
import type { Verification } from '../../../src/domain/verification.ts'
import * as w from '../../savepoint/writer.ts'
import { unreachable, until } from '../../support/fakes.ts'
import { type Ended, program } from '../../support/program.ts'
import { both, checkpoint, flink, ids, operators, orders, savepoint, target, worldWith } from './samples.ts'

const run = async (line: string, ...world: Parameters<typeof worldWith>): Promise<Ended> =>
  await program(worldWith(...world), line)

interface Told {
  readonly exit: number
  readonly result: Verification['result']
  readonly operators: Readonly<Record<string, string>>
  readonly Metadata?: string
  readonly Parallelism?: string
}

/** Result, exit code, and of each check its result. */
async function told(line: string, ...world: Parameters<typeof worldWith>): Promise<Told> {
  const { exit, stdout, stderr } = await run(`${line} -o json`, ...world)
  const { result, checks, operators } = JSON.parse(stdout || stderr) as Verification
  const outcomes = operators.map(({ id, outcome }) => [nameOf(id), outcome])
  return {
    exit,
    result,
    ...Object.fromEntries(checks.map(check => [check.check, check.result])),
    operators: Object.fromEntries(outcomes),
  }
}

const nameOf = (id: string) => Object.entries(ids).find(([, each]) => each === id)?.[0] ?? id

const good = {
  exit: 0,
  result: 'Fits',
  Metadata: 'Holds',
  Version: 'Holds',
  Operators: 'Holds',
  Parallelism: 'Holds',
  Files: 'Holds',
  operators: { source: 'Matched', count: 'Matched', map: 'Matched' },
}

const [source, count, map] = operators as [w.WrittenOperator, w.WrittenOperator, w.WrittenOperator]
const renamed = savepoint([source, { ...count, id: ids.sink }, map])

const failed = orders({}, { jobStatus: { state: 'Failed', savepointLocation: target } })

describe('verify', () => {
  it('says that a savepoint fits where its operators, format, parallelism and files do', async () => {
    assert.deepEqual(await run('verify orders latest', both()), {
      exit: 0,
      stdout: `Job:        flinkcluster.flinkoperator.k8s.io/orders
Savepoint:  ${target} (59m ago)
Result:     fits
Flink:      1.18.1
Operators:  as its own checkpoint has them: ${checkpoint}

CHECK         RESULT   REASON
Metadata      Holds    ${target}/_metadata is whole
Version       Holds    Flink 1.18.1 reads format version 4
Operators     Holds    the job has 2 of 2 operators with state
Parallelism   Holds    no operator is more parallel than its state allows
Files         Holds    it needs no file but _metadata
`,
      stderr: '',
    })
    assert.deepEqual(await told('verify orders latest', both()), good)
    assert.deepEqual(await run('verify orders latest -o name', both()), {
      exit: 0,
      stdout: `${target}\n`,
      stderr: '',
    })
  })

  it('says no where the job lacks an operator that has state, and names it', async () => {
    const { exit, stdout, stderr } = await run('verify orders latest', both(savepoint(), renamed))
    assert.equal(exit, 3)
    const why =
      'the job lacks 1 of 2 operators with state: Flink starts it only with --allow-non-restored-state, which leaves their state behind'
    assert.equal(stderr, `error: flinkcluster/orders would not start from ${target}: ${why}\n`)
    assert.deepEqual(stdout.split('\n').slice(-4), [
      'OPERATOR                           OUTCOME   STATE   PARALLELISM   MAX   NOTE',
      `${ids.count}   Dropped   300     2             128   the job has no such operator`,
      `${ids.sink}   New       -       2             128   <none>`,
      '',
    ])
  })

  it('allows state to be left behind, and warns that an operator may only have another uid', async () => {
    const { exit, stdout } = await run(
      'verify orders latest --allow-non-restored-state -o json',
      both(savepoint(), renamed),
    )
    const { result, warnings } = JSON.parse(stdout)
    assert.deepEqual(
      { exit, result, warnings },
      {
        exit: 0,
        result: 'Fits',
        warnings: [
          'the state of 1 operator is left behind and 1 operator starts empty: where these are the same under another uid, their state is lost',
        ],
      },
    )
  })

  it('finds nothing in it where only an operator without state is gone', async () => {
    const fewer = both(savepoint(), savepoint([source, count]))
    assert.deepEqual(await told('verify orders latest', fewer), {
      ...good,
      operators: { ...good.operators, map: 'Dropped' },
    })
  })

  it('does not know of operators that are chained where no checkpoint can be read, and does not say yes', async () => {
    const vertices = [
      { id: ids.source, parallelism: 2, maxParallelism: 128 },
      { id: ids.sink, parallelism: 2, maxParallelism: 128 },
    ]
    const only = { [`${target}/_metadata`]: savepoint() }
    const unknown = {
      ...good,
      exit: 1,
      result: 'Unknown',
      Operators: 'Unknown',
      operators: { source: 'Matched', count: 'Unknown', map: 'Unknown', sink: 'New' },
    }
    assert.deepEqual(await told('verify orders latest', only, flink({ vertices })), unknown)
    const { stderr } = await run('verify orders latest', only, flink({ vertices, checkpoints: [] }))
    assert.equal(
      stderr,
      `error: it is not known whether flinkcluster/orders would start from ${target}: of 2 operators with state the job has 1; of 1 it is not known: Flink does not tell of operators that are chained behind others; it has completed no checkpoint yet\n`,
    )
    const heads = vertices.concat({ id: ids.count, parallelism: 2, maxParallelism: 128 })
    assert.equal((await told('verify orders latest', only, flink({ vertices: heads }))).exit, 0)
  })

  it('knows the operators of a savepoint that the running job took itself', async () => {
    const only = { [`${target}/_metadata`]: savepoint() }
    assert.deepEqual(await told('verify orders latest', only, flink({ checkpoints: [target] })), good)
  })

  it('takes the next checkpoint where Flink has deleted the newest', async () => {
    const checkpoints = ['file:/cp/chk-8', checkpoint]
    assert.deepEqual(await told('verify orders latest', both(), flink({ checkpoints })), good)
  })

  it('knows the operators of a job that has failed for as long as its Flink answers', async () => {
    assert.deepEqual(await told(`verify orders ${target}`, both(), flink(), [failed]), good)
  })

  it('does not know the operators where Flink does not answer', async () => {
    const line = `verify orders ${target}`
    const silent = () => unreachable()
    assert.deepEqual(await told(line, both(), silent), {
      ...good,
      ...{ exit: 1, result: 'Unknown', Operators: 'Unknown', Version: 'Unknown' },
      operators: { source: 'Unknown', count: 'Unknown', map: 'Unknown' },
    })
    const { stderr } = await run(`${line} --flink-version 1.20`, both(), silent, [failed])
    assert.equal(
      stderr.split('\n').at(-2),
      `error: it is not known whether flinkcluster/orders would start from ${target}: which operators the job has is not known: the job is not running, and Flink cannot be asked: connect ECONNREFUSED`,
    )
  })

  it('compares with the uids that a job is to have, of a flag or of a file', async () => {
    const uids = 'verify orders latest --uids numbers,count,map'
    assert.deepEqual(await told(uids, both(), flink({ checkpoints: [] })), good)
    assert.deepEqual(await told('verify orders latest --uids-file /here/uids.txt', both()), good)
    assert.deepEqual(await told('verify orders latest --uids numbers,sink', both()), {
      ...good,
      exit: 3,
      result: 'DoesNotFit',
      Operators: 'Fails',
      operators: { source: 'Matched', count: 'Dropped', map: 'Dropped', sink: 'New' },
    })
  })

  it('compares with a savepoint of the job as it is to be', async () => {
    const files = { ...both(), 'file:/test/sp/_metadata': renamed }
    const { exit, operators } = await told('verify orders latest --against file:/test/sp', files)
    assert.deepEqual(
      { exit, operators },
      { exit: 3, operators: { source: 'Matched', count: 'Dropped', map: 'Matched', sink: 'New' } },
    )
  })

  it('says no where an operator is more parallel than its state allows', async () => {
    const narrow = savepoint([source, { ...count, maxParallelism: 4 }, map])
    const wide = savepoint([source, { ...count, parallelism: 8 }, map])
    const { exit, stderr } = await run('verify orders latest', both(narrow, wide))
    assert.equal(exit, 3)
    assert.match(
      stderr,
      /of 1 operator: its parallelism of 8 is above the 4 that its state can be spread over\n$/,
    )
  })

  it('does not know whether a job sets another maximum itself, unless its configuration does', async () => {
    const other = both(savepoint([source, { ...count, maxParallelism: 256 }, map]))
    const { exit, Parallelism } = await told('verify orders latest', other)
    assert.deepEqual({ exit, Parallelism }, { exit: 1, Parallelism: 'Unknown' })
    const sets = orders()
    const { spec } = sets as { spec: object }
    const object = { ...sets, spec: { ...spec, flinkProperties: { 'pipeline.max-parallelism': '128' } } }
    const explicit = await told('verify orders latest', other, flink(), [object])
    assert.deepEqual([explicit.exit, explicit.Parallelism], [3, 'Fails'])
  })

  it('says no where the Flink of the job is older than the format, or than a handle in it', async () => {
    const two = both(savepoint(operators, { version: 5 }))
    assert.match(
      (await run('verify orders latest', two)).stderr,
      /it is read by Flink 2\.0 and later \(format version 5\), and the job has 1\.18\.1\n$/,
    )
    assert.equal((await told('verify orders latest --flink-version 2.1', two)).exit, 0)
    const merged = savepoint([
      { ...source, subtasks: [{ managedOperator: w.operatorHandle({ n: 0 }, w.emptySegment) }] },
    ])
    assert.match((await run('verify orders latest', both(merged))).stderr, /read by Flink 1\.20 and later/)
  })

  it('warns that Flink 2 does not promise to understand the state of Flink 1', async () => {
    const { exit, stdout } = await run('verify orders latest', both(), flink({ version: '2.0.0' }))
    assert.equal(exit, 0)
    assert.match(stdout, /\nWarnings:\n {2}- it was written by Flink 1: /)
  })

  it('says no where a file is missing that the savepoint needs, unless files are not to be looked for', async () => {
    const needs = savepoint([
      { ...source, subtasks: [{ managedOperator: w.operatorHandle({ n: 0 }, w.relative('data', 100)) }] },
      { ...count, subtasks: [{ managedOperator: w.operatorHandle({ n: 0 }, w.relative('short', 100)) }] },
    ])
    const files = { ...both(needs), [`${target}/short`]: Buffer.alloc(99) }
    const { exit, stderr } = await run('verify orders latest', files)
    assert.equal(exit, 3)
    assert.match(
      stderr,
      /of 2 files that it needs, 1 missing and 1 of the wrong size: file:\/sp\/[^ ]+\/data\n$/,
    )
    assert.equal((await run('verify orders latest --files=false', files)).exit, 0)
  })

  it('says no where there is no savepoint, one without _metadata, or a damaged one', async () => {
    const of = async (files: Record<string, Uint8Array>) => (await run('verify orders latest', files)).stderr
    const no = `error: flinkcluster/orders would not start from ${target}: `
    const nothing = `${no}there is no savepoint at ${target}, or one that was never completed\n`
    assert.equal(await of({}), nothing)
    assert.equal(await of({ [`${target}/data`]: Buffer.alloc(3) }), nothing)
    const cut = await of(both(savepoint().subarray(0, 100)))
    assert(cut.startsWith(`${no}cannot read `), cut)
    assert.match(cut, /byte/)
  })

  it('does not know of one that a newer Flink wrote, or that may not be read', async () => {
    const newer = savepoint()
    newer.writeInt32BE(9, 4)
    const { exit, Metadata } = await told('verify orders latest', both(newer))
    assert.deepEqual({ exit, Metadata }, { exit: 1, Metadata: 'Unknown' })
    const world = worldWith(both())
    const refused = {
      ...world,
      placesOf: async () => {
        throw failure('not-asked', 'pods "x" is forbidden: User "me" cannot create resource "pods/exec"')
      },
    }
    const { exit: code, stderr } = await program(refused, 'verify orders latest')
    assert.equal(code, 1)
    assert.match(stderr, /^error: it is not known whether .*: it could not be read: pods "x" is forbidden/)
  })

  it('ends when its time is over', async () => {
    const world = worldWith(both(), () => undefined as never)
    const running = program(world, 'verify orders latest --timeout 30s')
    await until(() => world.clock.sleeping().includes(2_000))
    world.clock.advance(2_000)
    await until(() => world.clock.sleeping().includes(30_000))
    world.clock.advance(30_000)
    const { exit, stderr } = await running
    assert.equal(exit, 1)
    assert.match(stderr, /it could not be told within 30 s\n$/)
  })

  it('ends when it is interrupted', async () => {
    const world = worldWith(both(), () => undefined as never)
    const running = program(world, 'verify orders latest')
    await until(() => world.clock.sleeping().includes(2_000))
    world.clock.advance(2_000)
    await until(() => world.clock.sleeping().includes(120_000))
    world.interrupt()
    assert.equal((await running).exit, 130)
  })

  it('needs a job and a savepoint, and one answer to which operators the job has', async () => {
    const lines = [
      [
        'verify',
        'error: you must name a job and one of its savepoints; or choose jobs by -A, --selector or --all',
      ],
      ['verify orders', 'error: say which savepoint: latest, latest~1, gen:12, a name or a location'],
      ['verify orders a b', 'error: verify looks at one savepoint at a time'],
      [
        'verify orders a --uids x --against /y',
        'error: --uids, --uids-file and --against exclude each other',
      ],
      ['verify orders a --uids=', 'error: say which operators the job is to have'],
      ['verify --all --uids x', 'error: --uids is about one job: name the job'],
      ['verify orders a --timeout 0s', 'error: --timeout must be more than 0'],
      [
        'verify orders a --flink-version new',
        'error: --flink-version: a version has the form 1.20 or 1.20.1',
      ],
    ] as const
    for (const [line, message] of lines) {
      const { exit, stderr } = await run(line, both())
      assert.deepEqual([exit, stderr.split('\n')[0]], [2, message])
    }
  })
})
