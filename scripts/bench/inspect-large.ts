import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { i32, i64, u8, utf } from '../../test/sandbox/flink/metadata.ts'
import * as w from '../../test/savepoint/writer.ts'

/** A `_metadata` of about 100 MB with 200,000 state handles, and what fills it. */
export interface Large {
  readonly name: string
  readonly what: string
  /** One subtask's keyed state: so many handles, of so many bytes each. */
  readonly keyed: (subtask: number) => Buffer
}

const handlesOfSubtask = 100
/** Of each handle; the paths and all that a handle has besides are filled up to it. */
const bytesOfHandle = 500

const bucket =
  's3://a-bucket-of-the-company/flink/production/checkpoints/9e18807c01687943f7263a1a4a27b989/shared'

export const largeFiles: readonly Large[] = [
  {
    name: 'paths',
    what: 'incremental checkpoint, each file by its whole path',
    keyed: subtask => ofFiles(subtask, file => w.absolute(path(subtask, file), 40_000_000 + file)),
  },
  {
    name: 'offsets',
    what: 'offsets of key groups, files beside it',
    keyed: subtask =>
      w.changelog(
        14,
        Array.from({ length: handlesOfSubtask }, (_, file) => keyGroups(subtask, file)),
        [],
      ),
  },
  {
    name: 'inline',
    what: 'state held in the file itself',
    keyed: subtask => ofFiles(subtask, () => w.inline(Buffer.alloc(bytesOfHandle - 40))),
  },
]

function ofFiles(subtask: number, stream: (file: number) => Buffer): Buffer {
  const files = Array.from({ length: handlesOfSubtask }, (_, file) => stream(file))
  return w.incremental(11, w.relative(`meta-${subtask}`, 2_000), files, [])
}

/** Under a long prefix of a bucket, so that the handle has its bytes. */
function path(subtask: number, file: number): string {
  const name = `/${subtask}-${file}-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9`
  return (
    bucket +
    '/part-of-a-long-prefix'.repeat(16).slice(0, bytesOfHandle - 24 - bucket.length - name.length) +
    name
  )
}

function keyGroups(subtask: number, file: number): Buffer {
  const offsets = Array.from({ length: 50 }, (_, group) => i64(BigInt(group * 1_000)))
  const stream = w.relative(`${subtask}-${file}-0a1b2c3d-4e5f-6071`, 1_000_000)
  return Buffer.concat([
    u8(12),
    i32(0),
    i32(offsets.length),
    ...offsets,
    stream,
    utf('a0b1c2d3-e4f5-0617-2839'),
  ])
}

/** Writes it into a directory, operator by operator; of 20 operators with 100 subtasks, or fewer for a small one. */
export function writeLarge({ keyed }: Large, directory: string, operators = 20, subtasks = 100): number {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, '_metadata')
  const out = openSync(file, 'w')
  const empty = w.metadataOf({ version: 4, checkpointId: 4711 })
  writeSync(out, Buffer.concat([empty.subarray(0, 20), i32(operators)]))
  for (let operator = 0; operator < operators; operator++) {
    writeSync(out, operatorOf(operator, subtasks, keyed))
  }
  writeSync(out, empty.subarray(24))
  closeSync(out)
  return statSync(file).size
}

/** One operator as a file of its own has it, without that file's beginning and end. */
function operatorOf(operator: number, subtasks: number, keyed: Large['keyed']): Buffer {
  const first = operator * subtasks
  const all = Array.from({ length: subtasks }, (_, at) => ({ managedKeyed: keyed(first + at) }))
  const id = operator.toString(16).padStart(32, 'a')
  const whole = w.metadataOf({
    version: 4,
    operators: [{ id, parallelism: subtasks, maxParallelism: 1024, subtasks: all }],
  })
  return whole.subarray(24, whole.length - 5)
}
