import { styleText } from 'node:util'
import { humanDuration } from '../domain/duration.ts'
import { shortName } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { age } from './age.ts'
import type { Context } from './context.ts'
import { cell } from './plain.ts'
import { humanSize } from './size.ts'
import { table } from './table.ts'

/** One column of the history. `-` stands for what is not known. */
interface Column {
  readonly head: string
  cell(savepoint: Savepoint, context: Context): string
}

const namespace: Column = { head: 'NAMESPACE', cell: ({ job }) => cell(job.namespace) }
const job: Column = { head: 'JOB', cell: ({ job }) => cell(shortName(job)) }

const narrow: readonly Column[] = [
  { head: 'NAME', cell: ({ name, restartPoint }) => `${restartPoint ? '*' : ''}${cell(name ?? '-')}` },
  { head: 'STATE', cell: colouredState },
  { head: 'TRIGGER', cell: ({ trigger, type }) => trigger ?? (type === 'checkpoint' ? type : '-') },
  { head: 'AGE', cell: ({ completedAt, requestedAt }, { now }) => age(completedAt ?? requestedAt, now) },
  { head: 'DURATION', cell: ({ durationMillis: ms }) => (ms === undefined ? '-' : humanDuration(ms)) },
  { head: 'LOCATION', cell: locationOrCause },
]

const wide: readonly Column[] = [
  { head: 'GENERATION', cell: ({ generation }) => String(generation ?? '-') },
  { head: 'FORMAT', cell: ({ format }) => format?.toLowerCase() ?? '-' },
  { head: 'SIZE', cell: ({ sizeBytes }) => (sizeBytes === undefined ? '-' : humanSize(sizeBytes)) },
  { head: 'CHECKPOINT', cell: ({ checkpointId }) => String(checkpointId ?? '-') },
  { head: 'SOURCE', cell: ({ sources }) => sources.join(',') || '-' },
]

/** Only where there are savepoints that are objects of their own: whether deleting that object deletes the savepoint too. */
const disposal: Column = { head: 'ON-DELETE', cell: ({ disposeOnDelete: dispose }) => onDelete(dispose) }

/** A history: of one job, or of several, which are named then. */
export function savepointTable(
  items: readonly Savepoint[],
  options: { readonly wide: boolean; readonly several: boolean },
  context: Context,
): string {
  const columns = columnsFor(items, options, context)
  return table(
    columns.map(({ head }) => head),
    items.map(savepoint => columns.map(column => column.cell(savepoint, context))),
    !context.noHeaders,
    context.above,
  )
}

function columnsFor(
  items: readonly Savepoint[],
  options: { readonly wide: boolean; readonly several: boolean },
  { allNamespaces }: Context,
): readonly Column[] {
  const differ = (of: (savepoint: Savepoint) => string) => new Set(items.map(of)).size > 1
  const namespaces = allNamespaces || differ(({ job }) => job.namespace)
  const jobs = namespaces || options.several || differ(({ job }) => `${job.kind}/${job.name}`)
  return [
    ...(namespaces ? [namespace] : []),
    ...(jobs ? [job] : []),
    ...narrow,
    ...(options.wide ? wide : []),
    ...(options.wide && items.some(({ disposeOnDelete }) => disposeOnDelete !== undefined) ? [disposal] : []),
  ]
}

function onDelete(dispose: boolean | undefined): string {
  if (dispose === undefined) return '-'
  return dispose ? 'dispose' : 'keep'
}

/** A savepoint that failed has no location; the reason stands there instead. */
function locationOrCause({ location, failure }: Savepoint): string {
  return cell(location ?? failure?.rootCause ?? failure?.message ?? '-')
}

const colours = { Completed: 'green', Failed: 'red', InProgress: 'yellow', Missing: 'red' } as const

/** One that is gone says so instead of how it once ended. */
function colouredState({ state, gone }: Savepoint, { colour }: Context): string {
  const shown = gone === undefined ? state : gone === 'pruned' ? 'Pruned' : 'Missing'
  if (!colour || !(shown in colours)) return shown
  return styleText(colours[shown as keyof typeof colours], shown, { validateStream: false })
}
