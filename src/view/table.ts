import Table from 'cli-table3'

const borders = [
  ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
]
const blank = Object.fromEntries(borders.map(name => [name, '']))

/** A table as kubectl draws it: no borders, three spaces between columns, at least six characters a column, no headers above no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], headers = true): string {
  if (rows.length === 0) return ''
  const drawn = new Table({
    ...(headers && { head: head.map(title => title.padEnd(3)) }),
    chars: blank,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 3 },
  })
  for (const row of rows) drawn.push([...row])
  return `${drawn.toString().replace(/ +$/gm, '')}\n`
}
