import { type Fields, textAt } from '../../../src/domain/fields.ts'
import type { Observed } from './observed.ts'

/** The body of POST …/savepoints. */
export function savepointRequest({ cluster: { job } }: Observed, cancelJob: boolean): Fields {
  const format = job?.savepointFormatType
  return {
    'target-directory': job?.savepointsDir ?? '',
    'cancel-job': cancelJob,
    ...(format && { formatType: format }),
  }
}

/** The Flink job that status knows. */
export function jobIdOf({ cluster }: Observed): string {
  return textAt(cluster.status, 'components', 'job', 'id') ?? ''
}
