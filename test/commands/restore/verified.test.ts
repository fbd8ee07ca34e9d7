import assert from 'node:assert/strict'
import { failure } from '../../../src/domain/failure.ts'
import { unreachable, until } from '../../support/fakes.ts'
import { program } from '../../support/program.ts'
import { both, flink, ids, operators, orders, savepoint, target, worldWith } from '../verify/samples.ts'

const [source, , map] = operators
/** What the running job has: not the operator whose state is in the savepoint. */
const changed = savepoint([source, { id: ids.sink, subtasks: [{}] }, map].filter(each => each !== undefined))
const lacks =
  'the job lacks 1 of 2 operators with state: Flink starts it only with --allow-non-restored-state, which leaves their state behind'
const refusal = (name = 'orders') => [
  `error: cannot restore flinkcluster/${name} from ${target}: it would not start: ${lacks}; nothing was changed`,
  'to leave that state behind: --allow-non-restored-state',
  'to restore it all the same: --verify=false',
]
const unsafe = '--safety-savepoint=false'

async function restored(
  line: string,
  world = worldWith(both(savepoint(), changed)),
  answers?: readonly string[],
) {
  const terminal = answers && { terminal: { stdin: true, stderr: true }, answers }
  const { exit, stdout, stderr } = await program(world, line, terminal)
  const { requests } = (await world.cluster()) as unknown as { requests: readonly string[] }
  const writes = requests.filter(
    request => /^(patch|create|delete|remove)/.test(request) && !request.includes('dry run'),
  )
  return { exit, stdout, lines: stderr.split('\n').filter(Boolean), writes }
}

describe('restore from a savepoint that would not start the job', () => {
  for (const [way, name] of [
    ['', 'orders'],
    [' --recreate', 'orders'],
    [' --to-new copy', 'copy'],
  ] as const)
    it(`is refused where nobody is asked, and changes nothing${way}`, async () => {
      const { exit, stdout, lines, writes } = await restored(`restore orders latest --yes${way}`)
      assert.deepEqual(
        { exit, stdout, lines, writes },
        { exit: 1, stdout: '', lines: refusal(name), writes: [] },
      )
    })

  it('is a risk in the plan', async () => {
    const { exit, stdout } = await restored('restore orders latest --dry-run=client')
    assert.equal(exit, 0)
    assert(stdout.includes(`  - this savepoint would not start the job: ${lacks}\n`), stdout)
  })

  it('is asked about twice on a terminal', async () => {
    const { exit, lines, writes } = await restored('restore orders latest', undefined, ['yes', 'no'])
    assert.deepEqual([exit, writes], [1, []])
    assert.deepEqual(lines.slice(-3), [
      `Restore it? [y/N]: This savepoint would not start the job. Restore it all the same? [y/N]: ${refusal()[0]}`,
      ...refusal().slice(1),
    ])
    const twice = await restored(`restore orders latest --wait=false ${unsafe}`, undefined, ['yes', 'yes'])
    assert.deepEqual([twice.exit, twice.writes[1]], [0, 'patch FlinkCluster/default/orders'])
  })

  it('goes through where its state may be left behind, with what that may cost in the plan', async () => {
    const { exit, stdout } = await restored(
      'restore orders latest --dry-run=client --yes --allow-non-restored-state',
    )
    assert.equal(exit, 0)
    assert.match(
      stdout,
      /Risks:\n(.*\n)* {2}- the state of 1 operator is left behind and 1 operator starts empty: /,
    )
  })

  it('goes through with --verify=false, and looks at nothing', async () => {
    const line = `restore orders latest --yes --verify=false --wait=false ${unsafe}`
    const world = worldWith(both(savepoint(), changed))
    let looked = 0
    const placesOf: typeof world.placesOf = place => {
      looked++
      return world.placesOf(place)
    }
    const { exit, writes } = await restored(line, { ...world, placesOf })
    assert.deepEqual([exit, writes[1], looked], [0, 'patch FlinkCluster/default/orders', 0])
  })
})

describe('restore from a savepoint of which it is not known whether it would start the job', () => {
  const line = `restore orders latest --yes --wait=false ${unsafe}`
  const patched = 'patch FlinkCluster/default/orders'

  it('goes through after a line that says what is not known', async () => {
    const world = worldWith(
      { [`${target}/_metadata`]: savepoint() },
      flink({ checkpoints: [], vertices: [] }),
    )
    const { exit, lines, writes } = await restored(line, world)
    assert.deepEqual([exit, writes[1]], [0, patched])
    assert.equal(
      lines[0],
      'whether this savepoint would start flinkcluster/orders is not known: of 2 operators with state the job has 0; of 2 it is not known: Flink does not tell of operators that are chained behind others; it has completed no checkpoint yet',
    )
    const quiet = await restored(
      `${line} -q`,
      worldWith({ [`${target}/_metadata`]: savepoint() }, flink({ checkpoints: [] })),
    )
    assert.deepEqual(quiet.exit, 0)
  })

  it('goes through after a line where nobody can look', async () => {
    const world = worldWith({})
    const status = async (location: string) => {
      throw failure('not-asked', `cannot read ${location}: no ready JobManager pod`)
    }
    const placesOf: typeof world.placesOf = async place => ({ ...(await world.placesOf(place)), status })
    const { exit, lines, writes } = await restored(line, { ...world, placesOf })
    assert.deepEqual([exit, writes[1]], [0, patched])
    assert.equal(
      lines[0],
      `whether this savepoint would start flinkcluster/orders is not known: it could not be read: cannot read ${target}: no ready JobManager pod`,
    )
  })

  it('goes through when the time for looking is over', async () => {
    const world = worldWith(both(), question => {
      if (question.ask === 'vertices') return undefined as never
      return flink()(question)
    })
    const running = restored(line, world)
    await until(() => world.clock.sleeping().includes(5_000))
    world.clock.advance(5_000)
    const { exit, lines, writes } = await running
    assert.deepEqual([exit, writes[1]], [0, patched])
    assert.equal(
      lines[0],
      'whether this savepoint would start flinkcluster/orders is not known: it could not be told within 5 s',
    )
  })

  it('goes through where the job does not run, and no Flink tells its operators', async () => {
    const failed = orders(
      {},
      { jobStatus: { state: 'Failed', savepointGeneration: 1, savepointLocation: target } },
    )
    const { exit, lines, writes } = await restored(
      line.replace(` ${unsafe}`, ''),
      worldWith(both(), () => unreachable(), [failed]),
    )
    assert.deepEqual([exit, writes[1]], [0, patched])
    assert.match(
      lines[0] ?? '',
      /which operators the job has is not known: the job is not running, and Flink cannot be asked: connect ECONNREFUSED$/,
    )
  })
})

describe('restore from where no savepoint lies', () => {
  const nothing = `there is no savepoint at ${target}, or one that was never completed`
  const refusalOf = (shown: string, why = nothing) => [
    `error: cannot restore ${shown} from ${target}: it would not start: ${why}; nothing was changed`,
    'to restore it all the same: --verify=false',
  ]

  for (const [way, name] of [
    ['', 'orders'],
    [' --recreate', 'orders'],
    [' --to-new copy', 'copy'],
  ] as const)
    for (const [what, files] of [
      ['nothing', {}],
      ['a directory without _metadata', { [`${target}/data`]: Buffer.alloc(9) }],
    ] as const)
      it(`is refused where nobody is asked, and changes nothing${way}: ${what} is there`, async () => {
        const line = `restore orders latest --yes${way}`
        const { exit, stdout, lines, writes } = await restored(line, worldWith(files))
        assert.deepEqual(
          { exit, stdout, lines, writes },
          { exit: 1, stdout: '', lines: refusalOf(`flinkcluster/${name}`), writes: [] },
        )
      })

  it('is asked about twice on a terminal, and a risk in the plan', async () => {
    const { exit, lines, writes } = await restored('restore orders latest', worldWith({}), ['yes', 'no'])
    assert.deepEqual([exit, writes], [1, []])
    assert.deepEqual(lines.slice(-2), [
      `Restore it? [y/N]: This savepoint would not start the job. Restore it all the same? [y/N]: ${refusalOf('flinkcluster/orders')[0]}`,
      ...refusalOf('flinkcluster/orders').slice(1),
    ])
    assert(lines.includes(`  - this savepoint would not start the job: ${nothing}`), lines.join('\n'))
  })

  it('goes through with --verify=false', async () => {
    const line = `restore orders latest --yes --verify=false --wait=false ${unsafe}`
    const { exit, writes } = await restored(line, worldWith({}))
    assert.deepEqual([exit, writes[1]], [0, 'patch FlinkCluster/default/orders'])
  })

  it('is refused in an object store too, as it is seen from here', async () => {
    const location = 's3://bucket/sp/savepoint-ef5f05-000000000001'
    const job = orders({ savepointsDir: 's3://bucket/sp' }, { jobStatus: { savepointLocation: location } })
    const world = worldWith({}, flink(), [job])
    const { exit, lines, writes } = await restored(`restore orders ${location} --yes`, world)
    assert.deepEqual([exit, writes], [1, []])
    assert.equal(
      lines[0],
      `error: cannot restore flinkcluster/orders from ${location}: it would not start: as seen from here, there is no savepoint at ${location}, or one that was never completed; nothing was changed`,
    )
  })

  it('is a warning where the job of a manifest may see other volumes than the pod that was looked into', async () => {
    const { kind, apiVersion, metadata, spec } = orders()
    const manifest = { kind, apiVersion, metadata: { ...(metadata as object), name: 'next' }, spec }
    const world = worldWith({})
    const manifests = { ...world.manifests, read: async () => manifest }
    const { exit, lines, writes } = await restored(
      `restore flinkcluster/orders ${target} --filename next.yaml --yes --wait=false`,
      { ...world, manifests },
    )
    assert.deepEqual([exit, writes[0]], [0, 'create FlinkCluster/default/next'])
    assert.equal(lines[0], `Warning: as seen by another job, ${nothing}`)
  })

  for (const way of ['', ' --recreate', ' --to-new copy'])
    it(`is a warning beside the object that --manifest prints${way}`, async () => {
      const { exit, stdout, lines, writes } = await restored(
        `restore orders latest --yes --manifest${way}`,
        worldWith({}),
      )
      assert.deepEqual([exit, writes], [0, []])
      assert.match(stdout, /fromSavepoint: file:/)
      assert.equal(lines.at(-1), `Warning: this savepoint would not start the job: ${nothing}`)
    })
})

describe('restore from a savepoint that fits', () => {
  it('says nothing of it', async () => {
    const { exit, lines } = await restored(
      `restore orders latest --yes --wait=false ${unsafe}`,
      worldWith(both()),
    )
    assert.deepEqual([exit, lines.filter(each => !each.includes('fromSavepoint'))], [0, []])
  })

  it('is looked at as well where --operator names the operator', async () => {
    const { exit, writes } = await restored(
      `restore orders latest --yes --wait=false --operator spotify ${unsafe}`,
      worldWith(both()),
    )
    assert.deepEqual([exit, writes[1]], [0, 'patch FlinkCluster/default/orders'])
  })
})
