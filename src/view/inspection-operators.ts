import type { InspectedOperator, InspectedState, Inspection } from '../domain/inspection.ts'
import type { Context } from './context.ts'
import { gap, narrowed, widthOf } from './cut.ts'
import { className } from './inspection-words.ts'
import { cell } from './plain.ts'
import { humanSize } from './size.ts'
import { table } from './table.ts'

interface Column {
  readonly head: string
  cell(operator: InspectedOperator): string
}

/** A person reads so many at a glance; those with the least state are left out. A script gets them all. */
const mostOnScreen = 30

/** The operators of a savepoint, the one with the most state first. */
export function operatorsTable({ operators }: Inspection, wide: boolean, context: Context): string {
  const sorted = operators.toSorted((a, b) => b.stateBytes - a.stateBytes)
  const shown = context.terminal && !wide ? sorted.slice(0, mostOnScreen) : sorted
  const columns = wide ? [operator, ...identities, ...sizes, ...kinds] : [operator, ...sizes, states]
  const heads = columns.map(({ head }) => head)
  const rows = shown.map(each => columns.map(column => column.cell(each)))
  const drawn = context.terminal
    ? withBars(heads, rows, shown, wide ? undefined : context.columns)
    : { heads, rows }
  return `${table(drawn.heads, drawn.rows, !context.noHeaders)}${rest(sorted.slice(shown.length))}`
}

function rest(operators: readonly InspectedOperator[]): string {
  if (operators.length === 0) return ''
  const bytes = operators.reduce((sum, { stateBytes }) => sum + stateBytes, 0)
  const more = operators.length === 1 ? '1 more operator' : `${operators.length} more operators`
  return `and ${more} with ${bytes === 0 ? 'no state' : `${humanSize(bytes)} of state`}: -o wide lists all\n`
}

const operator: Column = { head: 'OPERATOR', cell: ({ name, uid, id }) => cell(name ?? uid ?? id) }

const sizes: readonly Column[] = [
  { head: 'PARALLELISM', cell: parallelismCell },
  { head: 'MAX', cell: ({ maxParallelism }) => String(maxParallelism) },
  { head: 'STATE', cell: ({ stateBytes }) => humanSize(stateBytes) },
]

const states: Column = { head: 'STATES', cell: statesCell }

/** As wide as a bar gets, and as little as is worth a column. */
const widestBar = 20
const leastBar = 10
/** `total, win…` */
const leastStates = 11

const identities: readonly Column[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'UID', cell: ({ uid }) => cell(uid ?? '<none>') },
]

const kinds: readonly Column[] = [
  { head: 'KINDS', cell: kindsCell },
  {
    head: 'KEY',
    cell: ({ keySerializer }) => cell(keySerializer ? className(keySerializer.snapshot) : '<none>'),
  },
  { head: 'STATES', cell: ({ states }) => states.map(stateInFull).join(' ') || '<none>' },
]

function parallelismCell({ parallelism, finished, fullyFinished }: InspectedOperator): string {
  if (fullyFinished) return `${parallelism} (finished)`
  return finished > 0 ? `${parallelism} (${finished} finished)` : String(parallelism)
}

/** Bars behind the sizes: names and states leave room for them, unless the terminal is too narrow for all three. */
function withBars(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  operators: readonly InspectedOperator[],
  columns = Number.POSITIVE_INFINITY,
) {
  const fitted = narrowed(heads, rows, leastStates, columns - leastBar - gap)
  const others = heads.map((head, column) => widthOf(head, fitted, column) + gap)
  const left = columns - 1 - others.reduce((sum, width) => sum + width, 0)
  const width = Math.min(widestBar, left)
  if (width < leastBar) return { heads, rows: narrowed(heads, rows, leastStates, columns) }
  const largest = Math.max(1, ...operators.map(({ stateBytes }) => stateBytes))
  const bar = ({ stateBytes }: InspectedOperator) =>
    stateBytes === 0 ? '' : '█'.repeat(Math.max(1, Math.round((stateBytes / largest) * width)))
  const at = heads.indexOf('STATE') + 1
  const bars = operators.map(bar)
  return {
    heads: heads.toSpliced(at, 0, ''),
    rows: fitted.map((row, number) => row.toSpliced(at, 0, bars[number] ?? '')),
  }
}

/** As many as are read at a glance. */
const mostNames = 4

function statesCell({ states }: InspectedOperator): string {
  const names = [...new Set(states.map(({ type, name }) => (type === 'TIMERS' ? 'timers' : cell(name))))]
  const more = names.length > mostNames ? ` +${names.length - mostNames}` : ''
  return `${names.slice(0, mostNames).join(', ')}${more}` || '<none>'
}

function kindsCell({ bytesByKind, coordinatorBytes }: InspectedOperator): string {
  const { managedOperator, rawOperator, managedKeyed, rawKeyed, inputChannel, resultSubpartition } =
    bytesByKind
  const named = {
    operator: managedOperator,
    'raw-operator': rawOperator,
    keyed: managedKeyed,
    'raw-keyed': rawKeyed,
    'in-flight': inputChannel + resultSubpartition,
    coordinator: coordinatorBytes,
  }
  const told = Object.entries(named).flatMap(([kind, bytes]) =>
    bytes > 0 ? [`${kind}=${humanSize(bytes)}`] : [],
  )
  return told.join(' ') || '<none>'
}

/** `count:VALUE(Long)`. */
function stateInFull({ name, type, serializers }: InspectedState): string {
  const told = serializers.filter(each => each.for !== 'namespace').map(({ snapshot }) => className(snapshot))
  const kind = type === undefined ? '' : `:${cell(type)}`
  return `${cell(name)}${kind}${told.length > 0 ? `(${cell(told.join(','))})` : ''}`
}
