import assert from 'node:assert/strict'
import type { InspectedOperator, InspectedState, Inspection } from '../../src/domain/inspection.ts'
import type { InspectionDiff } from '../../src/domain/inspection-diff.ts'
import { savepointDiff } from '../../src/savepoint/diff.ts'
import { inspectionDiffPage } from '../../src/view/inspection-diff.ts'
import { context, inspection } from '../view/samples.ts'

const [sample] = inspection.operators
if (!sample) throw new Error('the sample has an operator')

const serializer = (what: string, version = 1) => ({
  for: 'value' as const,
  snapshot: `org.example.${what}Serializer$${what}SerializerSnapshot`,
  version,
})
const state = (name: string, more: Partial<InspectedState> = {}): InspectedState => ({
  ...{ name, scope: 'keyed', type: 'VALUE', serializers: [serializer('Long')] },
  ...more,
})
const operator = (name: string, bytes: number, more: Partial<InspectedOperator> = {}): InspectedOperator => ({
  ...sample,
  ...{ id: Buffer.from(name.padEnd(16, '.')).toString('hex'), name, uid: name.toLowerCase() },
  ...{ stateBytes: bytes, bytesByKind: { ...sample.bytesByKind, managedOperator: 0, managedKeyed: bytes } },
  ...{ hasState: bytes > 0, states: bytes > 0 ? [state('total')] : [] },
  ...more,
})
const savepoint = (operators: readonly InspectedOperator[], more: Partial<Inspection> = {}): Inspection => ({
  ...inspection,
  operators,
  stateBytes: operators.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
  ...more,
})

const before = savepoint([
  operator('Gone', 10),
  operator('Idle', 0),
  operator('Count', 1_000, {
    keySerializer: { ...serializer('String'), for: 'key' },
    states: [state('total'), state('old'), state('list', { type: 'LIST' })],
  }),
  operator('Same', 50),
  operator('Grown', 100),
])
const after = savepoint(
  [
    operator('Count', 3_000, {
      ...{ parallelism: 4, maxParallelism: 256, uid: null },
      keySerializer: { ...serializer('Long'), for: 'key' },
      states: [
        state('total', { serializers: [serializer('Json', 2)] }),
        state('sum'),
        state('list', { type: 'MAP' }),
      ],
    }),
    operator('Same', 50),
    operator('Grown', 90),
    operator('New', 7),
  ],
  { location: 'file:/sp/later', formatVersion: 5, flinkVersions: '2.0', format: 'NATIVE', checkpointId: 9 },
)

const of = (diff: InspectionDiff, name: string) => diff.operators.find(each => each.name === name)

describe('The difference of two savepoints', () => {
  const diff = savepointDiff(before, after)

  it('has each operator of either once, those of the second first', () => {
    assert.deepEqual(
      diff.operators.map(({ name, change, stateBytes }) => [name, change, stateBytes]),
      [
        ['Count', 'changed', { from: 1_000, to: 3_000 }],
        ['Same', 'same', { from: 50, to: 50 }],
        ['Grown', 'resized', { from: 100, to: 90 }],
        ['New', 'new', { to: 7 }],
        ['Gone', 'gone', { from: 10 }],
        ['Idle', 'gone', { from: 0 }],
      ],
    )
  })

  it('tells of an operator its parallelism, keys, states and their serializers', () => {
    const { changes, states } = of(diff, 'Count') ?? {}
    assert.deepEqual(changes, [
      { path: 'parallelism', from: 1, to: 4 },
      { path: 'maxParallelism', from: 128, to: 256 },
      {
        path: 'keySerializer',
        from: { ...serializer('String'), for: 'key' },
        to: { ...serializer('Long'), for: 'key' },
      },
    ])
    const keyed = { scope: 'keyed' }
    assert.deepEqual(states, [
      {
        ...{ name: 'total', ...keyed, change: 'changed' },
        changes: [{ path: 'serializers.value', from: serializer('Long'), to: serializer('Json', 2) }],
      },
      { name: 'sum', ...keyed, change: 'new', changes: [] },
      { name: 'list', ...keyed, change: 'changed', changes: [{ path: 'type', from: 'LIST', to: 'MAP' }] },
      { name: 'old', ...keyed, change: 'gone', changes: [] },
    ])
  })

  it('does not call a change what one of the two does not tell', () => {
    const told = operator('Count', 100, { keySerializer: { ...serializer('String'), for: 'key' } })
    const { keySerializer: _, ...untold } = { ...told, name: null, uid: null, states: [] }
    const bare = { ...told, states: [state('total', { serializers: [] })] }
    for (const [from, to] of [
      [told, untold],
      [untold, told],
      [told, bare],
      [bare, told],
    ] as const)
      assert.equal(savepointDiff(savepoint([from]), savepoint([to])).operators[0]?.change, 'same')
  })

  it('tells a state that an operator without any has got', () => {
    const [count] = savepointDiff(
      savepoint([operator('Count', 0)]),
      savepoint([operator('Count', 10)]),
    ).operators
    assert.deepEqual(count?.states, [{ name: 'total', scope: 'keyed', change: 'new', changes: [] }])
  })

  it('is read on a page: what is gone, new and changed first, and no line of what is the same', () => {
    assert.equal(
      inspectionDiffPage(diff, false, context),
      `From:       file:/sp/savepoint-c0c55c-63ed75ba89c1 (checkpoint 3, 176d ago)
To:         file:/sp/later (checkpoint 9, 176d ago)
State:      1.1Ki -> 3.1Ki (+1.9Ki)
Changed:    version 4 -> 5; format canonical -> native
Operators:  2 gone, 1 new, 1 changed, 1 of another size, 1 the same

OPERATOR   CHANGE    STATE                  WHAT
Gone       gone      10                     its state is gone with it
Idle       gone      0
New        new       7
Count      changed   1000 -> 2.9Ki (+2Ki)   parallelism 1 -> 4; max parallelism 128 -> 256; key String v1 -> Long v1; state total: serializer Long v1 -> Json v2; state sum new; state list: type LIST -> MAP; state old gone
Grown      resized   100 -> 90 (-10)
`,
    )
  })

  it('is read in ten seconds of two hundred operators, too', () => {
    const many = (bytes: number) =>
      savepoint(Array.from({ length: 200 }, (_, at) => operator(`op ${at}`, bytes * at + 1)))
    const page = inspectionDiffPage(savepointDiff(many(10), many(20)), false, context)
    assert.equal(page.split('\n').length, 4 + 1 + 1 + 30 + 1 + 1)
    assert.match(page, /^and 169 more: -o wide lists all$/m)
    assert.match(page, /^op 199 +resized/m)
    const wide = inspectionDiffPage(savepointDiff(many(10), many(20)), true, context)
    assert.equal(wide.split('\n').length, 4 + 1 + 1 + 200 + 1)
  })
})
