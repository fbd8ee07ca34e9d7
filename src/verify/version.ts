import type { Inspection } from '../domain/inspection.ts'
import type { VerificationCheck } from '../domain/verification.ts'

/** The first release that reads a format version (flink-runtime MetadataSerializers). */
const readers: Readonly<Record<number, string>> = { 2: '1.3', 3: '1.11', 4: '1.16', 5: '2.0', 6: '2.1' }

/** The first release that knows a type of handle (flink-runtime MetadataV2V3SerializerBase): it may be newer than the version of the file. */
const handleReaders: Readonly<Record<string, string>> = {
  ...{ k7: '1.13', k11: '1.15', k12: '1.15', k13: '1.16', k14: '1.16' },
  ...{ s15: '1.20', s16: '1.20', o17: '1.20' },
}

interface Versioned extends Pick<Inspection, 'formatVersion' | 'flinkVersions'> {
  readonly handleTypes?: Inspection['handleTypes']
}

/** Can this release of Flink read the file? */
export function versionCheck(savepoint: Versioned, flinkVersion: string | undefined): VerificationCheck {
  const format = `format version ${savepoint.formatVersion}`
  const first = firstReader(savepoint)
  const order = flinkVersion === undefined ? undefined : compared(flinkVersion, first)
  if (order === undefined)
    return {
      check: 'Version',
      result: 'Unknown',
      message: `${format} is read by Flink ${first} and later; which Flink the job has is not known`,
    }
  if (order >= 0)
    return { check: 'Version', result: 'Holds', message: `Flink ${flinkVersion} reads ${format}` }
  return {
    check: 'Version',
    result: 'Fails',
    message: `it is read by Flink ${first} and later (${format}), and the job has ${flinkVersion}`,
  }
}

/** State of Flink 1 is read by Flink 2, and not promised to be understood (release notes of Flink 2.0: Kryo 5, new collection serializers). */
export function versionWarnings(
  { formatVersion }: Versioned,
  flinkVersion: string | undefined,
): readonly string[] {
  const major = Number(/^(\d+)\./.exec(flinkVersion ?? '')?.[1] ?? 0)
  if (formatVersion >= 5 || major < 2) return []
  return [
    'it was written by Flink 1: Flink 2 does not promise to understand its state (Kryo and collections)',
  ]
}

function firstReader({ formatVersion, handleTypes = {} }: Versioned): string {
  const all = [
    readers[formatVersion] ?? '0',
    ...Object.keys(handleTypes).map(type => handleReaders[type] ?? '0'),
  ]
  return all.reduce((first, next) => ((compared(next, first) ?? 0) > 0 ? next : first))
}

/** By major and minor; undefined: this is no version. */
function compared(one: string, other: string): number | undefined {
  const [a, b] = [one, other].map(text => /^v?(\d{1,4})(?:[._](\d{1,4}))?/.exec(text))
  if (!a || !b) return undefined
  return Number(a[1]) - Number(b[1]) || Number(a[2] ?? 0) - Number(b[2] ?? 0)
}
