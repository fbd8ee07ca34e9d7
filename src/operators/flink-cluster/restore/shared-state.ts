import { type Fields, fieldsAt } from '../../../domain/fields.ts'
import { sameLocation } from '../../../domain/location.ts'

/**
 * What two FlinkClusters have in common in Flink's own configuration, and two jobs may not: each would take the other's
 * leader, checkpoints or results for its own. Keys of flink-runtime HighAvailabilityOptions, CheckpointingOptions and
 * PipelineOptionsInternal, in their old and new spellings.
 */
export function sharedState(one: Fields, other: Fields): string[] {
  const [a, b] = [propertiesOf(one), propertiesOf(other)]
  return [sharedLeader(a, b), sharedCheckpoints(a, b), sharedJobId(a, b)].filter(
    shared => shared !== undefined,
  )
}

type Properties = Readonly<Record<string, string>>

/** The first of the keys that says something, in lists of old and new spellings. */
function value(properties: Properties, ...keys: readonly string[]): string | undefined {
  return keys.map(key => properties[key]).find(text => text !== undefined && text !== '')
}

/** With ZooKeeper a cluster without an id of its own is `/default`, whichever object it belongs to. */
function sharedLeader(a: Properties, b: Properties): string | undefined {
  if (!isHighlyAvailable(a) || !isHighlyAvailable(b)) return undefined
  const [of, its] = [a, b].map(
    each => value(each, 'high-availability.cluster-id', 'kubernetes.cluster-id') ?? '/default',
  )
  return of === its ? `the high-availability cluster id ${of}` : undefined
}

export function isHighlyAvailable(properties: Properties): boolean {
  const mode = value(properties, 'high-availability.type', 'high-availability')
  return mode !== undefined && mode.toUpperCase() !== 'NONE'
}

function sharedCheckpoints(a: Properties, b: Properties): string | undefined {
  const keys = ['execution.checkpointing.dir', 'state.checkpoints.dir', 'state.backend.fs.checkpointdir']
  const [of, its] = [value(a, ...keys), value(b, ...keys)]
  return sameLocation(of, its) ? `the checkpoint directory ${of}` : undefined
}

function sharedJobId(a: Properties, b: Properties): string | undefined {
  const key = '$internal.pipeline.job-id'
  const [of, its] = [value(a, key), value(b, key)]
  return of !== undefined && of === its ? `the job id ${of}` : undefined
}

/** spec.flinkProperties as Flink reads it: every value is a text. */
export function propertiesOf(object: Fields): Properties {
  const entries = Object.entries(fieldsAt(object, 'spec', 'flinkProperties'))
  return Object.fromEntries(
    entries.flatMap(([key, each]): [string, string][] =>
      typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean'
        ? [[key, String(each).trim()]]
        : [],
    ),
  )
}
