import type { InspectedFile, Inspection } from '../domain/inspection.ts'
import type { PlannedJob } from '../domain/plan.ts'
import type { RestoreTarget } from '../domain/savepoint.ts'
import type { Verification, VerificationCheck, VerifiedOperator } from '../domain/verification.ts'
import type { Demands } from '../operators/job-operator.ts'
import { filesCheck } from './files.ts'
import type { JobGraph } from './graph.ts'
import { compareOperators } from './operators.ts'
import { compareParallelism } from './parallelism.ts'
import { versionCheck, versionWarnings } from './version.ts'

export interface Verified {
  readonly job: PlannedJob
  readonly savepoint: RestoreTarget
  readonly inspection: Inspection
  /** Absent: they were not to be looked for. */
  readonly files?: readonly InspectedFile[]
  readonly graph?: JobGraph
  /** Why there is no graph, or none that is whole. */
  readonly graphMissing?: string
  readonly demands: Demands
  readonly allowNonRestoredState: boolean
}

/** Would this savepoint start this job? By what is known of both; what is not known holds nothing. */
export function verification(verified: Verified): Verification {
  const { job, savepoint, inspection, files, graph, demands, allowNonRestoredState } = verified
  const { flinkVersion } = demands
  const compared = compareOperators(inspection.operators, graph, {
    allowNonRestoredState,
    why: verified.graphMissing ?? '',
  })
  const { operators, check } = compareParallelism(compared.operators, demands)
  const checks: VerificationCheck[] = [
    { check: 'Metadata', result: 'Holds', message: `${inspection.location}/_metadata is whole` },
    versionCheck(inspection, flinkVersion),
    compared.check,
    check,
    ...(files ? [filesCheck(files)] : []),
  ]
  return {
    job,
    savepoint,
    result: resultOf(checks),
    checks,
    warnings: [
      ...compared.warnings,
      ...inFlightWarnings(inspection, operators),
      ...versionWarnings(inspection, flinkVersion),
    ],
    operators,
    ...(graph && { operatorsFrom: graph.from }),
    formatVersion: inspection.formatVersion,
    ...(flinkVersion !== undefined && { flinkVersion }),
  }
}

/** Records that were on their way from one operator to another belong to the two (flink-runtime TaskStateAssignment: "Cannot recover from unaligned checkpoint when topology changes"). */
function inFlightWarnings(
  { operators }: Pick<Inspection, 'operators'>,
  verified: readonly VerifiedOperator[],
): readonly string[] {
  const inFlight = operators.some(
    ({ bytesByKind }) => bytesByKind.inputChannel + bytesByKind.resultSubpartition > 0,
  )
  const changed = verified.some(({ outcome }) => outcome === 'New' || outcome === 'Dropped')
  if (!inFlight || !changed) return []
  return [
    'it is an unaligned checkpoint, which holds records in flight: Flink takes it only where the way between operators is as it was',
  ]
}

/** Nothing could be compared. Fails: this is known to be wrong; Unknown: it could not be read. */
export function unread(
  job: PlannedJob,
  savepoint: RestoreTarget | undefined,
  result: 'Fails' | 'Unknown',
  message: string,
): Verification {
  const checks: VerificationCheck[] = [{ check: 'Metadata', result, message }]
  return {
    job,
    ...(savepoint && { savepoint }),
    result: resultOf(checks),
    checks,
    warnings: [],
    operators: [],
  }
}

function resultOf(checks: readonly VerificationCheck[]): Verification['result'] {
  if (checks.some(({ result }) => result === 'Fails')) return 'DoesNotFit'
  return checks.some(({ result }) => result === 'Unknown') ? 'Unknown' : 'Fits'
}

/** What failed, else what is not known, a clause each. */
export function reasonsOf({ checks, result }: Pick<Verification, 'checks' | 'result'>): string {
  const wanted = result === 'DoesNotFit' ? 'Fails' : 'Unknown'
  return checks
    .filter(check => check.result === wanted)
    .map(({ message }) => message)
    .join('; ')
}
