import assert from 'node:assert/strict'
import { readMetadata } from '../../src/savepoint/read.ts'
import type { Reference } from '../../src/savepoint/references.ts'
import { encodeMetadata, i32, u8, utf } from '../sandbox/flink/metadata.ts'
import { read, refusal, seen, sourceOf } from './reads.ts'
import * as w from './writer.ts'

const id = '00112233445566778899aabbccddeeff'
const four = Buffer.from('1234')

const one = (
  version: number,
  subtask: Exclude<w.WrittenSubtask, 'finished'>,
  more: Partial<w.Written> = {},
) => w.metadataOf({ version, operators: [{ id, subtasks: [subtask] }], ...more })

const description = w.keyedDescription({ count: 'VALUE', '_timer_state/event': 'TIMERS', seen: 'MAP' })
const described = [
  'count VALUE value=LongSerializerSnapshot namespace=VoidNamespaceSerializerSnapshot',
  '_timer_state/event TIMERS value=TimerSerializerSnapshot',
  'seen MAP value=LongSerializerSnapshot namespace=VoidNamespaceSerializerSnapshot',
]
const keySerializer = {
  for: 'key',
  snapshot: 'org.example.StringSerializer$StringSerializerSnapshot',
  version: 3,
}

const coordinatorBytesIn = (version: number) => (version === 2 ? 0 : 16)

function threeSubtasks(version: number): Buffer {
  const subtasks = [
    {
      managedOperator: w.operatorHandle({ list: 0, all: 1 }, w.inline(four)),
      managedKeyed: w.keyGroups(3, w.inline(description)),
    },
    { rawOperator: w.operatorHandle({ raw: 0 }, w.absolute('file:/elsewhere/a', 10)) },
    { rawKeyed: w.keyGroups(3, w.absolute('file:/elsewhere/b', 20)) },
  ]
  const coordinator = w.inline(Buffer.alloc(coordinatorBytesIn(version)))
  const named = { id, name: 'Count', uid: 'count', parallelism: 3, maxParallelism: 64 }
  return w.metadataOf({
    version,
    checkpointId: 42,
    masters: ['hook', 'other'],
    operators: [
      { ...named, subtasks, ...(version > 2 && { coordinator }) },
      { id: id.replace('0', 'f'), subtasks: [] },
    ],
  })
}

function operatorsIn(version: number) {
  const running = { finished: 0, fullyFinished: false }
  return [
    {
      ...{ id, name: version >= 5 ? 'Count' : null, uid: version >= 5 ? 'count' : null },
      ...{ parallelism: 3, maxParallelism: 64, subtaskEntries: 3, ...running },
      ...{
        stateBytes: 34 + description.length,
        coordinatorBytes: coordinatorBytesIn(version),
        hasState: true,
      },
      bytesByKind: { managedOperator: 4, rawOperator: 10, managedKeyed: description.length, rawKeyed: 20 },
      states: ['list SPLIT_DISTRIBUTE ', 'all UNION ', ...described],
    },
    {
      ...{ id: id.replace('0', 'f'), name: null, uid: null, parallelism: 2, maxParallelism: 128 },
      ...{ subtaskEntries: 0, ...running, stateBytes: 0, coordinatorBytes: 0, hasState: false },
      ...{ bytesByKind: {}, states: [] },
    },
  ]
}

describe('A savepoint', () => {
  for (const [version, flinkVersions] of [
    [2, '1.3 to 1.10'],
    [3, '1.11 to 1.15'],
    [4, '1.16 to 1.20'],
    [5, '2.0'],
    [6, '2.1 and later'],
  ] as const) {
    it(`of format version ${version} is read to its end`, async () => {
      const got = await read(threeSubtasks(version))
      const { operators, files, handleTypes, ...whole } = got
      assert.deepEqual(whole, {
        formatVersion: version,
        flinkVersions,
        checkpointId: 42,
        masterStates: ['hook', 'other'],
        trailingBytes: version >= 4 ? 5 : 0,
        relativeFiles: 0,
        absoluteFiles: 2,
        inlineBytes: 4 + description.length + coordinatorBytesIn(version),
        fileCount: 2,
        fileBytes: 30,
        relocatable: false,
        stateBytes: 34 + description.length,
      })
      const paths = files?.map(({ path }) => path)
      assert.deepEqual(paths, ['file:/elsewhere/a', 'file:/elsewhere/b'])
      assert.deepEqual(seen(got), operatorsIn(version))
      assert.deepEqual(operators[0]?.tally.keySerializer, keySerializer)
      assert.equal(handleTypes['o4'], 2)
    })
  }

  const keyed = async (handle: Buffer) => {
    const { operators, relativeFiles, absoluteFiles, fileBytes } = await read(
      one(4, { managedKeyed: handle }),
    )
    return { bytes: operators[0]?.bytesByKind.managedKeyed, relativeFiles, absoluteFiles, fileBytes }
  }
  const counted = (bytes: number, relativeFiles: number, absoluteFiles: number, fileBytes: number) => ({
    ...{ bytes, relativeFiles, absoluteFiles, fileBytes },
  })

  it('has keyed state in key groups, canonical or not, behind a handle of its own or nested', async () => {
    assert.deepEqual(await keyed(w.keyGroups(7, w.relative('a', 5))), counted(5, 1, 0, 5))
    assert.deepEqual(await keyed(w.keyGroups(12, w.relative('a', 5))), counted(5, 1, 0, 5))
    assert.deepEqual(await keyed(w.keyGroups(12, w.nested(w.absolute('s3://b/a', 5)))), counted(5, 0, 1, 5))
  })

  it('has RocksDB’s own files: the description, those that are shared, and those that are not', async () => {
    for (const type of [5, 11] as const) {
      const handle = w.incremental(
        type,
        w.relative('meta', 1),
        [w.absolute('s3://b/shared/1', 20), w.absolute('s3://b/shared/2', 300)],
        [w.relative('own', 4000), w.none],
      )
      assert.deepEqual(await keyed(handle), counted(4321, 2, 2, 4321))
    }
  })

  it('has as many files as there are paths, though they differ in one character or in where they lie', async () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_']
    const path = 's3://b/shared/0a1b2c3d-4e5f-6071'
    const paths = new Set(
      letters.flatMap(letter => [...path].map((_, at) => path.slice(0, at) + letter + path.slice(at + 1))),
    )
    const files = [...paths].flatMap(each => [w.absolute(each, 1), w.relative(each, 1), w.absolute(each, 1)])
    const handle = w.incremental(11, w.relative('meta', 1), files, [])
    const bytes = one(4, { managedKeyed: handle })
    const counted = {
      fileCount: 2 * paths.size + 1,
      absoluteFiles: 2 * paths.size,
      relativeFiles: paths.size + 1,
    }
    for (const files of [true, false]) {
      const whole = await readMetadata(sourceOf(bytes), 'it', { files })
      const { fileCount, absoluteFiles, relativeFiles } = whole
      assert.deepEqual({ fileCount, absoluteFiles, relativeFiles }, counted)
    }
  })

  it('has what the changelog backend writes: what is materialized and what changed since', async () => {
    for (const type of [8, 14] as const) {
      const changes = w.changesInMemory([
        [-1, Buffer.concat([i32(6), w.keyedState('late', 'LIST')])],
        [3, four],
      ])
      const handle = w.changelog(
        type,
        [w.keyGroups(3, w.relative('a', 10))],
        [changes, w.changesInFiles(10, [w.relative('b', 500)], 60), w.changesInFiles(13, [w.none], 7)],
      )
      const inMemory = 4 + 4 + w.keyedState('late', 'LIST').length
      assert.deepEqual(await keyed(handle), counted(10 + inMemory + 60 + 7, 2, 0, 510))
      assert.deepEqual(seen(await read(one(4, { managedKeyed: handle })))[0]?.states, [
        'late LIST value=LongSerializerSnapshot namespace=VoidNamespaceSerializerSnapshot',
      ])
    }
  })

  it('has files of changes that are larger than their handles say', async () => {
    const handle = w.changelog(14, [], [w.changesInFiles(13, [w.absolute('file:/changes', 50)], 50)])
    const { files, fileBytes } = await read(one(4, { managedKeyed: handle }))
    assert.deepEqual(files?.map(asPlain), [
      { path: 'file:/changes', relative: false, bytes: undefined, references: 1 },
    ])
    assert.equal(fileBytes, 50)
  })

  it('of Flink 1.20 has files that several handles share', async () => {
    const managedOperator = w.mergedOperatorHandle({ list: 0 }, w.segment('file:/merged', 0, 10))
    const managedKeyed = w.keyGroups(12, w.segment('file:/merged', 10, 30))
    const rawKeyed = w.keyGroups(12, w.emptySegment)
    const got = await read(one(4, { managedOperator, managedKeyed, rawKeyed }))
    const { stateBytes, absoluteFiles, fileCount, fileBytes, relocatable, files } = got
    assert.deepEqual(
      { stateBytes, absoluteFiles, fileCount, fileBytes, relocatable },
      { stateBytes: 40, absoluteFiles: 2, fileCount: 1, fileBytes: 40, relocatable: false },
    )
    assert.deepEqual(files?.map(asPlain), [
      { path: 'file:/merged', relative: false, bytes: undefined, references: 2 },
    ])
  })

  it('that is an unaligned checkpoint has records in flight, counted by what each handle says', async () => {
    for (const version of [3, 5, 6]) {
      const shared = w.relative('in-flight', 1000)
      const merged = version === 6 ? [w.mergedChannel(3, 5, shared), w.mergedChannel(4, 5, shared)] : []
      const input = [w.channel(version, 1, 40, shared), w.channel(version, 1, 2, shared), ...merged]
      const got = await read(one(version, { input, output: [w.channel(version, 2, 300, shared)] }))
      assert.deepEqual(seen(got)[0]?.bytesByKind, {
        inputChannel: 42 + 5 * merged.length,
        resultSubpartition: 300,
      })
      assert.equal(got.fileCount, 1)
    }
  })

  it('tells which subtasks had finished, and which operators', async () => {
    const operators: w.WrittenOperator[] = [
      { id, subtasks: ['finished', {}, 'finished'] },
      { id, subtasks: 'finished' },
    ]
    const got = await read(w.metadataOf({ version: 3, operators }))
    assert.deepEqual(
      got.operators.map(({ subtaskEntries, finished, fullyFinished }) => [
        subtaskEntries,
        finished,
        fullyFinished,
      ]),
      [
        [3, 2, false],
        [-1, 0, true],
      ],
    )
  })

  it('tells its kind and format, and whether the job was stopped with it', async () => {
    const told = async (properties: Buffer) => {
      const { type, format, stopped, toldFrom } = await read(w.metadataOf({ version: 4, properties }))
      return [type, format, stopped, toldFrom]
    }
    assert.deepEqual(await told(w.properties('SavepointType', 'Savepoint', 'CANONICAL')), [
      ...['savepoint', 'CANONICAL', undefined, 'properties'],
    ])
    assert.deepEqual(await told(w.properties('SavepointType', 'Suspend Savepoint', 'NATIVE')), [
      ...['savepoint', 'NATIVE', 'suspended', 'properties'],
    ])
    assert.deepEqual(await told(w.properties('SavepointType', 'Terminate Savepoint', 'NATIVE')), [
      ...['savepoint', 'NATIVE', 'terminated', 'properties'],
    ])
    assert.deepEqual(await told(w.properties('CheckpointType', 'Checkpoint')), [
      ...['checkpoint', undefined, undefined, 'properties'],
    ])
    assert.deepEqual(await told(u8(0x70)), [undefined, undefined, undefined, undefined])
    const { type, format, toldFrom } = await read(
      one(3, { managedKeyed: w.keyGroups(7, w.relative('a', 1)) }),
    )
    assert.deepEqual([type, format, toldFrom], ['savepoint', 'CANONICAL', 'handles'])
  })

  it('names its operator state, and the serializers where they are held in the file', async () => {
    const managedOperator = w.operatorHandle({ rules: 2, rest: 0 }, w.inline(w.broadcastState('rules')))
    assert.deepEqual(seen(await read(one(4, { managedOperator })))[0]?.states, [
      'rules BROADCAST key=StringSerializerSnapshot value=LongSerializerSnapshot',
      'rest SPLIT_DISTRIBUTE ',
    ])
  })

  it('names serializers whose classes have no package, or names in another alphabet', async () => {
    const classes = ['OrdersSnapshot', 'org.example.Aufträge$Snapshot', 'com.例.注文Snapshot', 'a.b$$anon$1']
    const written = (name: string) => Buffer.from(name).toString('latin1')
    const states = classes.map((name, at) => w.keyedState(`state-${at}`, 'VALUE', written(name)))
    const stream = w.inline(Buffer.concat([i32(6), u8(0), ...states]))
    const { operators } = await read(one(4, { managedKeyed: w.keyGroups(3, stream) }))
    const found = [...(operators[0]?.tally.states.values() ?? [])].map(({ serializers }) => serializers[0])
    assert.deepEqual(
      found,
      classes.map(snapshot => ({ for: 'value', snapshot, version: 3 })),
    )
  })

  it('is read in modified UTF-8: NUL, and characters beyond the first plane', async () => {
    const modified = Buffer.from('c080' + 'c3a4' + 'eda0bdedb880' + '61', 'hex')
    const name = Buffer.concat([Buffer.from([0, modified.length]), modified])
    const bytes = w.metadataOf({ version: 5, operators: [{ id, name: 'x', uid: '', subtasks: [] }] })
    const at = bytes.indexOf(utf('x'))
    const got = await read(Buffer.concat([bytes.subarray(0, at), name, bytes.subarray(at + 3)]))
    assert.equal(got.operators[0]?.name, '\0ä😀a')
  })

  it('of the sandbox’s Flink is one', async () => {
    const got = await read(encodeMetadata({ checkpointId: 5n, operatorId: id, counter: 1n }))
    assert.deepEqual(
      [got.checkpointId, got.stateBytes, seen(got)[0]?.states],
      [5, 8, ['counter SPLIT_DISTRIBUTE ']],
    )
  })

  it('is the same in whatever pieces it comes', async () => {
    const bytes = one(6, {
      managedKeyed: w.keyGroups(7, w.inline(Buffer.concat([description, Buffer.alloc(300_000)]))),
    })
    const whole = await read(bytes)
    assert.deepEqual(await readMetadata(sourceOf(bytes, 7), 'it', { files: true }), whole)
    assert.deepEqual(await readMetadata(sourceOf(bytes, 65_536), 'it', { files: true }), whole)
  })

  it('with gigabytes of state in it is read without them', async () => {
    const state = 1_900_000_000
    const head = one(3, { managedOperator: w.operatorHandle({ list: 0 }, w.inline(four)) })
    const at = head.indexOf(four)
    const before = Buffer.concat([head.subarray(0, at - 4), i32(state)])
    const after = head.subarray(at + four.length)
    let asked = 0
    const source = {
      size: before.length + state + after.length,
      async read(offset: number, into: Uint8Array) {
        asked += into.length
        into.fill(0)
        before.copy(into, 0, Math.min(offset, before.length))
        const tail = offset - before.length - state
        if (tail >= 0) return after.copy(into, 0, tail)
        const from = -tail
        if (from < into.length) after.copy(into, from)
        return into.length
      },
    }
    const got = await readMetadata(source, 'it')
    assert.equal(got.stateBytes, state)
    assert(asked < 2 ** 20, `${asked} bytes were read`)
  })
})

describe('What is no savepoint', () => {
  it('is refused, and so is another version', async () => {
    assert.equal(
      await refusal(Buffer.alloc(0)),
      'error: cannot read it: this is no _metadata file of Flink: it has 0 bytes',
    )
    assert.equal(
      await refusal(Buffer.from('{"kind": "Savepoint"}')),
      'error: cannot read it: this is no _metadata file of Flink: it does not begin as one',
    )
    assert.equal(
      await refusal(w.metadataOf({ version: 1 })),
      'error: cannot read it: it has format version 1, which Flink 1.2 and before wrote; versions 2 to 6 can be read (Flink 1.3 and later)',
    )
    assert.equal(
      await refusal(w.metadataOf({ version: 7 })),
      'error: cannot read it: it has format version 7, which is not known; versions 2 to 6 can be read (Flink 1.3 and later)',
    )
  })
})

function asPlain({ path, relative, bytes, references }: Reference): Reference {
  return { path, relative, bytes, references }
}
