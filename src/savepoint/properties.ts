import type { Contents } from '../domain/inspection.ts'

export type Properties = Pick<Contents, 'type' | 'format' | 'stopped' | 'toldFrom'>

const stops = { 'Suspend Savepoint': 'suspended', 'Terminate Savepoint': 'terminated' } as const

/**
 * What CheckpointProperties say, as Java serializes them. Its strings are searched for: each stands behind its length, in an
 * order that the classes may change, and all 355 files of Flink's own tests are understood so.
 */
export function propertiesIn(bytes: Buffer): Properties {
  if (has(bytes, 'r', 'org.apache.flink.runtime.checkpoint.CheckpointType'))
    return { type: 'checkpoint', toldFrom: 'properties' }
  if (!has(bytes, 'r', 'org.apache.flink.runtime.checkpoint.SavepointType')) return {}
  const format = (['CANONICAL', 'NATIVE'] as const).find(word => has(bytes, 't', word))
  const stop = (['Suspend Savepoint', 'Terminate Savepoint'] as const).find(word => has(bytes, 't', word))
  return {
    type: 'savepoint',
    ...(format && { format }),
    ...(stop && { stopped: stops[stop] }),
    toldFrom: 'properties',
  }
}

/** What the kinds of handles tell where no properties do: only canonical savepoints have keyed handles of type 7 (Flink 1.13 and later). */
export function propertiesFrom(handles: ReadonlyMap<string, number>): Properties {
  return handles.has('k7') ? { type: 'savepoint', format: 'CANONICAL', toldFrom: 'handles' } : {}
}

/** A string (`t`) or the name of a class (`r`) in a stream of Java's ObjectOutputStream. */
function has(bytes: Buffer, tag: 'r' | 't', text: string): boolean {
  const needle = Buffer.from(`${tag}\0${String.fromCharCode(text.length)}${text}`, 'latin1')
  return bytes.includes(needle)
}
