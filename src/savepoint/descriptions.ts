import type { InspectedState, Serializer } from '../domain/inspection.ts'
import { modifiedUtf8 } from './primitives.ts'

// KeyedBackendSerializationProxy, OperatorBackendSerializationProxy and StateMetaInfoSnapshotReadersWriters (flink-runtime)
// write each state as: name, kind, options, and the snapshots of its serializers, whose own content has no length and is known to
// its class alone. So descriptions are searched for, by the words that only they have.

interface Found {
  readonly keySerializer?: Serializer
  readonly states: readonly InspectedState[]
}

interface Place {
  readonly name: string
  readonly type?: string
  /** Where its name begins, and where what follows its options. */
  readonly from: number
  readonly to: number
}

const roles = {
  KEY_SERIALIZER: 'key',
  VALUE_SERIALIZER: 'value',
  NAMESPACE_SERIALIZER: 'namespace',
} as const

/** What the first bytes of a backend's stream say of its states. */
export function descriptionIn(bytes: Buffer, scope: InspectedState['scope']): Found {
  const places = placesIn(bytes, scope).toSorted((a, b) => a.from - b.from)
  const states = places.map(({ name, type, to }, at): InspectedState => {
    const end = places[at + 1]?.from ?? bytes.length
    return { name, scope, ...(type !== undefined && { type }), serializers: serializersIn(bytes, to, end) }
  })
  const keySerializer = scope === 'keyed' ? keySerializerOf(bytes) : undefined
  return { states, ...(keySerializer && { keySerializer }) }
}

function placesIn(bytes: Buffer, scope: InspectedState['scope']): Place[] {
  if (scope === 'operator') return optionPlaces(bytes, 'OPERATOR_STATE_DISTRIBUTION_MODE')
  return [...optionPlaces(bytes, 'KEYED_STATE_TYPE'), ...timerPlaces(bytes)]
}

/** name, i32 kind, i32 1, option, value. */
function optionPlaces(bytes: Buffer, option: string): Place[] {
  const places: Place[] = []
  const word = written(option)
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) {
    const name = textBefore(bytes, at - 8)
    const value = textAt(bytes, at + word.length)
    if (name === undefined || value === undefined) continue
    const to = at + word.length + 2 + value.length
    places.push({ name: name.text, type: value, from: name.from, to })
  }
  return places
}

const timers = '_timer_state/'

/** name, i32 kind 3 (a queue), i32 0. */
function timerPlaces(bytes: Buffer): Place[] {
  const places: Place[] = []
  for (let at = bytes.indexOf(timers); at >= 0; at = bytes.indexOf(timers, at + 1)) {
    const name = textAt(bytes, at - 2)
    if (!name?.startsWith(timers)) continue
    const to = at + Buffer.byteLength(name)
    if (to + 8 > bytes.length || bytes.readInt32BE(to) !== 3) continue
    places.push({ name, type: 'TIMERS', from: at - 2, to: to + 8 })
  }
  return places
}

/** role, i32 version of the envelope, class of the snapshot, i32 its version. */
function serializersIn(bytes: Buffer, from: number, to: number): Serializer[] {
  const own = bytes.subarray(from, to) // To look further would take the square of the time.
  return Object.entries(roles).flatMap(([word, role]) => {
    const key = written(word)
    const at = own.indexOf(key)
    if (at < 0) return []
    const found = snapshotAt(bytes, from + at + key.length + 4)
    return found ? [{ for: role, ...found }] : []
  })
}

/** i32 version (6 and up have snapshots), u8 whether key groups are compressed, i32 of the envelope, class, i32 its version. */
function keySerializerOf(bytes: Buffer): Serializer | undefined {
  if (bytes.length < 4) return undefined
  const version = bytes.readInt32BE(0)
  const found = version >= 6 && version < 100 ? snapshotAt(bytes, 9) : undefined
  return found && { for: 'key', ...found }
}

/** In any alphabet, and without a package, too (Java Language Specification, 3.8). V8 takes 1 ms for the sets of all alphabets: only where they are needed. */
function isClassName(text: string): boolean {
  if (/^[A-Za-z_$][\w$]*([.][A-Za-z_$][\w$]*)*$/.test(text)) return true
  return /^[\p{L}\p{Nl}_$][\p{L}\p{N}\p{M}\p{Pc}\p{Sc}]*([.][\p{L}\p{Nl}_$][\p{L}\p{N}\p{M}\p{Pc}\p{Sc}]*)*$/u.test(
    text,
  )
}

function snapshotAt(bytes: Buffer, at: number): Pick<Serializer, 'snapshot' | 'version'> | undefined {
  const snapshot = textAt(bytes, at)
  if (snapshot === undefined || !isClassName(snapshot)) return undefined
  const end = at + 2 + bytes.readUInt16BE(at)
  if (end + 4 > bytes.length) return undefined
  return { snapshot, version: bytes.readInt32BE(end) }
}

const longestName = 1024

/** The text that ends before `end`: the shortest whose length stands in front of it. */
function textBefore(bytes: Buffer, end: number): { text: string; from: number } | undefined {
  if (end > bytes.length) return undefined
  for (let length = 1; length <= longestName && end - length - 2 >= 0; length++) {
    if (bytes.readUInt16BE(end - length - 2) !== length) continue
    const text = modifiedUtf8(bytes.subarray(end - length, end))
    return text === undefined ? undefined : { text, from: end - length - 2 }
  }
  return undefined
}

function textAt(bytes: Buffer, at: number): string | undefined {
  if (at < 0 || at + 2 > bytes.length) return undefined
  const length = bytes.readUInt16BE(at)
  if (length === 0 || length > longestName || at + 2 + length > bytes.length) return undefined
  return modifiedUtf8(bytes.subarray(at + 2, at + 2 + length))
}

/** As DataOutputStream.writeUTF writes ASCII. */
function written(text: string): Buffer {
  const bytes = Buffer.alloc(2 + text.length)
  bytes.writeUInt16BE(text.length)
  bytes.write(text, 2, 'latin1')
  return bytes
}
