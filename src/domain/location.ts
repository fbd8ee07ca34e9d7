/**
 * One spelling for one place, to compare by: `file:/x` = `file:///x`, s3 = s3a = s3p, no trailing `/` or
 * `/_metadata` (Flink's Path collapses slashes and accepts the directory or its `_metadata`; the s3 schemes name the same bucket).
 */
export function normalisedLocation(location: string): string {
  const path = location.replace(/\/+_metadata\/*$/, '').replace(/(?<=[^:/])\/+$/, '')
  const [, scheme = '', rest = path] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/.exec(path) ?? []
  if (scheme === '') return `file:${collapsed(path)}`
  if (scheme.toLowerCase() === 'file') return `file:${collapsed(rest.replace(/^\/\/(localhost)?\//, '/'))}`
  const [, authority = '', key = ''] = /^\/\/([^/]*)(.*)$/.exec(rest) ?? ['', '', rest]
  return `${canonicalScheme(scheme.toLowerCase())}://${authority}${collapsed(key)}`
}

export function sameLocation(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && normalisedLocation(a) === normalisedLocation(b)
}

/** Is `location` somewhere below `directory`? Told on normalised spellings, segment by segment. */
export function isBelow(location: string, directory: string): boolean {
  const parent = normalisedLocation(directory).replace(/\/$/, '')
  const child = normalisedLocation(location)
  return child.startsWith(`${parent}/`) && !child.split('/').includes('..')
}

function canonicalScheme(scheme: string): string {
  return scheme === 's3a' || scheme === 's3p' ? 's3' : scheme
}

function collapsed(path: string): string {
  return path.replace(/\/{2,}/g, '/')
}
