import type { ByteSource } from '../../src/domain/byte-source.ts'
import type { Failure } from '../../src/domain/failure.ts'
import { type Metadata, readMetadata } from '../../src/savepoint/read.ts'

/** Bytes as a file, given at most so many at a time. */
export function sourceOf(bytes: Buffer, atOnce = Number.MAX_SAFE_INTEGER): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, into) =>
      bytes.copy(into, 0, offset, Math.min(bytes.length, offset + Math.min(into.length, atOnce))),
  }
}

export function read(bytes: Buffer): Promise<Metadata> {
  return readMetadata(sourceOf(bytes), 'it', { files: true })
}

/** The message of the Failure; anything else that is thrown is a bug. */
export async function refusal(bytes: Buffer): Promise<string> {
  return await read(bytes).then(
    () => 'read',
    (error: Failure) => {
      if (error.name !== 'Failure' || error.code !== 'not-asked') throw error
      return error.message
    },
  )
}

/** Of an operator, what is there. */
export function seen({ operators }: Metadata) {
  return operators.map(({ tally, bytesByKind, ...operator }) => ({
    ...operator,
    bytesByKind: Object.fromEntries(Object.entries(bytesByKind).filter(([, bytes]) => bytes > 0)),
    states: [...tally.states.values()].map(
      ({ name, type, serializers }) =>
        `${name} ${type} ${serializers.map(({ for: role, snapshot }) => `${role}=${snapshot.replace(/^.*\$/, '')}`).join(' ')}`,
    ),
  }))
}
