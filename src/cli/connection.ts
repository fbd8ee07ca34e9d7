import type { ConnectionOptions } from '../domain/connection.ts'
import { parseDuration } from '../domain/duration.ts'
import { failure } from '../domain/failure.ts'
import { shellWord } from '../domain/shell.ts'
import { type ConnectionFlag, connectionFlags } from './connection-flags.ts'
import type { FlagValues } from './flag-values.ts'

/** kubectl's connection flags as given. An empty value is as good as none, as it is for kubectl. */
export function connectionOptions(values: FlagValues): ConnectionOptions {
  const given = connectionFlags.flatMap(flag => {
    const texts = (values.given.get(flag.name) ?? []).filter(text => text !== '')
    return texts.length === 0 ? [] : [[flag.option, optionOf(flag, texts)] as const]
  })
  return Object.fromEntries(given)
}

function optionOf(
  flag: ConnectionFlag,
  texts: readonly string[],
): string | boolean | number | readonly string[] {
  if (flag.repeated) return texts
  const last = texts.at(-1) ?? ''
  if (flag.type === 'boolean') return last === 'true'
  if (flag.type === 'duration') return requestTimeout(last)
  return last
}

/** They do not say which server is meant, or as whom: hints carry their namespace themselves, and a token is nobody's to read. */
const unsaid: readonly string[] = [
  ...['namespace', 'token', 'request-timeout', 'cache-dir', 'disable-compression'],
]

/** The flags that another command needs to speak to the same server as the same user: `--context gcp`. */
export function sameConnection(connection: ConnectionOptions): string {
  return connectionFlags
    .filter(({ name }) => !unsaid.includes(name))
    .flatMap(({ name, option }) => [connection[option] ?? []].flat().map(value => said(name, value)))
    .join(' ')
}

function said(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? `--${name}` : `--${name}=false`
  return `--${name} ${shellWord(String(value))}`
}

/** Worded as client-go's clientcmd.ParseTimeout. */
function requestTimeout(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms > Number.MAX_SAFE_INTEGER) {
    throw failure(
      'usage',
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    )
  }
  return Math.round(ms)
}
