import { Parser } from 'yargs/helpers'
import type { Arguments, Flag } from '../commands/command.ts'
import { parseDuration } from '../domain/duration.ts'
import { usage } from './usage.ts'
import { flagTitle, longForms } from './words.ts'

/** What stood on the command line: words, and the values of each flag in the order given. */
export interface FlagValues {
  readonly words: readonly string[]
  readonly given: ReadonlyMap<string, readonly string[]>
}

/** kubectl's parser (pflag) guesses nothing; what yargs guesses is switched off, so that `take 0123` means the job "0123". */
const configuration = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'duplicate-arguments-array': true,
  'parse-numbers': false,
}

/** Words and flags of a command line. Only this function knows yargs. */
export function flagValues(argv: readonly string[], flags: readonly Flag[], command: string): FlagValues {
  const named = (wanted: boolean) => flags.filter(f => (f.type === 'boolean') === wanted).map(f => f.name)
  const withValue = named(false)
  const found = Parser.detailed(longForms(argv, flags, command), {
    boolean: named(true),
    string: withValue,
    narg: Object.fromEntries(withValue.map(name => [name, 1])),
    configuration,
  })
  if (found.error) throw usage(parserError(found.error.message), command)
  const { _: words, ...values } = found.argv
  return {
    words: words.map(String),
    given: new Map(Object.entries(values).map(([name, value]) => [name, [value].flat().map(String)])),
  }
}

function parserError(message: string): string {
  const [, name] = /Not enough arguments following: (.*)$/.exec(message) ?? []
  return name === undefined ? message : `flag needs an argument: --${name}`
}

/** The values by their declared types; everything is checked before anything is used. */
export function readValues(
  values: FlagValues,
  flags: readonly Flag[],
  command: string,
): Pick<Arguments, 'words' | 'text' | 'boolean' | 'durationMs' | 'integer'> {
  const read = new Map<string, string | boolean | number>()
  for (const flag of flags) {
    // As pflag has it, the last one wins where a flag is given twice.
    const given = values.given.get(flag.name)?.at(-1)
    const raw = given ?? flag.default
    if (raw === undefined || (raw === '' && given === undefined)) continue
    read.set(flag.name, typedValue(raw, flag, command))
  }
  const typed = <T>(name: string, type: string) => {
    const value = read.get(name)
    return (typeof value === type ? value : undefined) as T | undefined
  }
  return {
    words: values.words,
    text: name => typed<string>(name, 'string'),
    boolean: name => typed<boolean>(name, 'boolean'),
    durationMs: name => typed<number>(name, 'number'),
    integer: name => typed<number>(name, 'number'),
  }
}

/** Go's time.Duration ends here, and so does kubectl's. */
const longest = 2 ** 63 / 1_000_000

function typedValue(raw: string, flag: Flag, command: string): string | boolean | number {
  const invalid = (why: string) =>
    usage(`invalid argument ${JSON.stringify(raw)} for "${flagTitle(flag)}" flag: ${why}`, command)
  if (flag.type === 'boolean') return raw === 'true'
  if (flag.type === 'duration') {
    const ms = parseDuration(raw)
    if (ms === undefined || ms > longest) throw invalid(`time: invalid duration ${JSON.stringify(raw)}`)
    return Math.round(ms)
  }
  if (flag.type === 'integer') {
    if (!/^\d+$/.test(raw) || !Number.isSafeInteger(Number(raw))) {
      throw invalid('must be a whole number, not below zero')
    }
    return Number(raw)
  }
  if (flag.choices && !flag.choices.includes(raw)) {
    throw invalid(`must be one of: ${flag.choices.join(', ')}`)
  }
  return raw
}
