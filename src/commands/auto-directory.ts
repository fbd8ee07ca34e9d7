import { failure } from '../domain/failure.ts'
import { knownSchemes } from '../domain/file-systems.ts'

/** As people write them elsewhere. */
const meant: Readonly<Record<string, string>> = {
  gcs: 'gs',
  s3n: 's3',
  az: 'abfs',
  azure: 'abfs',
  adl: 'abfs',
}

const longest = 1_024

/** A directory that Flink may write savepoints to, as it was given; throws a usage Failure where it can be none. */
export function checkedDirectory(text: string): string {
  const bad = (why: string, ...hints: string[]) =>
    failure(
      'usage',
      `invalid argument ${JSON.stringify(text.slice(0, 200))} for "--directory" flag: ${why}`,
      ...hints,
    )
  if (text.trim() === '') throw failure('usage', '--directory must not be empty')
  if (text.length > longest) throw bad(`longer than ${longest} characters`)
  if (/[\p{Cc}\p{Cf}\p{Z}]/u.test(text)) throw bad('no blanks and no control characters')
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/.exec(text) ?? []
  if (scheme === undefined) {
    if (!text.startsWith('/'))
      throw bad('must be a whole path: a scheme and a bucket (gs://bucket/path), or begin with /')
  } else {
    const why = unknown(scheme) ?? misplaced(scheme, rest)
    if (why) throw bad(why, ...hintFor(scheme))
  }
  if (text.split('/').includes('..')) throw bad('must not have .. in it')
  return text
}

function unknown(scheme: string): string | undefined {
  return knownSchemes.includes(scheme) ? undefined : `${scheme} is no file system of Flink's`
}

function hintFor(scheme: string): string[] {
  const known = meant[scheme.toLowerCase()] ?? knownSchemes.find(each => each === scheme.toLowerCase())
  if (known) return [`did you mean ${known}://?`]
  return knownSchemes.includes(scheme) ? [] : [`it knows ${knownSchemes.join(', ')}`]
}

/** A bucket has to be named; credentials have no place in a spec that many may read. */
function misplaced(scheme: string, rest: string): string | undefined {
  if (scheme === 'file') return /^\/+[^/]/.test(rest) ? undefined : 'must name a directory: file:/path'
  if (!rest.startsWith('//')) return `must be written ${scheme}://…`
  const authority = rest.slice(2).split('/')[0] ?? ''
  const names = ['hdfs', 'viewfs', 'maprfs'].includes(scheme)
  if (authority === '' && !names) return 'must name a bucket or host'
  if (/:.*@/.test(authority)) return 'must hold no credentials'
  return undefined
}
