import type { Serializer } from '../domain/inspection.ts'
import type { ComparedSavepoint, InspectionDiff, OperatorDiff, StateDiff } from '../domain/inspection-diff.ts'
import type { Change } from '../domain/plan.ts'
import { age } from './age.ts'
import type { Context } from './context.ts'
import { narrowed } from './cut.ts'
import { className } from './inspection-words.ts'
import { fields } from './lines.ts'
import { cell } from './plain.ts'
import { humanSize } from './size.ts'
import { table } from './table.ts'

/** What changed between two savepoints, on a page: operators that are new, gone or changed, then those of another size. */
export function inspectionDiffPage(diff: InspectionDiff, wide: boolean, context: Context): string {
  const { from, to, changes, operators } = diff
  const head = fields([
    ['From', pointLine(from, context.now)],
    ['To', pointLine(to, context.now)],
    ['State', sizeLine({ from: from.stateBytes, to: to.stateBytes })],
    ['Changed', changes.map(changeText).join('; ') || undefined],
    ['Operators', countLine(operators)],
  ])
  const shown = operators
    .filter(({ change }) => wide || change !== 'same')
    .toSorted((a, b) => order[a.change] - order[b.change] || moved(b) - moved(a))
  if (shown.length === 0) return head
  const rows = shown.slice(0, wide ? shown.length : mostRows)
  const left = shown.length - rows.length
  const more = left > 0 ? `and ${left} more: -o wide lists all\n` : ''
  return `${head}\n${operatorsTable(rows, wide, context)}${more}`
}

function operatorsTable(operators: readonly OperatorDiff[], wide: boolean, context: Context): string {
  const rows = operators.map(operator => {
    const { name, uid, id, change, stateBytes } = operator
    return [
      cell(name ?? uid ?? id),
      ...(wide ? [id] : []),
      change,
      sizeLine(stateBytes),
      whatChanged(operator),
    ]
  })
  const heads = ['OPERATOR', ...(wide ? ['ID'] : []), 'CHANGE', 'STATE', 'WHAT']
  return table(heads, wide ? rows : narrowed(heads, rows, leastWhat, context.columns), !context.noHeaders)
}

/** `parallelism 1 -> 4; state total: …` */
const leastWhat = 36

/** A person reads no more of them; what is new, gone or changed comes first. */
const mostRows = 30

const order = { gone: 0, new: 1, changed: 2, resized: 3, same: 4 }

function pointLine(
  { location, checkpointId, savepoint, modifiedAt }: ComparedSavepoint,
  now: number,
): string {
  const at = savepoint?.completedAt ?? modifiedAt
  const known = [`checkpoint ${checkpointId}`, at && `${age(at, now)} ago`, savepoint?.name]
  return cell(`${location} (${known.filter(part => part !== undefined).join(', ')})`)
}

function countLine(operators: readonly OperatorDiff[]): string {
  const number = (change: OperatorDiff['change']) => operators.filter(each => each.change === change).length
  const words = { gone: 'gone', new: 'new', changed: 'changed', resized: 'of another size', same: 'the same' }
  const told = (Object.keys(words) as OperatorDiff['change'][]).flatMap(change =>
    number(change) > 0 ? [`${number(change)} ${words[change]}`] : [],
  )
  return told.join(', ') || 'none in either'
}

function moved({ stateBytes: { from = 0, to = 0 } }: OperatorDiff): number {
  return Math.abs(to - from)
}

/** `6.4Ki -> 7Ki (+612)` */
function sizeLine({ from, to }: OperatorDiff['stateBytes']): string {
  if (from === undefined || to === undefined || from === to) return humanSize(to ?? from ?? 0)
  const more = to > from ? `+${humanSize(to - from)}` : `-${humanSize(from - to)}`
  return `${humanSize(from)} -> ${humanSize(to)} (${more})`
}

function whatChanged({ change, hasState, changes, states }: OperatorDiff): string {
  if (change === 'gone' && hasState) return 'its state is gone with it'
  return [...changes.map(changeText), ...states.map(stateText)].join('; ')
}

function stateText({ name, change, changes }: StateDiff): string {
  if (change !== 'changed') return `state ${cell(name)} ${change}`
  return `state ${cell(name)}: ${changes.map(changeText).join(', ')}`
}

const words: Readonly<Record<string, string>> = {
  formatVersion: 'version',
  maxParallelism: 'max parallelism',
  fullyFinished: 'finished',
  relocatable: 'movable',
  keySerializer: 'key',
  'serializers.key': 'key',
  'serializers.value': 'serializer',
  'serializers.namespace': 'namespace',
}

function changeText({ path, from, to }: Change): string {
  return `${words[path] ?? cell(path)} ${valueText(from, path)} -> ${valueText(to, path)}`
}

function valueText(value: unknown, path: string): string {
  if (value === undefined) return '<unknown>'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return cell(path === 'format' ? value.toLowerCase() : value)
  if (typeof value === 'object' && value !== null) return serializerText(value as Serializer)
  return String(value)
}

function serializerText({ snapshot, version }: Serializer): string {
  return `${cell(className(snapshot))} v${version}`
}
