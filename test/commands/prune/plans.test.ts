import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { KeptSavepoint, PlannedDeletion } from '../../../src/domain/prune.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { RecordEntry } from '../../../src/history/entry.ts'
import { formatEntry } from '../../../src/history/entry.ts'
import { humanSize } from '../../../src/view/size.ts'
import * as w from '../../savepoint/writer.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { fakePlaces } from '../../support/fake-places.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { recordOf } from '../history/samples.ts'
import {
  disposing,
  entryOf,
  filesOf,
  four,
  fourFiles,
  native,
  orders,
  prune,
  type Setting,
  silent,
  sp,
  timeOf,
} from './samples.ts'

/** What goes, and why what stays does: by the digit in the names of the savepoints. */
async function planned(line: string, setting: Setting = {}) {
  const { exit, stdout, stderr, left, places } = await prune(`${line} -o json`, {
    answer: silent,
    ...setting,
  })
  assert.equal(exit, 0, stderr)
  const plan = JSON.parse(stdout) as { delete: PlannedDeletion[]; keep: KeptSavepoint[] }
  assert.deepEqual(left, [...places.files.keys()].sort())
  const keep = plan.keep.map(({ location, reasons }): [string, readonly string[]] => [
    last(location),
    reasons,
  ])
  return { delete: plan.delete.map(({ location }) => last(location)), keep: Object.fromEntries(keep), plan }
}

const last = (location: string) => location.split('/').at(-1)?.slice(-1) ?? ''
/** Of one of the four. */
const size = native().length + 100
const restart = 'the operator would start the job from it after a failure'

describe('prune without --yes', () => {
  it('prints what would go and why the rest stays, and deletes nothing', async () => {
    const { exit, stdout, stderr, left } = await prune('orders --keep 2', { answer: silent })
    assert.deepEqual(
      { exit, stdout, stderr, left },
      {
        exit: 0,
        stdout: `\
flinkcluster.flinkoperator.k8s.io/orders: 2 savepoints would be deleted, ${humanSize(2 * size)} in all

Delete:
  NAME   AGE   SIZE   FILES   SHARED   VIA     LOCATION
  -      8d    ${size}    2       -        flink   gs://bucket/orders/savepoint-ef5f05-111111111111
  -      7d    ${size}    2       -        flink   gs://bucket/orders/savepoint-ef5f05-222222222222

Keep:
  NAME   AGE   LOCATION                                           WHY
  -      5d    gs://bucket/orders/savepoint-ef5f05-444444444444   the newest good one; the operator would start the job from it after a failure; one of the newest 2
  -      6d    gs://bucket/orders/savepoint-ef5f05-333333333333   one of the newest 2

Risks:
  - what is deleted cannot be brought back
  - jobs of other clusters, and those that run outside of Kubernetes, are not seen
`,
        stderr: `\
Flink's own list (REST) of flinkcluster/orders is missing: connection refused
looked through 1 directory: 9 questions
`,
        left: Object.keys(fourFiles).sort(),
      },
    )
  })

  it('leaves what is younger, and with --keep the newest of what is older', async () => {
    assert.deepEqual((await planned('orders --older-than 156h')).delete, ['1', '2'])
    assert.deepEqual((await planned('orders --older-than 156h --keep 3')).delete, ['1'])
  })

  it('prints the locations that would go with -o name', async () => {
    const { stdout } = await prune('orders --keep 3 -o name', { answer: silent })
    assert.equal(stdout, `${sp(1)}\n`)
  })

  for (const [line, words] of [
    ['orders', /say what to leave: --keep N, --older-than DURATION, or both/],
    ['orders --keep 0', /--keep must be at least 1/],
    ['orders --keep 2 --apply plan.json', /--apply carries out a plan as it is/],
    ['orders payments --keep 2', /prune works on one job at a time/],
  ] as const)
    it(`is a usage error: ${line}`, async () => {
      const { exit, stderr } = await prune(line)
      assert.equal(exit, 2)
      assert.match(stderr, words)
    })
})

describe('what prune never deletes', () => {
  it('counts only whole ones: the newest good one stays, however old, and --keep counts no broken one', async () => {
    const files = { ...fourFiles }
    for (const broken of [4, 3]) delete files[`${sp(broken)}/state`]
    const { delete: going, keep } = await planned('orders --keep 1', { places: fakePlaces(files) })
    assert.deepEqual(
      [going, keep],
      [['1', '3'], { 4: [restart], 2: ['the newest good one', 'one of the newest 1'] }],
    )
  })

  it('deletes nothing where none is known to be whole', async () => {
    const files = { ...fourFiles }
    for (const broken of [1, 2, 3, 4]) delete files[`${sp(broken)}/state`]
    const { exit, stderr } = await prune('orders --keep 1 --yes', {
      places: fakePlaces(files),
      answer: silent,
    })
    assert.equal(exit, 1)
    assert.match(stderr, /^error: nothing is deleted: none of its savepoints is known to be whole$/m)
  })

  it('touches no directory that is no savepoint, whoever recorded it', async () => {
    const odd = 'gs://bucket/orders/backup'
    const at = Date.parse(timeOf(1))
    const places = fakePlaces({
      ...fourFiles,
      [`${odd}/precious`]: { bytes: new Uint8Array(7), modifiedAt: at },
      // As Missing in history: it cannot be used.
      [`${sp(5)}/_metadata`]: { bytes: Buffer.from('no metadata of Flink at all'), modifiedAt: at },
      [`${sp(6)}/_metadata`]: {
        bytes: w.metadataOf({ version: 4, properties: w.properties('CheckpointType', 'Checkpoint') }),
        modifiedAt: at,
      },
      'gs://bucket/orders/named-otherwise/_metadata': {
        bytes: w.metadataOf({ version: 3, checkpointId: 7 }),
        modifiedAt: at,
      },
    })
    const record = recordOf([
      entryOf(1, { location: odd }),
      entryOf(2, { location: sp(5) }),
      entryOf(3, { location: sp(6) }),
      entryOf(4, { location: 'gs://bucket/orders/named-otherwise' }),
    ])
    const { delete: going, keep } = await planned('orders --keep 1', { places, objects: [orders(), record] })
    assert.deepEqual(going, ['1', '2', '3'])
    assert.deepEqual(keep[6], ['it is a checkpoint'])
    assert.deepEqual(keep['e'], ['neither its name nor what it holds says that it is a savepoint'])
    assert.equal(keep[5], undefined)
  })

  it('believes no record that names what lies elsewhere, or is another job by its name', async () => {
    const elsewhere = 'gs://others/payments/savepoint-ef5f05-777777777777'
    const foreign = 'gs://bucket/orders/savepoint-abcdef-888888888888'
    const at = Date.parse(timeOf(1))
    const places = fakePlaces({
      ...fourFiles,
      [`${elsewhere}/_metadata`]: { bytes: native(), modifiedAt: at },
      [`${elsewhere}/state`]: { bytes: new Uint8Array(100), modifiedAt: at },
      [`${foreign}/_metadata`]: { bytes: native(), modifiedAt: at },
      [`${foreign}/state`]: { bytes: new Uint8Array(100), modifiedAt: at },
    })
    const planted = recordOf(
      [1, 2, 3, 4]
        .map(number => entryOf(number))
        .concat(entryOf(1, { location: elsewhere }), entryOf(1, { location: foreign })),
    )
    const { delete: going, keep } = await planned('orders --keep 1', { places, objects: [orders(), planted] })
    assert.deepEqual(going, ['1', '2', '3'])
    assert.deepEqual(keep[7], ['the record alone knows it, and it is outside of the directories of the job'])
    assert.deepEqual(keep[8], ['nobody recorded that this job took it: --include-unrecorded'])
  })

  it('lets no record fill the places of the newest with what lies elsewhere, or make old ones new', async () => {
    const elsewhere = 'gs://others/payments/savepoint-ef5f05-777777777777'
    const places = fakePlaces({
      ...fourFiles,
      [`${elsewhere}/_metadata`]: { bytes: native(), modifiedAt: Date.parse(timeOf(8)) },
      [`${elsewhere}/state`]: { bytes: new Uint8Array(100), modifiedAt: Date.parse(timeOf(8)) },
    })
    const planted = recordOf([
      entryOf(8, { location: elsewhere }),
      entryOf(1, { completedAt: timeOf(8) }),
      entryOf(3, { completedAt: timeOf(0) }),
      entryOf(2),
      entryOf(4),
    ])
    const { delete: going } = await planned('orders --keep 2', { places, objects: [orders(), planted] })
    assert.deepEqual(going, ['1', '2'])
  })

  it('leaves strangers in its directory unless they are asked for, and those of its neighbours even then', async () => {
    const at = Date.parse(timeOf(0))
    const files = (name: string) => ({
      [`gs://bucket/orders/${name}/_metadata`]: { bytes: native(), modifiedAt: at },
      [`gs://bucket/orders/${name}/state`]: { bytes: new Uint8Array(100), modifiedAt: at },
    })
    const places = fakePlaces({
      ...fourFiles,
      ...files('savepoint-123456-777777777777'),
      ...files('savepoint-abcdef-888888888888'),
      ...files('savepoint-ef5f05-999999999999'),
    })
    const neighbour = spotifyCluster({
      name: 'payments',
      namespace: 'shop',
      job: { savepointsDir: 'gs://bucket/orders' },
      jobStatus: { id: `abcdef${'0'.repeat(26)}` },
    })
    const objects = [orders(), neighbour, four]
    const shy = await planned('orders --keep 4', { places, objects })
    // Its name and its operators tie the ninth to the job.
    assert.deepEqual(shy.delete, ['9'])
    assert.deepEqual(Object.keys(shy.keep).sort(), ['1', '2', '3', '4', '7'])
    const bold = await planned('orders --keep 4 --include-unrecorded', { places, objects })
    assert.deepEqual(bold.delete.sort(), ['7', '9'])
    assert.deepEqual(bold.plan.delete.map(({ unrecorded }) => unrecorded ?? false).sort(), [false, true])
  })

  it('leaves what any other job of the cluster was started from, or has in its history', async () => {
    const neighbours = [
      spotifyCluster({ name: 'copy', namespace: 'test', jobStatus: { fromSavepoint: sp(1) } }),
      spotifyCluster({ name: 'planned', namespace: 'test', job: { fromSavepoint: `${sp(2)}/` } }),
      recordOf([entryOf(3, { uid: 'uid-of-other' })], 'other', 'test'),
      spotifyCluster({ name: 'other', namespace: 'test' }),
    ]
    const { delete: going, keep } = await planned('orders --keep 1', {
      objects: [orders(), four, ...neighbours],
    })
    assert.deepEqual(going, [])
    assert.deepEqual(
      [keep[1], keep[2], keep[3]],
      [
        [
          'flinkcluster/copy in namespace test would be started from it after a failure',
          'flinkcluster/copy in namespace test was started from it',
        ],
        [
          'flinkcluster/planned in namespace test would be started from it after a failure',
          'flinkcluster/planned in namespace test declares it',
        ],
        ['another job has it in its history, too'],
      ],
    )
  })

  it('refuses where the jobs of all namespaces cannot be listed, unless there are none by assumption', async () => {
    const forbidden = refusal(403, 'Forbidden', 'flinkclusters.flinkoperator.k8s.io is forbidden')
    const before: Setting['before'] = cluster => cluster.fail('list FlinkCluster/*', forbidden)
    const refused = await prune('orders --keep 1 --yes', { before, answer: silent })
    assert.equal(refused.exit, 1)
    assert.match(refused.stderr, /if you know that none does: --assume-no-other-users/)
    assert.deepEqual(refused.places.removed, [])
    const assumed = await planned('orders --keep 1 --assume-no-other-users', { before })
    assert.deepEqual(assumed.delete, ['1', '2', '3'])
    assert.ok(assumed.plan)
  })

  it('leaves what the object declares, and what an undo would start from', async () => {
    const restored: RecordEntry = {
      action: 'restore',
      uid: 'uid-of-orders',
      state: 'Restored',
      target: sp(1),
      safety: sp(2),
      requestedAt: timeOf(3),
    }
    const record = recordOf([...[1, 2, 3, 4].map(number => entryOf(number)), formatEntry(restored)])
    const { delete: going, keep } = await planned('orders --keep 1', {
      objects: [orders({ fromSavepoint: sp(3) }), record],
      answer: question => (question.ask === 'version' ? { answer: 'version', version: '1.20.0' } : silent()),
    })
    assert.deepEqual(
      [going, keep[2], keep[3]],
      [
        ['1'],
        ['restore --undo would start from it'],
        ['the object declares it: the next update may start the job from it'],
      ],
    )
  })
})

describe('what the job was started from', () => {
  const started = (properties: Fields = {}) => {
    const body = orders({}, { fromSavepoint: sp(1) })
    return { ...body, spec: { ...(body['spec'] as Fields), flinkProperties: properties } }
  }
  const checkpointed = (question: RestQuestion): RestAnswer => {
    if (question.ask === 'version') return { answer: 'version', version: '1.20.0' }
    if (question.ask !== 'checkpoints') return silent()
    const done = {
      id: 8,
      status: 'COMPLETED',
      isSavepoint: false,
      location: 'gs://bucket/chk/chk-8',
    } as const
    return { answer: 'checkpoints', checkpoints: { restoredCount: 1, history: [done] } }
  }
  const unchecked = (question: RestQuestion): RestAnswer =>
    question.ask === 'version' ? { answer: 'version', version: '1.20.0' } : silent()

  it('stays until a checkpoint is complete since, where the mode is NO_CLAIM', async () => {
    const objects = [started(), four]
    const waiting = await planned('orders --keep 1', { objects, answer: unchecked })
    assert.deepEqual(waiting.keep[1], [
      'the job was started from it, and no checkpoint is known to be complete since',
    ])
    assert.deepEqual((await planned('orders --keep 1', { objects, answer: checkpointed })).delete, [
      '1',
      '2',
      '3',
    ])
  })

  it('stays for good where Flink has claimed it, or whoever wrote Flink before 1.15 said nothing of it', async () => {
    const claimed = started({ 'execution.state-recovery.claim-mode': 'claim' })
    const { keep } = await planned('orders --keep 1', { objects: [claimed, four], answer: checkpointed })
    assert.deepEqual(keep[1], [
      'the job was started from it in CLAIM mode: its checkpoints may need its files',
    ])
    const old = (question: RestQuestion): RestAnswer =>
      question.ask === 'version' ? { answer: 'version', version: '1.14.6' } : checkpointed(question)
    const legacy = await planned('orders --keep 1', { objects: [started(), four], answer: old })
    assert.deepEqual(legacy.keep[1], [
      'the job was started from it in LEGACY mode: its checkpoints may need its files',
    ])
  })

  it('stays where nobody can tell the mode', async () => {
    const { keep } = await planned('orders --keep 1', { objects: [started(), four] })
    assert.deepEqual(keep[1], ['the job was started from it, and whether Flink has claimed it is not known'])
  })
})

describe('files that savepoints share', () => {
  it('stay with those that stay', async () => {
    const places = fakePlaces({ ...fourFiles, ...filesOf(4, native(w.absolute(`${sp(1)}/state`, 100))) })
    const { stdout, left, asked } = await prune('orders --keep 1 --yes', {
      places,
      answer: disposing(places),
    })
    assert.deepEqual(left, [`${sp(1)}/state`, `${sp(4)}/_metadata`, `${sp(4)}/state`])
    // Flink would delete the shared one, too: it is not asked for the first.
    assert.deepEqual(asked.filter(ask => ask === 'dispose').length, 2)
    assert.match(stdout, /^Deleted +\d+ +storage +gs:\/\/bucket\/orders\/savepoint-ef5f05-111111111111/m)
    assert.match(stdout, new RegExp(`, ${humanSize(3 * size - 100)} freed$`, 'm'))
  })

  it('go with the last savepoint that names them', async () => {
    const { [`${sp(1)}/_metadata`]: _, ...left } = fourFiles
    const places = fakePlaces({ ...left, ...filesOf(2, native(w.absolute(`${sp(1)}/state`, 100))) })
    const ended = await prune('orders --keep 1 --yes', { places, answer: silent })
    assert.deepEqual([ended.exit, ended.left], [0, [`${sp(4)}/_metadata`, `${sp(4)}/state`]])
  })

  it('are not taken from a savepoint that is pruned by the word of a record alone', async () => {
    const elsewhere = 'gs://bucket/kept/savepoint-ef5f05-777777777777'
    const modifiedAt = Date.parse(timeOf(3))
    const places = fakePlaces({
      ...fourFiles,
      [`${elsewhere}/_metadata`]: { bytes: native(w.absolute(`${sp(1)}/state`, 100)), modifiedAt },
      [`${elsewhere}/state`]: { bytes: new Uint8Array(100), modifiedAt },
    })
    const planted = entryOf(3, { location: elsewhere, prunedAt: timeOf(4) })
    const record = recordOf([...[1, 2, 3, 4].map(number => entryOf(number)), planted])
    const { left } = await prune('orders --keep 1 --yes', {
      places,
      answer: silent,
      objects: [orders(), record],
    })
    assert.ok(left.includes(`${sp(1)}/state`))
    assert.ok(left.includes(`${elsewhere}/_metadata`))
  })

  it('stay where a checkpoint of the job needs them', async () => {
    const checkpoint = w.metadataOf({
      version: 4,
      properties: w.properties('CheckpointType', 'Checkpoint'),
      operators: [
        {
          id: 'a'.repeat(32),
          subtasks: [
            {
              managedKeyed: w.incremental(
                11,
                w.inline(Buffer.alloc(1)),
                [],
                [w.absolute(`${sp(2)}/state`, 100)],
              ),
            },
          ],
        },
      ],
    })
    const places = fakePlaces({
      ...fourFiles,
      'gs://bucket/chk/chk-8/_metadata': { bytes: checkpoint, modifiedAt: Date.parse(timeOf(5)) },
    })
    const history = [
      { id: 8, status: 'COMPLETED', isSavepoint: false, location: 'gs://bucket/chk/chk-8' } as const,
    ]
    const answer = (question: RestQuestion): RestAnswer | undefined =>
      question.ask === 'checkpoints'
        ? { answer: 'checkpoints', checkpoints: { restoredCount: 0, history } }
        : disposing(places)(question)
    const { left } = await prune('orders --keep 1 --yes', { places, answer })
    assert.ok(left.includes(`${sp(2)}/state`))
    assert.ok(!left.includes(`${sp(2)}/_metadata`))
  })

  it('may be needed by a savepoint that cannot be read: then native ones stay', async () => {
    const newer = Buffer.from(native())
    newer.writeInt32BE(7, 4)
    const places = fakePlaces({ ...fourFiles, ...filesOf(3, newer) })
    const { delete: going, keep } = await planned('orders --keep 1', { places })
    assert.deepEqual([going, keep[1]], [[], [`${sp(3)} cannot be read, and may need its files`]])
  })

  it('lie elsewhere where Flink put random characters into their path: they go with their savepoint', async () => {
    const name = `savepoint-ef5f05-${'1'.repeat(12)}`
    const data = `gs://bucket/x7f3/orders/${name}/data`
    const places = fakePlaces({
      ...fourFiles,
      ...filesOf(1, native(w.absolute(data, 50))),
      [data]: { bytes: new Uint8Array(50), modifiedAt: 0 },
      'gs://bucket/x7f3/orders/other': { bytes: new Uint8Array(5), modifiedAt: 0 },
    })
    const { left } = await prune('orders --keep 3 --yes', { places, answer: silent })
    assert.deepEqual(
      left.filter(each => each.includes('x7f3') || each.includes(name)),
      ['gs://bucket/x7f3/orders/other'],
    )
  })

  it('are none of its own where they lie anywhere else: Flink, which would delete them, is not asked', async () => {
    const data = 'gs://bucket/orders/shared/sst'
    const places = fakePlaces({
      ...fourFiles,
      ...filesOf(1, native(w.absolute(data, 50))),
      [data]: { bytes: new Uint8Array(50), modifiedAt: 0 },
    })
    const { left, asked } = await prune('orders --keep 3 --yes', { places, answer: disposing(places) })
    assert.ok(left.includes(data))
    assert.ok(!asked.includes('dispose'))
  })
})
