import { type Fields, fieldsAt, integerAt, textAt } from '../../domain/fields.ts'
import type { Verifying } from '../job-operator.ts'

/** What a FlinkCluster asks of a savepoint. */
export const verifying: Verifying = {
  demands({ spec }) {
    const parallelism = integerAt(spec, 'job', 'parallelism')
    const maxParallelism = Number(fieldsAt(spec, 'flinkProperties')['pipeline.max-parallelism'])
    const flinkVersion = versionOf(spec)
    return {
      ...(parallelism !== undefined && parallelism > 0 && { parallelism }),
      ...(Number.isSafeInteger(maxParallelism) && maxParallelism > 0 && { maxParallelism }),
      ...(flinkVersion !== undefined && { flinkVersion }),
    }
  },
}

/** The tag of an image that is called flink; others have versions of their own. Else spec.flinkVersion (Spotify), which nobody compares with the image. */
function versionOf(spec: Fields): string | undefined {
  const image = textAt(spec, 'image', 'name') ?? ''
  const tag = /(?:^|\/)flink:v?(\d+\.\d+(?:\.\d+)?)(?![\d.])/.exec(image)?.[1]
  return tag ?? /^v?(\d+\.\d+(?:\.\d+)?)$/.exec(textAt(spec, 'flinkVersion') ?? '')?.[1]
}
