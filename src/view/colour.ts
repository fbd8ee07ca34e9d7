import type { Machine } from '../domain/connection.ts'

/**
 * Is this stream to be coloured? `--color` says; with `auto` a terminal is, unless NO_COLOR (no-color.org: not empty) or
 * TERM=dumb forbid it, and CLICOLOR_FORCE or FORCE_COLOR colour what is no terminal too.
 */
export function isColoured(color: string, isTerminal: boolean, { env }: Machine): boolean {
  if (color !== 'auto') return color === 'always'
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return false
  return isTerminal || isSet(env['CLICOLOR_FORCE']) || isSet(env['FORCE_COLOR'])
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
