import { type Fields, textAt } from '../domain/fields.ts'
import type { Printable } from '../domain/printable.ts'
import { printedName } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import type { Verification } from '../domain/verification.ts'
import { cell } from './plain.ts'

/** `-o name`: a location a line, as Flink reported it, and only of what is there to be used; of jobs, their names. */
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
    case 'PrunePlan':
      return printable.value.delete.map(({ location }) => location)
    case 'Prune':
      return printable.value.items.flatMap(({ state, location }) => (state === 'Deleted' ? [location] : []))
    case 'TakePlan':
    case 'TakePlanList':
    case 'StopPlan':
    case 'AutomaticPlan':
      return []
    case 'Automatic':
    case 'JobStatus':
      return [printedName(printable.value.job)]
    case 'JobStatusList':
      return printable.value.items.map(({ job }) => printedName(job))
    case 'Manifest':
      return [nameOfManifest(printable.value)]
    case 'Inspection':
      return [printable.value.location]
    case 'InspectionDiff':
      return [printable.value.from.location, printable.value.to.location]
    case 'Verification':
      return fitting([printable.value])
    case 'VerificationList':
      return fitting(printable.value.items)
    case 'Bundle':
      return [printable.value.file]
    case 'Version':
      return [printable.value.clientVersion.version]
  }
}

function nameOfManifest(manifest: Fields): string {
  return printedName({
    apiVersion: textAt(manifest, 'apiVersion') ?? '',
    kind: textAt(manifest, 'kind') ?? '',
    name: textAt(manifest, 'metadata', 'name') ?? '',
  })
}

/** Of those that would start their job. */
function fitting(verifications: readonly Verification[]): string[] {
  return verifications.flatMap(({ result, savepoint }) =>
    result === 'Fits' && savepoint ? [savepoint.location] : [],
  )
}

function completed(savepoints: readonly Savepoint[]): string[] {
  return savepoints.flatMap(({ state, location, gone }) =>
    state === 'Completed' && location && !gone ? [location] : [],
  )
}
