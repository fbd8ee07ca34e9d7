import { failure } from '../../domain/failure.ts'
import type { Places } from '../../domain/places.ts'

/** More than all uids of any job. */
const mostBytes = 1024 * 1024

/** The uids in a file of the user's, one on each line. */
export async function uidsIn(places: Places, path: string): Promise<readonly string[]> {
  const file = await places.open(path)
  try {
    if (file.size > mostBytes) throw failure('not-asked', `cannot use ${path}: it is larger than 1 MiB`)
    const bytes = new Uint8Array(file.size)
    let filled = 0
    while (filled < bytes.length) {
      const came = await file.read(filled, bytes.subarray(filled))
      if (came === 0) break
      filled += came
    }
    const uids = linesOf(new TextDecoder().decode(bytes.subarray(0, filled)))
    if (uids.length === 0) throw failure('not-asked', `cannot use ${path}: there is no uid in it`)
    return uids
  } finally {
    await file.close()
  }
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(line => line !== '')
}
