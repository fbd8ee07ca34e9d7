import { type Failure, failure } from '../../domain/failure.ts'
import { knownSchemes } from '../../domain/file-systems.ts'

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
  if (text.trim() === '') throw failure('usage', '--directory must not be empty')
  const why = unreadable(text) ?? misplaced(text)
  if (why) throw invalid(text, why)
  const scheme = schemeOf(text)
  if (scheme !== undefined && !knownSchemes.includes(scheme))
    throw invalid(text, `${scheme} is no file system of Flink's`, suggestion(scheme))
  return text
}

/** Whatever stood for a password is not printed. */
function invalid(text: string, why: string, ...hints: string[]): Failure {
  const shown = JSON.stringify(text.slice(0, 200).replace(/\/\/[^/]*@/, '//***@'))
  return failure('usage', `invalid argument ${shown} for "--directory" flag: ${why}`, ...hints)
}

function unreadable(text: string): string | undefined {
  if (text.length > longest) return `longer than ${longest} characters`
  if (/[\p{Cc}\p{Cf}\p{Z}]/u.test(text)) return 'no blanks and no control characters'
  return text.split('/').includes('..') ? 'must not have .. in it' : undefined
}

function schemeOf(text: string): string | undefined {
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]
}

/** A bucket has to be named; credentials have no place in a spec that many may read. */
function misplaced(text: string): string | undefined {
  const scheme = schemeOf(text)
  if (scheme === undefined)
    return text.startsWith('/')
      ? undefined
      : 'must be a whole path: a scheme and a bucket (gs://bucket/path), or begin with /'
  const rest = text.slice(scheme.length + 1)
  if (scheme === 'file') return /^\/+[^/]/.test(rest) ? undefined : 'must name a directory: file:/path'
  if (!rest.startsWith('//')) return `must be written ${scheme}://...`
  const authority = rest.slice(2).split('/')[0] ?? ''
  if (/:.*@/.test(authority)) return 'must hold no credentials'
  if (authority !== '' || defaulting.includes(scheme)) return undefined
  return 'must name a bucket or host'
}

/** Hadoop has a default for the host of these. */
const defaulting = ['hdfs', 'viewfs', 'maprfs']

function suggestion(scheme: string): string {
  const lower = scheme.toLowerCase()
  const known = meant[lower] ?? knownSchemes.find(each => each === lower)
  return known ? `did you mean ${known}://?` : `it knows ${knownSchemes.join(', ')}`
}
