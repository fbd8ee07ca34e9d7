import { jobKindOf } from '../sandbox/operators/apache/kinds.ts'
import type { DialectName } from '../sandbox/operators/dialect.ts'
import { isApache } from '../sandbox/operators/dialects.ts'
import { everyKind, isPlayedOn, type Scenario } from './scenario.ts'

/** What came of a scenario that was played on a kind. */
export type Outcome = 'holds' | 'FAILED'

const outcomes = new Map<string, Map<DialectName, Outcome>>()

/** Keeps what came of a scenario on an operator's kind; the last word counts. */
export function note(dialect: DialectName, title: string, outcome: Outcome): void {
  const row = outcomes.get(title) ?? new Map<DialectName, Outcome>()
  outcomes.set(title, row.set(dialect, outcome))
}

/** Kind × scenario, of all that was noted; where one is not played there is the number of the reason, below. */
export function table(scenarios: readonly Scenario[]): string {
  const played = scenarios.filter(({ title }) => outcomes.has(title))
  const dialects = [...new Set([...outcomes.values()].flatMap(row => [...row.keys()]))]
  const heads = dialects.map(dialect => `${kindOf(dialect)} ${dialect}`)
  const width = Math.max(...played.map(({ title }) => title.length), 'SCENARIO'.length)
  const reasons = reasonsOf(played)
  const line = (title: string, cells: readonly string[]) =>
    [title.padEnd(width), ...cells.map((cell, at) => cell.padEnd(heads[at]?.length ?? 0))]
      .join('  ')
      .trimEnd()
  const rows = played.map(scenario =>
    line(
      scenario.title,
      dialects.map(dialect => cellOf(scenario, dialect, reasons)),
    ),
  )
  const legend = reasons.map((reason, at) => `(${at + 1}) ${reason}`)
  return [line('SCENARIO', heads), ...rows, '', ...legend].join('\n')
}

const rare = 'few people still run it: what is not its own is not played on it'

function reasonsOf(scenarios: readonly Scenario[]): string[] {
  return [rare, ...new Set(scenarios.flatMap(({ because = [] }) => because))]
}

function cellOf(scenario: Scenario, dialect: DialectName, reasons: readonly string[]): string {
  const outcome = outcomes.get(scenario.title)?.get(dialect)
  if (outcome) return outcome
  if (isPlayedOn(scenario, dialect)) return ''
  const reason = everyKind.includes(dialect) ? scenario.because : rare
  return reason === undefined ? '-' : `(${reasons.indexOf(reason) + 1})`
}

function kindOf(dialect: DialectName): string {
  return isApache(dialect) ? jobKindOf(dialect) : 'FlinkCluster'
}
