import { humanDuration } from '../domain/duration.ts'
import type { Printable, Restore } from '../domain/printable.ts'
import { printedName, type ResourceRef } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import type { Context } from './context.ts'
import { cell } from './plain.ts'
import { restorePlanText, takePlanText } from './plan.ts'
import { savepointColumns } from './savepoint-columns.ts'
import { table } from './table.ts'

/** What a person reads: the table or, of a single thing, the line that kubectl would print. */
export function screen(printable: Printable, wide: boolean, context: Context): string {
  switch (printable.kind) {
    case 'Savepoint':
      return `${savepointLine(printable.value)}\n`
    case 'SavepointList':
      return savepointTable(printable, wide, context)
    case 'TakePlan':
      return takePlanText(printable.value)
    case 'RestorePlan':
      return restorePlanText(printable.value, context)
    case 'Restore':
      return `${restoreLine(printable.value)}\n`
    case 'Version': {
      const { version, node, platform } = printable.value.clientVersion
      return `Client Version: ${version}\nNode Version: ${node}\nPlatform: ${platform}\n`
    }
  }
}

function savepointTable(
  { value: { items }, several = false }: Extract<Printable, { kind: 'SavepointList' }>,
  wide: boolean,
  context: Context,
): string {
  const columns = savepointColumns(items, { wide, several, allNamespaces: context.allNamespaces })
  return table(
    columns.map(({ head }) => head),
    items.map(savepoint => columns.map(column => column.cell(savepoint, context))),
    !context.noHeaders,
  )
}

function savepointLine(savepoint: Savepoint): string {
  const { job, state, location, failure, durationMillis } = savepoint
  const duration = durationMillis === undefined ? '' : ` (${humanDuration(durationMillis)})`
  const said = {
    Requested: 'requested',
    InProgress: 'in progress',
    Completed: `completed: ${cell(location ?? '<unknown>')}${duration}`,
    Failed: `failed: ${cell(failure?.rootCause ?? failure?.message ?? '<unknown>')}`,
    Withdrawn: 'withdrawn',
  }
  return `${nameOf(job)} savepoint ${said[state]}`
}

function restoreLine({ job, savepoint, state }: Restore): string {
  const location = cell(savepoint.location)
  const said = {
    Restored: `restored from ${location}`,
    InProgress: `restore from ${location} requested`,
    Failed: `not restored from ${location}`,
    Unchanged: 'unchanged',
  }
  return `${nameOf(job)} ${said[state]}`
}

function nameOf(job: Pick<ResourceRef, 'apiVersion' | 'kind' | 'name'>): string {
  return cell(printedName(job))
}
