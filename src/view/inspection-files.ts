import type { InspectedFile } from '../domain/inspection.ts'
import { cell } from './plain.ts'
import { humanSize } from './size.ts'
import { table } from './table.ts'

/** More is not read by anybody, and takes long to draw. */
const mostRows = 1_000

const order = { missing: 0, 'wrong size': 1, unknown: 2, present: 3 }

/** The files that a savepoint needs, what is missing first. */
export function filesTable(files: readonly InspectedFile[]): string {
  const rows = files
    .toSorted((a, b) => order[a.state] - order[b.state])
    .slice(0, mostRows)
    .map(({ path, sizeBytes, foundBytes, state, references }) => [
      cell(path),
      sizeBytes === undefined ? '<unknown>' : humanSize(sizeBytes),
      String(references),
      state === 'wrong size' ? `wrong size: ${foundBytes} bytes, not ${sizeBytes}` : state,
    ])
  const left = files.length - rows.length
  const more = left > 0 ? `${left} more files: -o json lists them all\n` : ''
  return `${table(['FILE', 'SIZE', 'REFERENCES', 'STATE'], rows)}${more}`
}
