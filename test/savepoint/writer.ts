import { i32, i64, u8, utf } from '../sandbox/flink/metadata.ts'

/** Bytes of handles, put together by the functions below as Flink's MetadataV2Serializer to MetadataV6Serializer write them. */
export type Bytes = Buffer

export interface WrittenOperator {
  readonly name?: string
  readonly uid?: string
  readonly id: string
  readonly parallelism?: number
  readonly maxParallelism?: number
  /** Since version 3. */
  readonly coordinator?: Bytes
  /** `finished`: the operator has. */
  readonly subtasks: readonly WrittenSubtask[] | 'finished'
}

/** `finished`: the subtask has. */
export type WrittenSubtask =
  | 'finished'
  | {
      readonly managedOperator?: Bytes
      readonly rawOperator?: Bytes
      readonly managedKeyed?: Bytes
      readonly rawKeyed?: Bytes
      readonly input?: readonly Bytes[]
      readonly output?: readonly Bytes[]
    }

export interface Written {
  readonly version: number
  readonly checkpointId?: number
  readonly masters?: readonly string[]
  readonly operators?: readonly WrittenOperator[]
  /** From version 4 on; without them null, as the State Processor API writes. */
  readonly properties?: Bytes
}

/** A `_metadata` file. */
export function metadataOf(written: Written): Buffer {
  const { version, checkpointId = 7, masters = [], operators = [], properties = u8(0x70) } = written
  return Buffer.concat([
    i32(0x4960672d),
    i32(version),
    i64(BigInt(checkpointId)),
    ...counted(masters.map(masterState)),
    ...counted(operators.map(each => operator(version, each))),
    ...(version >= 4 ? [Buffer.from('aced0005', 'hex'), properties] : []),
  ])
}

function masterState(name: string): Bytes {
  const rest = Buffer.concat([i32(1), utf(name), ...counted([u8(1), u8(2)])])
  return Buffer.concat([Buffer.from('c96b1696', 'hex'), i32(rest.length), rest])
}

function operator(version: number, written: WrittenOperator): Bytes {
  const { name = '', uid = '', id, parallelism = 2, maxParallelism = 128, coordinator, subtasks } = written
  const entries =
    subtasks === 'finished' ? [i32(-1)] : counted(subtasks.map((each, i) => subtask(version, each, i)))
  return Buffer.concat([
    ...(version >= 5 ? [utf(name), utf(uid)] : []),
    Buffer.from(id, 'hex'),
    i32(parallelism),
    i32(maxParallelism),
    version === 2 ? i32(1) : (coordinator ?? none),
    ...entries,
  ])
}

function subtask(version: number, written: WrittenSubtask, index: number): Bytes {
  if (written === 'finished') return i32(-index - 1)
  const {
    managedOperator,
    rawOperator,
    managedKeyed = none,
    rawKeyed = none,
    input = [],
    output = [],
  } = written
  return Buffer.concat([
    i32(index),
    ...(version === 2 ? [i64(-1n), i32(0)] : []),
    ...flagged(managedOperator),
    ...flagged(rawOperator),
    managedKeyed,
    rawKeyed,
    ...(version === 2 ? [] : [...counted(input), ...counted(output)]),
  ])
}

function flagged(handle: Bytes | undefined): Bytes[] {
  return handle ? [i32(1), handle] : [i32(0)]
}

function counted(parts: readonly Bytes[]): Bytes[] {
  return [i32(parts.length), ...parts]
}

const noOffsets = counted([i64(0n), i64(8n)])
const keyGroupRange = [i32(0), ...noOffsets]

/** No handle. */
export const none: Bytes = u8(0)

// ---- stream handles

export function inline(bytes: Bytes, name = 'file:/not/there'): Bytes {
  return Buffer.concat([u8(1), utf(name), i32(bytes.length), bytes])
}
export function absolute(path: string, size: number): Bytes {
  return Buffer.concat([u8(2), i64(BigInt(size)), utf(path)])
}
export function relative(path: string, size: number): Bytes {
  return Buffer.concat([u8(6), utf(path), i64(BigInt(size))])
}
export function nested(stream: Bytes): Bytes {
  return Buffer.concat([u8(3), ...keyGroupRange, stream])
}
export function segment(path: string, start: number, size: number): Bytes {
  return Buffer.concat([u8(15), i64(BigInt(start)), i64(BigInt(size)), i32(1), utf(path), utf('logical')])
}
export const emptySegment: Bytes = u8(16)

// ---- operator handles

export function operatorHandle(states: Readonly<Record<string, 0 | 1 | 2>>, stream: Bytes): Bytes {
  return Buffer.concat([u8(4), ...distributed(states), stream])
}
export function mergedOperatorHandle(states: Readonly<Record<string, 0 | 1 | 2>>, stream: Bytes): Bytes {
  return Buffer.concat([
    u8(17),
    ...distributed(states),
    utf('file:/owned'),
    utf('file:/shared'),
    u8(0),
    stream,
  ])
}
function distributed(states: Readonly<Record<string, 0 | 1 | 2>>): Bytes[] {
  return counted(
    Object.entries(states).map(([name, mode]) => Buffer.concat([utf(name), u8(mode), ...noOffsets])),
  )
}

// ---- keyed handles

export function keyGroups(type: 3 | 7 | 12, stream: Bytes): Bytes {
  return Buffer.concat([u8(type), ...keyGroupRange, stream, ...(type === 12 ? [utf('handle')] : [])])
}
export function incremental(type: 5 | 11, meta: Bytes, shared: Bytes[], own: Bytes[]): Bytes {
  const list = (streams: Bytes[]) =>
    counted(streams.map(stream => Buffer.concat([utf('000012.sst'), stream])))
  return Buffer.concat([
    u8(type),
    i64(3n),
    utf('backend'),
    ...[i32(0), i32(128)],
    ...(type === 11 ? [i64(-1n)] : []),
    meta,
    ...list(shared),
    ...list(own),
    ...(type === 11 ? [utf('handle')] : []),
  ])
}
export function changelog(type: 8 | 14, materialized: Bytes[], delta: Bytes[]): Bytes {
  const ids = type === 14 ? [i64(1n), i64(2n)] : [i64(1n)]
  return Buffer.concat([
    u8(type),
    ...[i32(0), i32(128), i64(-1n)],
    ...counted(materialized),
    ...counted(delta),
    ...ids,
    utf('handle'),
  ])
}
export function changesInMemory(changes: readonly [keyGroup: number, bytes: Bytes][]): Bytes {
  const written = changes.map(([keyGroup, bytes]) => Buffer.concat([i32(keyGroup), i32(bytes.length), bytes]))
  return Buffer.concat([u8(9), i32(0), i32(128), i64(0n), i64(2n), ...counted(written), utf('handle')])
}
export function changesInFiles(type: 10 | 13, streams: Bytes[], size: number): Bytes {
  return Buffer.concat([
    u8(type),
    ...[i32(0), i32(128)],
    ...counted(streams.map(stream => Buffer.concat([i64(0n), stream]))),
    i64(BigInt(size)),
    i64(-1n),
    utf('handle'),
    ...(type === 13 ? [utf('filesystem')] : []),
  ])
}

// ---- channel handles

export function channel(version: number, type: 1 | 2, size: number, stream: Bytes): Bytes {
  return Buffer.concat([
    ...(version >= 6 ? [u8(type)] : []),
    ...[i32(0), i32(0), i32(1)],
    ...noOffsets,
    i64(BigInt(size)),
    stream,
  ])
}
export function mergedChannel(type: 3 | 4, size: number, stream: Bytes): Bytes {
  return Buffer.concat([u8(type), i32(0), i64(BigInt(size)), stream, i32(2), u8(1), u8(2)])
}

// ---- what streams begin with

/** A keyed backend's description of its states (KeyedBackendSerializationProxy, version 6). */
export function keyedDescription(states: Readonly<Record<string, string>>): Bytes {
  const entries = Object.entries(states)
  const count = Buffer.alloc(2)
  count.writeUInt16BE(entries.length)
  return Buffer.concat([
    ...[i32(6), u8(0), snapshot('String')],
    count,
    ...entries.map(([name, type]) => keyedState(name, type)),
  ])
}

/** One state of it. */
export function keyedState(name: string, type: string, value = snapshotOf('Long')): Bytes {
  if (type === 'TIMERS')
    return Buffer.concat([utf(name), i32(3), i32(0), i32(1), utf('VALUE_SERIALIZER'), snapshot('Timer')])
  return Buffer.concat([
    ...[utf(name), i32(0), i32(1), utf('KEYED_STATE_TYPE'), utf(type), i32(2)],
    ...[utf('VALUE_SERIALIZER'), i32(2), utf(value), i32(3)],
    ...[utf('NAMESPACE_SERIALIZER'), snapshot('VoidNamespace')],
  ])
}

/** An operator backend's description of one broadcast state. */
export function broadcastState(name: string): Bytes {
  return Buffer.concat([
    ...[i32(6), Buffer.from([0, 1])],
    ...[utf(name), i32(2), i32(1), utf('OPERATOR_STATE_DISTRIBUTION_MODE'), utf('BROADCAST'), i32(2)],
    ...[utf('KEY_SERIALIZER'), snapshot('String')],
    ...[utf('VALUE_SERIALIZER'), snapshot('Long')],
  ])
}

function snapshot(of: string): Bytes {
  return Buffer.concat([i32(2), utf(snapshotOf(of)), i32(3)])
}

function snapshotOf(of: string): string {
  return `org.example.${of}Serializer$${of}SerializerSnapshot`
}

/** CheckpointProperties as far as they are looked at: an object with one of a kind in it, which has the strings. */
export function properties(kind: 'SavepointType' | 'CheckpointType', ...strings: string[]): Bytes {
  const inner = javaObject(kind, strings.map(string))
  return javaObject('CheckpointProperties', [inner])
}

/** As ObjectOutputStream writes an object whose fields are objects. */
function javaObject(name: string, fields: readonly Bytes[]): Bytes {
  const described = fields.map((_, at) => Buffer.concat([u8(0x4c), utf(`field${at}`), string('Ljava/Any;')]))
  return Buffer.concat([
    ...[u8(0x73), u8(0x72), utf(`org.apache.flink.runtime.checkpoint.${name}`), i64(1n), u8(2)],
    ...[Buffer.from([0, fields.length]), ...described, u8(0x78), u8(0x70)],
    ...fields,
  ])
}

function string(text: string): Bytes {
  return Buffer.concat([u8(0x74), utf(text)])
}
