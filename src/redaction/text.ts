import { isEnvironmentSetting, isSecretName, redacted } from './secret-names.ts'

/** Is told what was taken out; `certain`: it is a secret wherever else it stands. */
export type Taken = (value: string, certain: boolean) => void

/** A text without what looks like a secret in it: by the name before it, by its form, or in an address. */
export function withoutSecrets(text: string, taken: Taken): string {
  return formless(assignments(addresses(text, taken), taken), taken)
}

/** `scheme://user:password@host`; in `abfss://container@account` nothing is secret. */
function addresses(text: string, taken: Taken): string {
  return text.replace(
    /([a-z][a-z0-9+.-]{0,30}):\/\/([^\s/"'<>\\?#]{1,1024})@/gi,
    (whole, scheme: string, user: string) => {
      const isAccount = /^(https?|ftp|git|ssh)$/i.test(scheme)
      if (!isAccount && !user.includes(':')) return whole
      taken(user.slice(user.indexOf(':') + 1), true)
      return `${scheme}://${redacted}@`
    },
  )
}

/** What is secret whatever stands before it. */
const forms: readonly RegExp[] = [
  // Not a first line alone: what is below it is looked for with it. A key that is encrypted has headers with a `-`.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?=\s*\S)(?:(?!-----)[\s\S]){0,65536}(-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/g,
  // JSON Web Tokens, as those of ServiceAccounts.
  /\beyJ[\w-]{8,8192}\.[\w-]{1,8192}(\.[\w-]{0,8192})?/g,
  // Keys of AWS, Google, GitHub, GitLab, Slack.
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /\bya29\.[\w-]{16,4096}/g,
  /\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|GOCSPX-)[\w-]{10,256}/g,
  /\b(Bearer|Basic|Negotiate)\s{1,4}(?=[\w+/.~=-]{0,64}[\d+/=._~-])[\w+/.~-]{8,8192}={0,2}/gi,
]

function formless(text: string, taken: Taken): string {
  return forms.reduce(
    (left, form) =>
      left.replace(form, whole => {
        const [scheme, token] = whole.split(/\s+/, 2)
        const isHeader = /^(Bearer|Basic|Negotiate)$/i.test(scheme ?? '')
        taken((isHeader && token) || whole, true)
        return isHeader ? `${scheme} ${redacted}` : redacted
      }),
    text,
  )
}

/** `name=`, `name: `, `"name":"`, also in JSON that is quoted once more; and `--name `, `[--name, `, `--name;`. */
const named =
  /(?<![\w.$-])([\w.$-]{1,200})(?:(["'\\]{0,6}[ \t]{0,3}[=:][ \t]{0,3})|(["'\\]{0,4}[,;\s][ \t]{0,3}))/g

/** Half of a pair: `- name: DB_PASSWORD` and, after it, `value: x`. */
const pairNames = new Set(['name', 'key'])
const pairLength = 200

/** Hidden already, or none. */
const nothingToHide = /^(["'\\]{0,4}REDACTED["'\\,;})\]]{0,8}|true|false|null|\{|\[)$/i

interface Found {
  readonly name: string
  readonly separator: string
  /** Where the value begins. */
  readonly at: number
}

function assignments(text: string, taken: Taken): string {
  let result = ''
  let done = 0
  let pairUntil = -1
  for (const found of names(text)) {
    if (found.at < done) continue
    const { name, separator, at } = found
    if (pairNames.has(name.toLowerCase())) {
      pairUntil = isHidden(wordAt(text, at)) ? at + pairLength : -1
      continue
    }
    const isPair = name.toLowerCase() === 'value' && at <= pairUntil
    if (!isPair && !isHidden(name)) continue
    const value = valueAt(text, found)
    if (value === '' || nothingToHide.test(value)) continue
    taken(value, separator.includes('='))
    result += `${text.slice(done, at)}${inItsQuotes(value)}`
    done = at + value.length
  }
  return result + text.slice(done)
}

/** What was JSON stays JSON. */
function inItsQuotes(value: string): string {
  const [, open = '', close] = /^(\\{0,3}["'])[\s\S]*?(\\{0,3}["'])?$/.exec(value) ?? []
  return open === close ? `${open}${redacted}${close}` : redacted
}

function* names(text: string): Iterable<Found> {
  for (const match of text.matchAll(named)) {
    const [whole, name = '', assigned, listed] = match
    const separator = assigned ?? listed ?? ''
    // Only after a flag a blank or a comma separates it from its value.
    if (assigned === undefined && !name.startsWith('-')) continue
    yield { name, separator, at: match.index + whole.length }
  }
}

function isHidden(name: string): boolean {
  return isSecretName(name) || isEnvironmentSetting(name)
}

const word = /["'\\]{0,6}([\w.$-]{1,200})/y

function wordAt(text: string, at: number): string {
  word.lastIndex = at
  return word.exec(text)?.[1] ?? ''
}

const quoted = /(\\{0,3})(["'])/y
const bare = /\S{1,65536}/y
const scheme = /(Bearer|Basic|Negotiate)\s{1,4}\S{1,65536}/iy
const line = /[^\n]{1,65536}/y
const block = /[|>][+-]?[ \t]{0,8}(\n[ \t]{1,64}[^\n]{0,65536}){1,256}/y

/** A value in quotes; of a setting that stands alone in its line, the rest of the line; else up to the next blank. */
function valueAt(text: string, { name, separator, at }: Found): string {
  quoted.lastIndex = at
  const [open, backslashes = '', quote] = quoted.exec(text) ?? []
  if (open !== undefined && quote !== undefined)
    return inQuotes(text, at, open.length, `${backslashes}${quote}`)
  if (/jaas/i.test(name) || (startsLine(text, at, name, separator) && separator.includes(':')))
    return sticky(block, text, at) || sticky(line, text, at)
  return sticky(scheme, text, at) || sticky(bare, text, at)
}

function inQuotes(text: string, at: number, opened: number, quote: string): string {
  let end = text.indexOf(quote, at + opened)
  // A quote with one more backslash before it does not end it.
  while (end > 0 && text[end - 1] === '\\') end = text.indexOf(quote, end + quote.length)
  return end < 0 ? sticky(line, text, at) : text.slice(at, end + quote.length)
}

function startsLine(text: string, at: number, name: string, separator: string): boolean {
  const begin = at - separator.length - name.length
  const before = text.slice(Math.max(0, begin - 40), begin)
  return /(^|\n)[ \t]*(- )?["']?$/.test(begin <= 40 ? before : `x${before}`)
}

function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}
