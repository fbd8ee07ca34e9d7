import { Failure } from '../../domain/failure.ts'
import { type Cluster, refusedWith } from '../../domain/ports.ts'
import {
  emptyRecord,
  type JobRecord,
  parseRecord,
  type RecordedJob,
  recordRef,
} from '../../history/record.ts'

/** Where a reader says what it had to leave out, and the time against which the record's times are checked. */
export interface RecordReading {
  /** `refusal`: the record could not be read at all. */
  readonly warn: (text: string, refusal?: Failure) => void
  readonly now: number
}

/** What the record of one job says. A record that is not there is empty; one that cannot be read or used is a warning. */
export async function readRecord(
  cluster: Pick<Cluster, 'get'>,
  job: RecordedJob,
  { warn, now }: RecordReading,
): Promise<JobRecord> {
  const ref = recordRef(job)
  try {
    const parsed = parseRecord(await cluster.get(ref), job, now)
    if ('unusable' in parsed) {
      warn(`Warning: configmap/${ref.name} is not used: ${parsed.unusable}`)
      return emptyRecord
    }
    warnOfDropped(ref.name, parsed.record, warn)
    return parsed.record
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (!refusedWith(error, 404)) warn(`Warning: the record is not in this list: ${error.message}`, error)
    return emptyRecord
  }
}

export function warnOfDropped(name: string, { dropped }: JobRecord, warn: RecordReading['warn']): void {
  if (dropped === 0) return
  const entries = dropped === 1 ? '1 entry' : `${dropped} entries`
  warn(`Warning: configmap/${name}: ${entries} left out: not written by kubectl-flinksp, or damaged`)
}
