import { type Fields, fieldsAt, integerAt, isFields, textAt, textsAt } from '../../../src/domain/fields.ts'
import { controlAnnotation } from '../../sandbox/operators/cluster.ts'

/**
 * What a reader of FlinkClusters can tell from one object, without times and with ids and locations by the order of
 * their appearance: two runs of the same story have the same shapes.
 */
export type Shape = Readonly<Record<string, unknown>>

/** Turns the objects of one story into shapes; what changes nothing adds none. */
export function shapes(): { add(object: Fields | undefined): void; readonly list: Shape[] } {
  const list: Shape[] = []
  const symbols = new Map<string, string>()
  let first: Fields | undefined
  const symbol = (kind: string, value: string | undefined) => {
    if (value === undefined) return undefined
    const known = symbols.get(value)
    if (known) return known
    const name = `${kind} ${[...symbols.values()].filter(other => other.startsWith(kind)).length + 1}`
    symbols.set(value, name)
    return name
  }
  const add = (object: Fields | undefined) => {
    first ??= object
    const shape = object ? shapeOf(object, first ?? {}, symbol) : { deleted: true }
    if (object === undefined) first = undefined
    if (JSON.stringify(shape) !== JSON.stringify(list.at(-1))) list.push(shape)
  }
  return { add, list }
}

type Symbols = (kind: string, value: string | undefined) => string | undefined

function shapeOf(object: Fields, first: Fields, symbol: Symbols): Shape {
  const status = fieldsAt(object, 'status')
  const job = fieldsAt(status, 'components', 'job')
  const { currentRevision, nextRevision } = isFields(status['revision']) ? status['revision'] : status
  return withoutUndefined({
    specChanges:
      (integerAt(object, 'metadata', 'generation') ?? 0) - (integerAt(first, 'metadata', 'generation') ?? 0),
    annotation: textsAt(object, 'metadata', 'annotations')[controlAnnotation],
    cluster: status['state'],
    updating: currentRevision !== nextRevision,
    job: withoutUndefined({
      fields: Object.keys(job)
        .filter(field => !['submitterExitCode', 'submitterName', 'name'].includes(field))
        .sort(),
      state: job['state'],
      id: symbol('job', textAt(job, 'id')),
      fromSavepoint: symbol('location', textAt(job, 'fromSavepoint')),
      savepointLocation: symbol('location', textAt(job, 'savepointLocation')),
      generation: generation(job, fieldsAt(first, 'status', 'components', 'job')),
      lastTrigger: symbol('trigger', textAt(job, 'lastSavepointTriggerID')),
    }),
    savepoint: savepointShape(fieldsAt(status, 'savepoint'), symbol),
    control: withoutUndefined({ ...fieldsAt(status, 'control'), updateTime: undefined }),
  })
}

function generation(job: Fields, first: Fields): number {
  return (integerAt(job, 'savepointGeneration') ?? 0) - (integerAt(first, 'savepointGeneration') ?? 0)
}

function savepointShape(savepoint: Fields, symbol: Symbols): Shape {
  return withoutUndefined({
    // Spotify writes the format where the CRD's default is in the spec: v0.6.0's has it, the recorded one had not.
    fields: Object.keys(savepoint)
      .filter(field => field !== 'formatType')
      .sort(),
    state: savepoint['state'],
    reason: savepoint['triggerReason'],
    trigger: symbol('trigger', textAt(savepoint, 'triggerID')),
    job: symbol('job', textAt(savepoint, 'jobID')),
    message: textAt(savepoint, 'message')?.split('\n')[0],
    messageLength: textAt(savepoint, 'message')?.length,
  })
}

function withoutUndefined(fields: Fields): Shape {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
