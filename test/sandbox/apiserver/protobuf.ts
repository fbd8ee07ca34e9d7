import type { Json } from './object.ts'
import { type Field, messages, metadata } from './protobuf-messages.ts'
import { ApiError } from './status.ts'

// kubectl's typed commands (create configmap, auth can-i) send their objects so, and take JSON for an answer.
export const protobufType = 'application/vnd.kubernetes.protobuf'
const magic = Buffer.from('k8s\0')

/** A Kubernetes object out of its protobuf envelope (runtime.Unknown), for the kinds this server can read so; else 415. */
export function decodeProtobuf(bytes: Buffer): Json {
  if (!bytes.subarray(0, 4).equals(magic)) throw notRead()
  const envelope = decode(bytes.subarray(4), {
    1: ['typeMeta', { 1: ['apiVersion', 'text'], 2: ['kind', 'text'] }],
    2: ['raw', 'bytes'],
  })
  const { apiVersion, kind } = envelope['typeMeta'] as Json
  const message = messages[String(kind)]
  if (!message) throw notRead()
  const object = decode(Buffer.from(String(envelope['raw'] ?? ''), 'base64'), {
    1: ['metadata', metadata],
    ...message,
  })
  return { apiVersion, kind, ...object }
}

const notRead = () =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json',
  )

/** Reads the fields that `fields` names; skips the others. */
function decode(bytes: Buffer, fields: Record<number, Field>): Json {
  const result: Json = {}
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const [number, wireType] = [Math.floor(tag / 8), tag % 8]
    // Kubernetes' types have varints and byte strings only.
    if (wireType !== 0 && wireType !== 2) throw notRead()
    const value = wireType === 0 ? varint() : chunk(varint())
    const field = fields[number]
    if (field) put(result, field, value)
  }
  return result

  function chunk(length: number) {
    at += length
    return bytes.subarray(at - length, at)
  }
}

function put(result: Json, [name, type, shape]: Field, raw: number | Buffer): void {
  if (shape === 'list') {
    const list = (result[name] ?? []) as unknown[]
    result[name] = [...list, read(type, raw)]
  } else if (shape === 'map') {
    const { key, value: entry } = decode(raw as Buffer, { 1: ['key', 'text'], 2: ['value', type] })
    result[name] = { ...(result[name] as Json | undefined), [String(key)]: entry ?? '' }
  } else {
    const value = read(type, raw)
    // Go writes empty strings too; JSON leaves them out.
    if (value !== '') result[name] = value
  }
}

function read(type: Field[1], raw: number | Buffer): unknown {
  if (typeof raw === 'number') return type === 'flag' ? raw === 1 : raw
  if (type === 'text') return raw.toString('utf8')
  if (type === 'bytes') return raw.toString('base64')
  return typeof type === 'object' ? decode(raw, type) : undefined
}
