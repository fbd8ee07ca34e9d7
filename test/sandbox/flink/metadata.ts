/**
 * Flink's `_metadata` file, format version 4 (Flink 1.16 to 1.20), as small as a correct one can be: one operator with
 * one subtask whose operator state `counter` is held inline (flink-runtime MetadataV4Serializer, MetadataV2V3SerializerBase).
 */
export interface StubMetadata {
  readonly checkpointId: bigint
  /** 32 hex characters. */
  readonly operatorId: string
  readonly counter: bigint
}

const magic = 0x4960672d
const version = 4
const maxParallelism = 128
/** Handle types of MetadataV2V3SerializerBase. */
const nullHandle = 0
const byteStreamHandle = 1
const partitionableOperatorState = 4
/** ObjectOutputStream's header and TC_NULL: CheckpointProperties written as null, as the State Processor API does. */
const nullProperties = Buffer.from([0xac, 0xed, 0x00, 0x05, 0x70])

/** The bytes of a `_metadata` file. */
export function encodeMetadata({ checkpointId, operatorId, counter }: StubMetadata): Buffer {
  return Buffer.concat([
    i32(magic),
    i32(version),
    i64(checkpointId),
    i32(0), // master states
    i32(1), // operators
    Buffer.from(operatorId, 'hex'),
    i32(1), // parallelism
    i32(maxParallelism),
    u8(nullHandle), // coordinator state
    i32(1), // subtasks with state
    i32(0), // subtask index
    i32(1), // managed operator state follows
    operatorState('counter', i64(counter)),
    i32(0), // no raw operator state
    u8(nullHandle), // managed keyed state
    u8(nullHandle), // raw keyed state
    i32(0), // input channel state
    i32(0), // result subpartition state
    nullProperties,
  ])
}

function operatorState(name: string, bytes: Buffer): Buffer {
  const splitDistribute = 0
  return Buffer.concat([
    u8(partitionableOperatorState),
    i32(1), // states
    utf(name),
    u8(splitDistribute),
    i32(1), // offsets
    i64(0n),
    u8(byteStreamHandle),
    utf(name),
    i32(bytes.length),
    bytes,
  ])
}

/** What `encodeMetadata` wrote; throws Flink's own words for a file that it could not have written. */
export function decodeMetadata(file: Buffer): StubMetadata {
  if (file.length < 16 || file.readInt32BE(0) !== magic) {
    throw new Error(
      'Unexpected magic number. This can have multiple reasons: (1) You are trying to load a Flink 1.0 savepoint, which is not supported by this version of Flink.',
    )
  }
  if (file.readInt32BE(4) !== version) {
    throw new Error(`Unrecognized checkpoint version number: ${file.readInt32BE(4)}`)
  }
  const operatorId = file.subarray(24, 40).toString('hex')
  const empty = encodeMetadata({ checkpointId: 0n, operatorId, counter: 0n })
  if (file.length !== empty.length) throw new Error('not a savepoint of the Flink stub')
  const counterAt = file.length - nullProperties.length - 4 - 4 - 1 - 1 - 4 - 8
  return { checkpointId: file.readBigInt64BE(8), operatorId, counter: file.readBigInt64BE(counterAt) }
}

export function u8(value: number): Buffer {
  return Buffer.from([value])
}

export function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

export function i64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

/** DataOutputStream.writeUTF, for ASCII. */
export function utf(text: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length)
  return Buffer.concat([length, Buffer.from(text, 'latin1')])
}
