import Table from 'cli-table3'
import stringWidth from 'string-width'
import type { Above } from './context.ts'

const borders = [
  ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
]
const blank = Object.fromEntries(borders.map(name => [name, '']))

const padding = 3
const narrowest = 6
/** cli-table3 compares every row with all rows above it: ten thousand rows in one table take seconds. */
const rowsAtOnce = 100

/**
 * A table as kubectl draws it: no borders, three spaces between columns, six characters a column at least, no headers above
 * no rows. Below rows that were printed before, the headers are not repeated, and columns only grow.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  headers = true,
  above?: Above,
): string {
  if (rows.length === 0) return ''
  const lines = headers && !above?.widths.length ? [head, ...rows] : rows
  const colWidths = head.map((_, column) => Math.max(widthOf(lines, column), above?.widths[column] ?? 0))
  if (above) above.widths = colWidths
  let text = ''
  for (let from = 0; from < lines.length; from += rowsAtOnce) {
    text += `${drawn(lines.slice(from, from + rowsAtOnce), colWidths)}\n`
  }
  return text.replace(/ +$/gm, '')
}

function widthOf(lines: readonly (readonly string[])[], column: number): number {
  return lines.reduce((width, line) => Math.max(width, stringWidth(line[column] ?? '') + padding), narrowest)
}

function drawn(lines: readonly (readonly string[])[], colWidths: number[]): string {
  const style = { compact: true, head: [], border: [], 'padding-left': 0, 'padding-right': padding }
  // Nothing is cut here, but its usual `…` is measured for every cell all the same, by the regular expression of all emoji.
  const drawing = new Table({ chars: blank, truncate: '~', style, colWidths: [...colWidths] })
  for (const line of lines) drawing.push([...line])
  return drawing.toString()
}
