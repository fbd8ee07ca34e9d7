import { Failure } from '../../domain/failure.ts'
import { textAt } from '../../domain/fields.ts'
import type { Cluster, ServedKind } from '../../domain/ports.ts'
import { printedName, type Resource } from '../../domain/resource.ts'
import {
  type JobRecord,
  managedByLabel,
  manager,
  parseRecord,
  type RecordedJob,
  recordKind,
  recordRef,
} from '../../history/record.ts'
import { type RecordReading, warnOfDropped } from './read-record.ts'

/** The records of all jobs of some kinds, in one paged list. What cannot be read or used is a warning. */
export async function* listRecords(
  cluster: Cluster,
  kinds: readonly ServedKind[],
  namespace: string | undefined,
  { warn, now }: RecordReading,
): AsyncIterable<{ readonly job: RecordedJob; readonly record: JobRecord }> {
  const labels = `${managedByLabel}=${manager}`
  try {
    for await (const { items } of cluster.list(recordKind, namespace, { labels })) {
      for (const configMap of items) {
        const job = recordedJob(configMap, kinds)
        const record = job && recordIn(configMap, job, { warn, now })
        if (record) yield { job, record }
      }
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    warn(`Warning: the records are not in this list: ${error.message}`, error)
  }
}

function recordIn(
  configMap: Resource,
  job: RecordedJob,
  { warn, now }: RecordReading,
): JobRecord | undefined {
  const parsed = parseRecord(configMap, job, now)
  const { name } = configMap.metadata
  if ('unusable' in parsed) {
    warn(`Warning: configmap/${name} is not used: ${parsed.unusable}`)
    return undefined
  }
  warnOfDropped(name, parsed.record, warn)
  return parsed.record
}

/** The job that a record says it belongs to, if it is of one of these kinds and the record stands where that job's record stands. */
function recordedJob(configMap: Resource, kinds: readonly ServedKind[]): RecordedJob | undefined {
  const { namespace } = configMap.metadata
  const said = textAt(configMap.body, 'data', 'job') ?? ''
  const [prefix, served] =
    kinds
      .map(kind => [printedName({ ...kind, name: '' }), kind] as const)
      .find(([of]) => said.startsWith(of)) ?? []
  const name = prefix === undefined ? '' : said.slice(prefix.length)
  if (!served || !/^[a-z0-9][a-z0-9.-]{0,252}$/.test(name)) return undefined
  const { apiVersion, kind } = served
  const job = { apiVersion, kind, namespace, name }
  return recordRef(job).name === configMap.metadata.name ? job : undefined
}
