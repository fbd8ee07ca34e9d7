import { integerAt, textAt } from '../../domain/fields.ts'
import type { Verifying } from '../job-operator.ts'
import { configurationOf, setting } from './configuration.ts'

/** What a FlinkDeployment or FlinkSessionJob asks of a savepoint. A session job has the Flink of its cluster, and does not say which. */
export const verifying: Verifying = {
  demands({ spec }) {
    const configuration = configurationOf(spec)
    const parallelism =
      integerAt(spec, 'job', 'parallelism') ?? numberIn(setting(configuration, 'parallelism.default'))
    const maxParallelism = numberIn(setting(configuration, 'pipeline.max-parallelism'))
    const flinkVersion = /^v(\d+)_(\d+)$/.exec(textAt(spec, 'flinkVersion') ?? '')
    return {
      ...(parallelism !== undefined && parallelism > 0 && { parallelism }),
      ...(maxParallelism !== undefined && { maxParallelism }),
      ...(flinkVersion && { flinkVersion: `${flinkVersion[1]}.${flinkVersion[2]}` }),
    }
  },
}

function numberIn(text: string | undefined): number | undefined {
  const number = Number(text)
  return text !== undefined && Number.isSafeInteger(number) && number > 0 ? number : undefined
}
