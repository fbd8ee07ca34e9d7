import type { Flag } from '../commands/command.ts'
import { usage } from './usage.ts'

/**
 * The words of a command line, up to `--` each flag known and in its long form (`-oname`, `-o=name` → `--output=name`; `-qA` → `--quiet
 * --all-namespaces`) and every boolean's value as true or false. pflag reads them so, and kubectl with it; yargs-parser would take `-oname` for
 * five flags and `--wait=maybe` for false.
 */
export function longForms(words: readonly string[], flags: readonly Flag[], command: string): string[] {
  const end = words.indexOf('--')
  const open = end < 0 ? words : words.slice(0, end)
  const rest = end < 0 ? [] : words.slice(end)
  return [...valuesJoined(open, flags).flatMap(word => longForm(word, flags, command)), ...rest]
}

/** `--every -5m` → `--every=-5m`: pflag takes whatever follows for the value, and what is wrong with it is then said of the value. */
function valuesJoined(words: readonly string[], flags: readonly Flag[]): string[] {
  const joined: string[] = []
  for (const word of words) {
    const last = joined.at(-1)
    if (last !== undefined && /^-[^-]/.test(word) && wantsValue(last, flags))
      joined.splice(-1, 1, `${last}=${word}`)
    else joined.push(word)
  }
  return joined
}

function wantsValue(word: string, flags: readonly Flag[]): boolean {
  const named = ({ name, alias }: Flag) => word === `--${name}` || (alias && word === `-${alias}`)
  return flags.some(flag => flag.type !== 'boolean' && named(flag))
}

function longForm(word: string, flags: readonly Flag[], command: string): string[] {
  if (word.startsWith('--')) return [checked(word, flags, command)]
  if (!word.startsWith('-') || word === '-') return [word]
  return expanded(word, flags, command)
}

/** `-qAoname`: booleans up to the first flag that takes a value; the rest is the value. */
function expanded(word: string, flags: readonly Flag[], command: string): string[] {
  const long: string[] = []
  for (let at = 1; at < word.length; at++) {
    const flag = flags.find(({ alias }) => alias === word[at])
    if (!flag) throw usage(`unknown shorthand flag: '${word[at]}' in ${word}`, command)
    const rest = word.slice(at + 1)
    if (flag.type === 'boolean' && !rest.startsWith('=')) {
      long.push(`--${flag.name}`)
      continue
    }
    const value = rest.replace(/^=/, '')
    long.push(checked(rest === '' ? `--${flag.name}` : `--${flag.name}=${value}`, flags, command))
    break
  }
  return long
}

/** `--wait=0` → `--wait=false`: what Go's strconv.ParseBool accepts, and nothing else. */
function checked(word: string, flags: readonly Flag[], command: string): string {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const flag = flags.find(candidate => candidate.name === name)
  if (!flag) throw usage(`unknown flag: --${name}`, command)
  if (flag.type !== 'boolean' || value === undefined) return word
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return `--${name}=true`
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return `--${name}=false`
  throw usage(`invalid argument "${value}" for "${flagTitle(flag)}" flag: must be true or false`, command)
}

/** As kubectl names a flag in an error: `-o, --output`. */
export function flagTitle(flag: Flag): string {
  return flag.alias ? `-${flag.alias}, --${flag.name}` : `--${flag.name}`
}
