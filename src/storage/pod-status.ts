import type { Failure } from '../domain/failure.ts'
import type { FileStatus } from '../domain/places.ts'

/** What a line of a script in a pod says of a path; undefined: nothing is there. Throws what `unreadable` makes of a reason. */
export function statusIn(
  line: string,
  path: string,
  unreadable: (path: string, why: string) => Failure,
): FileStatus | undefined {
  if (line === 'absent') return undefined
  const status = statusOf(line, path)
  if (status) return status
  throw unreadable(
    path,
    line.startsWith('! ') ? line.slice(2, 200) : 'the command there did not say what it is',
  )
}

/** The entries of a directory that a script has listed, each ended by two slashes. */
export function entriesIn(bytes: Buffer, locationOf: (name: string) => string): FileStatus[] {
  return bytes
    .toString('utf8')
    .split('//\n')
    .flatMap(entry => {
      const [, told = '', name = ''] = /^(\S+ \S+ \S+) \.\/(.+)$/s.exec(entry) ?? []
      return name === '' || name.includes('/') ? [] : (statusOf(told, locationOf(name)) ?? [])
    })
}

/** `81a4 4096 1700000000`: mode (in hexadecimal digits), bytes, seconds. */
function statusOf(line: string, location: string): FileStatus | undefined {
  const [, mode, bytes, seconds] = /^([0-9a-f]{1,8}) (\d{1,16}) (-?\d{1,12})$/.exec(line) ?? []
  if (mode === undefined) return undefined
  const modifiedAt = Number(seconds) * 1000
  switch (Number.parseInt(mode, 16) & 0xf000) {
    case 0x8000:
      return { location, kind: 'file', sizeBytes: Number(bytes), modifiedAt }
    case 0x4000:
      return { location, kind: 'directory', modifiedAt }
    default:
      return { location, kind: 'other', modifiedAt }
  }
}
