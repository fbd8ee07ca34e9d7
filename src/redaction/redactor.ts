import { redacted } from './secret-names.ts'
import { type Taken, withoutSecrets } from './text.ts'
import { valueWithoutSecrets } from './values.ts'

/** Takes secrets out of texts and values, and what it has learned to be one there out of all others. */
export interface Redactor {
  /** Any JSON value, without secrets, as JSON for people. */
  json(value: unknown): string
  text(text: string): string
  /** A line of a log, which may end with JSON. */
  line(line: string): string
  /** A text that was given out before: without what was learned to be a secret since. To be asked once all has been seen. */
  again(text: string): string
  /** How many values were taken out. */
  count(): number
}

/** Shorter ones are words that stand in every text. */
const shortest = 8
/** Of hostile objects there may be as many as they like. */
const mostLearned = 200
const longest = 4_096

/** `plain`: what is no secret whatever calls it so, such as the name of the job. */
export function redactor(plain: readonly string[]): Redactor {
  const learned = new Set<string>()
  let count = 0
  const taken = (value: string, certain: boolean) => {
    count++
    const bare = unquoted(value)
    const isTelling = bare.length >= shortest && bare.length <= longest && !/^[\d.]+$/.test(bare)
    if (certain && isTelling && !plain.includes(bare) && learned.size < mostLearned) learned.add(bare)
  }
  return {
    json: value => `${JSON.stringify(valueWithoutSecrets(value, taken), null, 2) ?? 'null'}\n`,
    text: text => withoutIn(text, taken),
    line: line => lineWithout(line, taken),
    again(text) {
      const spellings = [...learned].flatMap(spellingsOf).toSorted((a, b) => b.length - a.length)
      return spellings.reduce((left, spelling) => {
        if (left.includes(spelling)) count++
        return left.replaceAll(spelling, redacted)
      }, text)
    },
    count: () => count,
  }
}

function withoutIn(text: string, taken: Taken): string {
  return String(valueWithoutSecrets(text, taken))
}

/** As zap and log4j write objects: at the end. */
function lineWithout(line: string, taken: Taken): string {
  const at = line.search(/[{[]/)
  if (at <= 0) return withoutIn(line, taken)
  const end = line.slice(at)
  try {
    return `${withoutSecrets(line.slice(0, at), taken)}${JSON.stringify(valueWithoutSecrets(JSON.parse(end), taken))}`
  } catch {
    return withoutSecrets(line, taken)
  }
}

function unquoted(value: string): string {
  return value.replace(/^["'\\]+|["'\\,;]+$/g, '')
}

/** As it is, in JSON, in an address, and as Kubernetes keeps it in a Secret. */
function spellingsOf(secret: string): string[] {
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(secret))).replace(/=+$/, '')
  const inJson = JSON.stringify(secret).slice(1, -1)
  return [...new Set([secret, inJson, encodeURIComponent(secret.toWellFormed()), base64])]
}
