import stringWidth from 'string-width'

/** A text that is no wider; where something is left out, `…` says so. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let kept = ''
  let length = 0
  for (const character of text) {
    length += stringWidth(character)
    if (length > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** Between the columns of a table. */
export const gap = 3

/** As little of the first column as is left of it on a narrow terminal. */
const leastFirst = 24

/** Rows of a table that fit on the terminal: the last column is cut first, down to `leastLast`, then the first. */
export function narrowed(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  leastLast: number,
  columns = Number.POSITIVE_INFINITY,
): string[][] {
  const [first = 0, ...more] = heads.map((head, at) => widthOf(head, rows, at) + gap)
  const middle = more.slice(0, -1).reduce((sum, width) => sum + width, 0)
  const room = columns - 1 - middle
  const kept = Math.min(first, Math.max(leastFirst + gap, room - leastLast))
  const last = Math.max(leastLast, room - kept)
  return rows.map(row =>
    row.map((text, at) => cut(text, at === 0 ? kept - gap : at === heads.length - 1 ? last : Infinity)),
  )
}

export function widthOf(head: string, rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((width, row) => Math.max(width, stringWidth(row[column] ?? '')), head.length)
}
