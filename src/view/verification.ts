import { styleText } from 'node:util'
import { printedName, shortName } from '../domain/resource.ts'
import type { OperatorsFrom, OperatorWidth, Verification, VerifiedOperator } from '../domain/verification.ts'
import { age } from './age.ts'
import type { Context } from './context.ts'
import { fields, list } from './lines.ts'
import { cell } from './plain.ts'
import { humanSize } from './size.ts'
import { table } from './table.ts'

const results = { Fits: 'fits', DoesNotFit: 'does not fit', Unknown: 'not known' }

/** Would this savepoint start this job, and why not. */
export function verificationPage(verification: Verification, wide: boolean, context: Context): string {
  const { job, savepoint, checks, warnings, operatorsFrom, operators, flinkVersion } = verification
  const head = fields([
    ['Job', cell(printedName(job))],
    ['Savepoint', savepoint ? savepointLine(savepoint, context.now) : '<none>'],
    ['Result', coloured(results[verification.result], verification.result, context)],
    ['Flink', flinkVersion && cell(flinkVersion)],
    ['Operators', operatorsFrom && cell(fromLine(operatorsFrom))],
  ])
  const checked = table(
    ['CHECK', 'RESULT', 'REASON'],
    checks.map(({ check, result, message }) => [check, result, cell(message)]),
    !context.noHeaders,
  )
  const noted = list('Warnings', warnings, undefined)
  const shown = operatorsTable(operators, wide, context)
  return [head, checked, noted, shown].filter(part => part !== '').join('\n')
}

function savepointLine(
  { location, completedAt, name }: NonNullable<Verification['savepoint']>,
  now: number,
): string {
  const known = [completedAt === undefined ? undefined : `${age(completedAt, now)} ago`, name]
  const told = known.filter(part => part !== undefined)
  return cell(told.length > 0 ? `${location} (${told.join(', ')})` : location)
}

function fromLine({ source, location }: OperatorsFrom): string {
  if (source === 'checkpoint') return `as its own checkpoint has them: ${location}`
  if (source === 'savepoint') return `as this savepoint has them: ${location}`
  if (source === 'uids') return 'those of the given uids'
  return 'as far as Flink tells them: the first of each chain'
}

function coloured(text: string, result: Verification['result'], { colour }: Pick<Context, 'colour'>): string {
  if (!colour || result === 'Unknown') return text
  return styleText(result === 'Fits' ? 'green' : 'red', text, { validateStream: false })
}

const order = { Dropped: 0, Unknown: 1, New: 2, Matched: 3 }

/** Those of which there is something to say; wide: all of them. */
function operatorsTable(operators: readonly VerifiedOperator[], wide: boolean, context: Context): string {
  const told = wide ? operators : operators.filter(isTold)
  const sorted = told.toSorted(
    (a, b) => order[a.outcome] - order[b.outcome] || (b.stateBytes ?? 0) - (a.stateBytes ?? 0),
  )
  const rows = sorted.map(operator => [
    cell(operator.name ?? operator.uid ?? operator.id),
    ...(wide ? [operator.id, cell(operator.uid ?? '<none>')] : []),
    operator.outcome,
    stateCell(operator),
    widthCell(operator, 'parallelism'),
    widthCell(operator, 'maxParallelism'),
    cell(operator.message ?? '<none>'),
  ])
  const identities = wide ? ['ID', 'UID'] : []
  const heads = ['OPERATOR', ...identities, 'OUTCOME', 'STATE', 'PARALLELISM', 'MAX', 'NOTE']
  return table(heads, rows, !context.noHeaders)
}

/** That the job has what has no state is no news, nor is it that it lacks it. */
function isTold({ outcome, hasState, message }: VerifiedOperator): boolean {
  return message !== undefined || outcome === 'New' || (outcome !== 'Matched' && hasState === true)
}

function stateCell({ outcome, hasState, stateBytes = 0 }: VerifiedOperator): string {
  if (outcome === 'New') return '-'
  return hasState ? humanSize(stateBytes) : '<none>'
}

/** `2`; where the two differ, `2 -> 4`. */
function widthCell({ savepoint, job }: VerifiedOperator, of: keyof OperatorWidth): string {
  const [before, after] = [savepoint?.[of], job?.[of]]
  if (before === undefined || after === undefined || before === after)
    return String(before ?? after ?? '<unknown>')
  return `${before} -> ${after}`
}

/** A line a job. */
export function verificationTable(items: readonly Verification[], wide: boolean, context: Context): string {
  const spaces = new Set(items.map(({ job }) => job.namespace))
  const kinds = new Set(items.map(({ job }) => job.kind))
  const namespaced = context.allNamespaces || spaces.size > 1
  const rows = items.map(item => [
    ...(namespaced ? [cell(item.job.namespace)] : []),
    cell(kinds.size > 1 ? shortName(item.job) : item.job.name),
    coloured(item.result, item.result, context),
    item.savepoint ? age(item.savepoint.completedAt, context.now) : '<none>',
    ...(wide ? [cell(item.savepoint?.location ?? '<none>')] : []),
    reasonCell(item),
  ])
  const heads = [
    ...(namespaced ? ['NAMESPACE'] : []),
    ...['NAME', 'RESULT', 'RESTART-POINT'],
    ...(wide ? ['LOCATION'] : []),
    'REASON',
  ]
  return table(heads, rows, !context.noHeaders, context.above)
}

/** What failed, else what is not known. */
function reasonCell({ checks }: Verification): string {
  const of = (wanted: string) =>
    checks.filter(({ result }) => result === wanted).map(({ message }) => message)
  const [failed, unknown] = [of('Fails'), of('Unknown')]
  return cell((failed.length > 0 ? failed : unknown).join('; ') || '<none>')
}
