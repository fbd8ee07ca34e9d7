import type { Flag } from '../../commands/command.ts'
import type { Registry } from '../../commands/index.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { ConnectionOptions } from '../../domain/connection.ts'
import { helpFlag } from '../common-flags.ts'
import { connectionOptions } from '../connection.ts'
import { type FlagValues, flagValues } from '../flag-values.ts'
import { optionFlags } from '../help.ts'
import { commandAt, flagsOfCommand, isCommand } from '../parse.ts'
import { commandCandidates, nextOperand } from './operands.ts'
import { flagValue, oneOf, type Wanted } from './wanted.ts'

/** The place on a command line where somebody pressed Tab. */
export interface Cursor {
  readonly wanted: Wanted
  /** What is typed there and every candidate begins with, though it is none of theirs: `--output=`. */
  readonly before: string
  /** What is typed there of the candidate itself. */
  readonly typed: string
  /** The flags on the line that say which server is meant. */
  readonly connection: ConnectionOptions
}

/** Understands a command line up to the cursor; its last word is the one to be completed, and may be empty. Throws a usage Failure. */
export async function cursorOf(line: readonly string[], registry: Registry): Promise<Cursor> {
  const words = line.slice(0, -1)
  const current = line.at(-1) ?? ''
  const at = commandAt(words)
  const name = words[at]
  const command = name === undefined ? undefined : await registry.load(name)
  const verb = command && isCommand(command) ? command : undefined
  const flags = verb ? flagsOfCommand(verb) : [...optionFlags, helpFlag]
  const rest = name === undefined ? words : words.toSpliced(at, 1)
  const open = openFlag(rest, flags)
  const given = flagValues(open ? rest.slice(0, -1) : rest, flags, name ?? '')
  const connection = connectionOptions(given)
  if (open) return { ...atValue(open, current, ''), connection }
  if (current.startsWith('-') && !rest.includes('--'))
    return { ...atFlag(current, flags, given, verb?.flags ?? []), connection }
  const next =
    name === undefined
      ? { wanted: oneOf(await commandCandidates(registry)), before: '' }
      : await nextOperand(command?.operands ?? [], given.words, current, registry)
  return { ...next, typed: current.slice(next.before.length), connection }
}

type Place = Omit<Cursor, 'connection'>

/** The flag whose value the next word is. */
function openFlag(words: readonly string[], flags: readonly Flag[]): Flag | undefined {
  const last = words.at(-1) ?? ''
  if (words.indexOf('--') >= 0 || !last.startsWith('-') || last.includes('=')) return undefined
  const named = last.startsWith('--') ? last.slice(2) : undefined
  const found = flags.find(({ name, alias }) =>
    named === undefined ? alias !== undefined && last.slice(1) === alias : name === named,
  )
  return found?.type === 'boolean' ? undefined : found
}

/** A flag's name, or its value after `=`. */
function atFlag(current: string, flags: readonly Flag[], given: FlagValues, own: readonly Flag[]): Place {
  const equals = current.indexOf('=')
  if (equals < 0) return { wanted: oneOf(flagCandidates(flags, given, own)), before: '', typed: current }
  const before = current.slice(0, equals + 1)
  const flag = flags.find(({ name, alias }) => before === `--${name}=` || before === `-${alias}=`)
  if (!flag) return { wanted: { is: 'unknown' }, before, typed: '' }
  return atValue(flag, current.slice(before.length), before)
}

/** The command's own first. Those that are given already are not offered again, but for those that may be repeated. */
function flagCandidates(
  flags: readonly Flag[],
  { given }: FlagValues,
  own: readonly Flag[],
): readonly Candidate[] {
  const rank = (flag: Flag) => (own.includes(flag) ? 0 : 1)
  return flags
    .filter(flag => !given.has(flag.name) || 'repeated' in flag)
    .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
    .map(({ name, describe }) => ({ word: `--${name}`, description: describe }))
}

/** Of a list only what stands after the last comma, and not what the list has already. */
function atValue(flag: Flag, typed: string, before: string): Place {
  const wanted = flagValue(flag)
  if (!flag.list || wanted.is !== 'one of') return { wanted, before, typed }
  const comma = typed.lastIndexOf(',') + 1
  const has = typed.slice(0, comma).split(',')
  const left = wanted.candidates.filter(({ word }) => !has.includes(word))
  return { wanted: oneOf(left), before: before + typed.slice(0, comma), typed: typed.slice(comma) }
}
