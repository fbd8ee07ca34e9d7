import { readFileSync } from 'node:fs'
import { type Fields, fieldsAt, textAt } from '../../src/domain/fields.ts'
import { type Resource, resourceOf, shortName } from '../../src/domain/resource.ts'
import type { TraceRecord } from './trace.ts'

/** A recording of the Apache operator, as the job `flinkdeployment/demo` is concerned. */
export function readApacheTrace(file: string, job: string): TraceRecord[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const records = lines.map(text => JSON.parse(text) as Fields)
  const start = timeOf(records[0] ?? {})
  return records.map((fields, index) => {
    const type = textAt(fields, 'type')
    const resource = resourceOf(fieldsAt(fields, 'object'))
    return {
      line: index + 1,
      seconds: (timeOf(fields) - start) / 1_000,
      time: timeOf(fields),
      ...(type && { type }),
      ...partsOf(resource, job),
    }
  })
}

/** Every object of a recording, whosever it is. */
export function readObjects(file: string): Resource[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const resources = lines.map(text => resourceOf(fieldsAt(JSON.parse(text) as Fields, 'object')))
  return resources.filter(resource => resource?.kind.startsWith('Flink')) as Resource[]
}

function partsOf(
  resource: Resource | undefined,
  job: string,
): Pick<TraceRecord, 'source' | 'object' | 'snapshot'> {
  if (resource?.kind === 'FlinkStateSnapshot') return { source: 'snapshot', snapshot: resource }
  if (resource && shortName({ kind: resource.kind, name: resource.metadata.name }) === job)
    return { source: 'job', object: resource }
  return { source: '' }
}

function timeOf(fields: Fields): number {
  return Date.parse(textAt(fields, 't') ?? '')
}
