import type { Printable } from '../domain/printable.ts'
import type { Context } from './context.ts'
import { documentOf } from './document.ts'
import type { Format } from './format.ts'
import { json } from './json.ts'
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
      return table(heads, customRows(format.columns, documentOf(printable)), !context.noHeaders)
    }
    case 'table':
    case 'wide':
      return (await import('./screen.ts')).screen(printable, format.name === 'wide', context)
  }
}
