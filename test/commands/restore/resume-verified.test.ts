import assert from 'node:assert/strict'
import * as w from '../../savepoint/writer.ts'
import { gcpCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { recordOf } from '../history/samples.ts'
import { flink, operators, savepoint, target, worldWith } from '../verify/samples.ts'

const entry = JSON.stringify({
  ...{ action: 'stop', uid: 'uid-of-orders', state: 'Completed', location: target },
  requestedAt: '2026-03-01T11:00:00Z',
})
const stopped = gcpCluster({
  job: { savepointsDir: 'file:/sp', parallelism: 2 },
  jobStatus: { state: 'Succeeded', savepointGeneration: 1, savepointLocation: target },
})
const patched = 'patch FlinkCluster/default/orders'

async function resumed(
  line: string,
  files: Readonly<Record<string, Uint8Array>>,
  answers?: readonly string[],
) {
  const world = worldWith(files, flink({ checkpoints: [] }), [stopped, recordOf([entry])])
  const terminal = answers && { terminal: { stdin: true, stderr: true }, answers }
  const { exit, stdout, stderr } = await program(world, line, terminal)
  const { requests } = (await world.cluster()) as unknown as { requests: readonly string[] }
  const writes = requests.filter(
    request => /^(patch|create|delete)/.test(request) && !request.includes('dry run'),
  )
  return { exit, stdout, lines: stderr.split('\n').filter(Boolean), writes }
}

const refusalOf = (why: string) => [
  `error: cannot resume flinkcluster/orders from ${target}: it would not start: ${why}; nothing was changed`,
  'to resume it all the same: --verify=false',
]
const gone = `there is no savepoint at ${target}, or one that was never completed`
const lost = savepoint([
  {
    ...(operators[0] as w.WrittenOperator),
    subtasks: [{ managedKeyed: w.keyGroups(3, w.relative('state', 9)) }],
  },
])

describe('resume from what a stop left', () => {
  for (const way of ['', ' --recreate'])
    for (const [what, files, why] of [
      ['is not there any more', {}, gone],
      [
        'lacks a file',
        { [`${target}/_metadata`]: lost },
        `of 1 files that it needs, 1 missing: ${target}/state`,
      ],
      [
        'is damaged',
        { [`${target}/_metadata`]: savepoint().subarray(0, 60) },
        /would not start: cannot read .*: it is damaged at byte \d+: /,
      ],
    ] as const)
      it(`that ${what} is refused where nobody is asked, and changes nothing${way}`, async () => {
        const { exit, stdout, lines, writes } = await resumed(`resume orders --yes${way}`, files)
        assert.deepEqual({ exit, stdout, writes }, { exit: 1, stdout: '', writes: [] })
        if (typeof why === 'string') assert.deepEqual(lines, refusalOf(why))
        else assert.match(lines[0] ?? '', why)
      })

  it('that is not there is asked about twice on a terminal', async () => {
    const { exit, lines, writes } = await resumed('resume orders', {}, ['yes', 'no'])
    assert.deepEqual([exit, writes], [1, []])
    assert.deepEqual(lines.slice(-2), [
      `Resume it? [y/N]: This savepoint would not start the job. Resume it all the same? [y/N]: ${refusalOf(gone)[0]}`,
      ...refusalOf(gone).slice(1),
    ])
    const twice = await resumed('resume orders --wait=false', {}, ['yes', 'yes'])
    assert.deepEqual([twice.exit, twice.writes], [0, [patched]])
  })

  it('is used with --verify=false, whatever is there', async () => {
    const { exit, writes } = await resumed('resume orders --yes --verify=false --wait=false', {})
    assert.deepEqual([exit, writes], [0, [patched]])
  })

  it('that is whole is used, though nobody tells the operators of a job that does not run', async () => {
    const { exit, lines, writes } = await resumed('resume orders --yes --wait=false', {
      [`${target}/_metadata`]: savepoint(),
    })
    assert.deepEqual(
      [exit, lines.filter(each => !each.includes('fromSavepoint')), writes],
      [0, [], [patched]],
    )
  })

  it('that nobody can look at is used, and only the plan says so', async () => {
    const files = {
      [`${target}/_metadata`]: Buffer.concat([savepoint().subarray(0, 4), Buffer.from([0, 0, 0, 9])]),
    }
    const { exit, lines, writes } = await resumed('resume orders --yes --wait=false', files)
    assert.deepEqual(
      [exit, lines.filter(each => !each.includes('fromSavepoint')), writes],
      [0, [], [patched]],
    )
    const plan = await resumed('resume orders --dry-run=client -o json', files)
    assert.match(
      JSON.parse(plan.stdout).risks.at(-1),
      /^whether this savepoint would start the job is not known: cannot read .* it has format version 9/,
    )
  })
})
