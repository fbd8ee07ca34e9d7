import { jobKindOf } from '../sandbox/operators/apache/kinds.ts'
import type { DialectName } from '../sandbox/operators/dialect.ts'
import { isApache } from '../sandbox/operators/dialects.ts'

/** What came of a scenario; one that is not played on a kind has none. */
export type Outcome = 'holds' | 'FAILED'

const outcomes = new Map<string, Map<DialectName, Outcome>>()

/** Keeps what came of a scenario on an operator's kind; the last word counts. */
export function note(dialect: DialectName, title: string, outcome: Outcome): void {
  const row = outcomes.get(title) ?? new Map<DialectName, Outcome>()
  outcomes.set(title, row.set(dialect, outcome))
}

/** Kind × scenario, of all that was noted. */
export function table(): string {
  const dialects = [...new Set([...outcomes.values()].flatMap(row => [...row.keys()]))]
  const heads = dialects.map(dialect => `${kindOf(dialect)} ${dialect}`)
  const width = Math.max(...[...outcomes.keys()].map(title => title.length), 'SCENARIO'.length)
  const line = (title: string, cells: readonly string[]) =>
    [title.padEnd(width), ...cells.map((cell, at) => cell.padEnd(heads[at]?.length ?? 0))]
      .join('  ')
      .trimEnd()
  const rows = [...outcomes].map(([title, row]) =>
    line(
      title,
      dialects.map(dialect => row.get(dialect) ?? '-'),
    ),
  )
  return [line('SCENARIO', heads), ...rows].join('\n')
}

function kindOf(dialect: DialectName): string {
  return isApache(dialect) ? jobKindOf(dialect) : 'FlinkCluster'
}
