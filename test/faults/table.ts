import type { DialectName } from '../sandbox/operators/operator.ts'
import type { Fault, Ground } from './fault.ts'

interface Row {
  readonly fault: Fault
  readonly ground: Ground
  readonly dialect: DialectName
  readonly seen: string
}

const rows = new Map<string, Row>()

/** Keeps what was seen of a fault; the last word counts. */
export function note(row: Row): void {
  rows.set(`${row.fault.name} ${row.ground} ${row.dialect}`, row)
}

const heads = ['FAULT', 'WHERE', 'OPERATOR', 'EXPECTATION', 'SEEN']

/** Fault × where × expectation × seen, of all that was noted. */
export function faultTable(): string {
  const cells = [...rows.values()].map(({ fault, ground, dialect, seen }) => [
    fault.name,
    ground,
    dialect,
    fault.expectation,
    seen,
  ])
  const widths = heads.map((_, at) => Math.max(...[heads, ...cells].map(line => line[at]?.length ?? 0)))
  const padded = (line: readonly string[]) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return [heads, ...cells].map(padded).join('\n')
}
