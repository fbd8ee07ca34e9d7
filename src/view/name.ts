import type { Printable } from '../domain/printable.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { cell } from './plain.ts'

/** `-o name`: a location a line, as Flink reported it; only of what is there to be used. */
export function names(printable: Printable): string {
  return namesOf(printable)
    .map(name => `${cell(name)}\n`)
    .join('')
}

function namesOf(printable: Printable): string[] {
  switch (printable.kind) {
    case 'Savepoint':
      return completed([printable.value])
    case 'SavepointList':
      return completed(printable.value.items)
    case 'Restore':
      return printable.value.state === 'Restored' ? [printable.value.savepoint.location] : []
    case 'RestorePlan':
      return [printable.value.savepoint.location]
    case 'TakePlan':
      return []
    case 'Version':
      return [printable.value.clientVersion.version]
  }
}

function completed(savepoints: readonly Savepoint[]): string[] {
  return savepoints.flatMap(({ state, location }) => (state === 'Completed' && location ? [location] : []))
}
