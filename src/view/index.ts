import type { Printable } from '../domain/printable.ts'
import type { Context } from './context.ts'
import { documentOf } from './document.ts'
import type { Format } from './format.ts'
import { json, jsonPieces } from './json.ts'
import { bundleLine, restoreLine, savepointLine, stopLine, versionLines } from './line.ts'
import { names } from './name.ts'

/** A value as it is printed on stdout. What draws tables and writes YAML is loaded when it is asked for. */
export async function render(printable: Printable, format: Format, context: Context): Promise<string> {
  switch (format.name) {
    case 'json':
      return `${json(documentOf(printable))}\n`
    case 'yaml':
      return (await import('./yaml.ts')).yaml(documentOf(printable))
    case 'name':
      return names(printable)
    case 'jsonpath':
      return format.fill(documentOf(printable))
    case 'custom-columns': {
      const { customRows } = await import('./custom-columns.ts')
      const { table } = await import('./table.ts')
      const heads = format.columns.map(({ head }) => head)
      const rows = customRows(format.columns, documentOf(printable))
      return table(heads, rows, !context.noHeaders, context.above)
    }
    case 'table':
    case 'wide':
      return await screen(printable, format.name === 'wide', context)
  }
}

/** The same, piece by piece: what lists hundreds of thousands of files is never one text. */
export async function* renderInPieces(
  printable: Printable,
  format: Format,
  context: Context,
): AsyncGenerator<string> {
  if (printable.kind !== 'Inspection' || format.name !== 'json' || !printable.value.files) {
    yield await render(printable, format, context)
    return
  }
  const { files, ...value } = printable.value
  yield* jsonPieces({ ...documentOf({ kind: 'Inspection', value }), files }, 'files')
  yield '\n'
}

/** What a person reads: a table, or the line that kubectl would print of a single thing. Only a table needs what draws tables. */
async function screen(printable: Printable, wide: boolean, context: Context): Promise<string> {
  switch (printable.kind) {
    case 'Savepoint':
      return printable.done ? stopLine(printable.value) : savepointLine(printable.value)
    case 'Restore':
      return restoreLine(printable.value, printable.done)
    case 'Bundle':
      return bundleLine(printable.value)
    case 'Version':
      return versionLines(printable.value)
    case 'SavepointList': {
      const { savepointTable } = await import('./savepoint-table.ts')
      return savepointTable(printable.value.items, { wide, several: printable.several ?? false }, context)
    }
    case 'TakePlan':
      return (await import('./plan.ts')).takePlanText(printable.value)
    case 'TakePlanList': {
      const { takePlanText } = await import('./plan.ts')
      return printable.value.items.map(takePlanText).join('\n')
    }
    case 'RestorePlan':
      return (await import('./plan.ts')).restorePlanText(printable.value, context)
    case 'StopPlan': {
      const { changePlanText } = await import('./plan.ts')
      return changePlanText(printable.value, 'would be stopped with a savepoint')
    }
    case 'PrunePlan':
      return (await import('./prune.ts')).prunePlanText(printable.value, context)
    case 'Prune':
      return (await import('./prune.ts')).pruneText(printable.value, context)
    case 'AutomaticPlan': {
      const { changePlanText } = await import('./plan.ts')
      return changePlanText(printable.value, 'automatic savepoints would be changed')
    }
    case 'Automatic':
      return (await import('./automatic.ts')).automaticPage(printable.value, context)
    case 'JobStatus':
      return (await import('./status-page.ts')).statusPage(printable.value, context)
    case 'JobStatusList': {
      const { statusTable } = await import('./status-table.ts')
      return statusTable(
        printable.value.items,
        { wide, severalKinds: printable.severalKinds ?? false },
        context,
      )
    }
    case 'Inspection':
      return (await import('./inspection.ts')).inspectionPage(printable.value, wide, context)
    case 'InspectionDiff':
      return (await import('./inspection-diff.ts')).inspectionDiffPage(printable.value, wide, context)
    case 'Verification':
      return (await import('./verification.ts')).verificationPage(printable.value, wide, context)
    case 'VerificationList':
      return (await import('./verification.ts')).verificationTable(printable.value.items, wide, context)
    case 'Manifest':
      return (await import('./yaml.ts')).yaml(printable.value)
  }
}
