import { broken, type Fields, fieldsOf, strangers, textOf } from './fields.ts'

/** krew's pkg/index/validate and internal/index/validation: the pairs that an index knows. */
const supported = [
  ...['windows/386', 'windows/amd64', 'windows/arm64', 'darwin/386', 'darwin/amd64', 'darwin/arm64'],
  ...['linux/386', 'linux/amd64', 'linux/arm', 'linux/arm64', 'linux/ppc64le'],
]

/** The rules that `spec.platforms` breaks. */
export function brokenPlatforms(value: unknown, version: string): string[] {
  const platforms = Array.isArray(value) ? value.map(fieldsOf) : []
  return [
    ...(platforms.length === 0 ? ['spec.platforms: at least one is needed'] : []),
    ...platforms.flatMap((platform, index) => brokenPlatform(platform, `spec.platforms[${index}]`, version)),
    ...overlaps(platforms),
  ]
}

function brokenPlatform(platform: Fields, at: string, version: string): string[] {
  const uri = textOf(platform['uri'])
  const bin = textOf(platform['bin'])
  const isForWindows = matched(platform).some(pair => pair.startsWith('windows/'))
  return [
    ...strangers(platform, ['uri', 'sha256', 'selector', 'files', 'bin'], at),
    ...broken([
      [uri.startsWith('https://'), `${at}.uri: an https address`],
      [/\.(tar\.gz|zip)$/.test(uri), `${at}.uri: .tar.gz or .zip`],
      [uri.includes(version), `${at}.uri: must carry spec.version`],
      [/^[a-f0-9]{64}$/.test(textOf(platform['sha256'])), `${at}.sha256: 64 lower-case hexadecimal digits`],
      [bin !== '', `${at}.bin: missing`],
      [!/^\/|(^|\/)\.\.(\/|$)|\\/.test(bin), `${at}.bin: inside the archive`],
      [!isForWindows || bin.endsWith('.exe'), `${at}.bin: ends in .exe on Windows`],
      [isForWindows || !bin.endsWith('.exe'), `${at}.bin: ends in .exe on Windows alone`],
    ]),
    ...brokenSelector(fieldsOf(platform['selector']), `${at}.selector`),
    ...(matched(platform).length > 0 ? [] : [`${at}.selector: matches no platform that krew supports`]),
    ...brokenFiles(platform['files'], `${at}.files`),
  ]
}

function brokenSelector(selector: Fields, at: string): string[] {
  const keys = [
    ...Object.keys(fieldsOf(selector['matchLabels'])),
    ...expressionsOf(selector).map(({ key }) => key),
  ]
  return [
    ...strangers(selector, ['matchLabels', 'matchExpressions'], at),
    ...broken([
      [keys.length > 0, `${at}: missing`],
      [keys.every(key => key === 'os' || key === 'arch'), `${at}: os and arch only`],
    ]),
  ]
}

function brokenFiles(files: unknown, at: string): string[] {
  if (files === undefined) return []
  if (!Array.isArray(files) || files.length === 0) return [`${at}: leave it out, or name files`]
  return files.map(fieldsOf).flatMap((file, index) => [
    ...strangers(file, ['from', 'to'], `${at}[${index}]`),
    ...broken([
      [textOf(file['from']) !== '', `${at}[${index}].from: missing`],
      [textOf(file['to']) !== '', `${at}[${index}].to: missing`],
    ]),
  ])
}

function overlaps(platforms: readonly Fields[]): string[] {
  const all = platforms.flatMap(matched)
  const twice = all.filter((pair, index) => all.indexOf(pair) !== index)
  return [...new Set(twice)].map(pair => `spec.platforms: ${pair} is matched twice`)
}

/** The pairs that a platform's selector takes, as Kubernetes' label selectors do. */
export function matched(platform: Fields): string[] {
  const selector = fieldsOf(platform['selector'])
  const labels = fieldsOf(selector['matchLabels'])
  return supported.filter(pair => {
    const [os = '', arch = ''] = pair.split('/')
    const pairs: Fields = { os, arch }
    return (
      Object.entries(labels).every(([key, value]) => pairs[key] === value) &&
      expressionsOf(selector).every(expression => takes(expression, pairs[expression.key]))
    )
  })
}

interface Expression {
  readonly key: string
  readonly operator: string
  readonly values: readonly unknown[]
}

function expressionsOf(selector: Fields): Expression[] {
  const written = selector['matchExpressions']
  return (Array.isArray(written) ? written.map(fieldsOf) : []).map(({ key, operator, values }) => ({
    key: textOf(key),
    operator: textOf(operator),
    values: Array.isArray(values) ? values : [],
  }))
}

function takes({ operator, values }: Expression, value: unknown): boolean {
  if (operator === 'In') return values.includes(value)
  if (operator === 'NotIn') return !values.includes(value)
  return operator === 'Exists' ? value !== undefined : operator === 'DoesNotExist' && value === undefined
}
