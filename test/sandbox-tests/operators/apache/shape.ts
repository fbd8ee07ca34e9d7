import {
  type Fields,
  fieldsAt,
  flagAt,
  integerAt,
  listAt,
  textAt,
  textsAt,
} from '../../../../src/domain/fields.ts'
import { recordedOf } from '../../../sandbox/operators/apache/recorded.ts'

/** What a reader can tell from one object, without times; ids and locations by the order of their appearance. */
export type Shape = Readonly<Record<string, unknown>>

/** By object, `FlinkDeployment` or `FlinkStateSnapshot 1`: its shapes, each that differs from the one before; and the Events that were told. */
export interface Stories {
  readonly objects: Record<string, Shape[]>
  readonly events: Set<string>
}

export interface Teller {
  readonly stories: Stories
  /** `object` undefined: it is gone. */
  see(kind: string, name: string, object: Fields | undefined): void
  /** Which location came how manieth. */
  readonly locations: readonly string[]
}

export function teller(): Teller {
  const stories: Stories = { objects: {}, events: new Set() }
  const symbols = new Map<string, string>()
  const snapshots: string[] = []
  const locations: string[] = []
  const first = new Map<string, Fields>()
  const symbol: Symbols = (kind, value) => {
    if (value === undefined) return undefined
    const known = symbols.get(value)
    if (known) return known
    const name = `${kind} ${[...symbols.values()].filter(other => other.startsWith(kind)).length + 1}`
    symbols.set(value, name)
    if (kind === 'location') locations.push(value)
    return name
  }
  const keyOf = (kind: string, name: string) => {
    if (kind !== 'FlinkStateSnapshot') return kind
    if (!snapshots.includes(name)) snapshots.push(name)
    return `${kind} ${snapshots.indexOf(name) + 1}`
  }
  return {
    stories,
    locations,
    see: (kind, name, object) => {
      if (kind === 'Event') {
        const about = textAt(object ?? {}, 'involvedObject', 'kind')
        if (object) stories.events.add(`${about} ${object['type']} ${object['reason']}`)
        return
      }
      // It was there before the story began.
      if (isLeaving(object) && !stories.objects[kind] && !snapshots.includes(name)) return
      const key = keyOf(kind, name)
      const story = stories.objects[key] ?? []
      stories.objects[key] = story
      const beginning = first.get(key) ?? object ?? {}
      first.set(key, beginning)
      const shape = object === undefined ? { gone: true } : shapeOf(kind, object, beginning, symbol)
      if (JSON.stringify(shape) !== JSON.stringify(story.at(-1))) story.push(shape)
    },
  }
}

function isLeaving(object: Fields | undefined): boolean {
  return object === undefined || textAt(object, 'metadata', 'deletionTimestamp') !== undefined
}

type Symbols = (kind: string, value: string | undefined) => string | undefined

function shapeOf(kind: string, object: Fields, first: Fields, symbol: Symbols): Shape {
  return kind === 'FlinkStateSnapshot' ? snapshotShape(object, symbol) : jobShape(object, first, symbol)
}

/** A start goes through more states on real Flink than here. */
const starting = new Set(['INITIALIZING', 'CREATED'])

function jobShape(object: Fields, first: Fields, symbol: Symbols): Shape {
  const status = fieldsAt(object, 'status')
  const job = fieldsAt(status, 'jobStatus')
  const text = textAt(status, 'reconciliationStatus', 'lastReconciledSpec')
  const reconciled = text === undefined ? {} : (recordedOf(text).job ?? {})
  const state = textAt(job, 'state') ?? ''
  const generation = integerAt(status, 'observedGeneration')
  return withoutUndefined({
    wanted: wishOf(fieldsAt(object, 'spec', 'job'), symbol),
    reconciled: wishOf(reconciled, symbol),
    caughtUp:
      generation === undefined ? undefined : generation === integerAt(object, 'metadata', 'generation'),
    deployment: textAt(status, 'reconciliationStatus', 'state'),
    lifecycle: textAt(status, 'lifecycleState'),
    state: starting.has(state) ? 'RECONCILING' : state,
    error: errorShape(textAt(status, 'error')),
    job: symbol('job', textAt(job, 'jobId')),
    upgradePath: symbol('location', textAt(job, 'upgradeSavepointPath')),
    savepoints: savepointShape(fieldsAt(job, 'savepointInfo'), first, symbol),
  })
}

function wishOf(job: Fields, symbol: Symbols): Shape {
  return withoutUndefined({
    state: textAt(job, 'state'),
    upgradeMode: textAt(job, 'upgradeMode'),
    nonce: integerAt(job, 'savepointTriggerNonce'),
    redeploy: integerAt(job, 'savepointRedeployNonce'),
    path: symbol('location', textAt(job, 'initialSavepointPath')),
  })
}

/** JSON by its type; plain text, which is there in healthy starts, by nothing. */
function errorShape(text: string | undefined): string | undefined {
  return /"type":"[\w.]*?(\w+)"/.exec(text ?? '')?.[1]
}

function savepointShape(info: Fields, first: Fields, symbol: Symbols): Shape {
  const kept = listAt(info, 'savepointHistory')
  const firstKept = listAt(first, 'status', 'jobStatus', 'savepointInfo', 'savepointHistory').length
  const last = fieldsAt(info, 'lastSavepoint')
  return withoutUndefined({
    inFlight: symbol('trigger', textAt(info, 'triggerId')),
    why: textAt(info, 'triggerType'),
    last: symbol('location', textAt(last, 'location')),
    lastType: textAt(last, 'triggerType'),
    lastFormat: textAt(last, 'formatType'),
    lastNonce: integerAt(last, 'triggerNonce'),
    // As far as it has grown since the first sight.
    kept: kept.slice(firstKept).map(one => symbol('location', textAt(one, 'location'))),
  })
}

function snapshotShape(object: Fields, symbol: Symbols): Shape {
  const status = fieldsAt(object, 'status')
  const { labels, finalizers, deletionTimestamp } = fieldsAt(object, 'metadata')
  return withoutUndefined({
    labels: Object.entries(textsAt({ labels }, 'labels'))
      .filter(([key]) => key !== 'job-reference.name')
      .sort(),
    finalized: finalizers !== undefined,
    leaving: deletionTimestamp === undefined ? undefined : true,
    backoffLimit: integerAt(object, 'spec', 'backoffLimit'),
    disposeOnDelete: flagAt(object, 'spec', 'savepoint', 'disposeOnDelete'),
    alreadyExists: flagAt(object, 'spec', 'savepoint', 'alreadyExists'),
    fields: Object.keys(status).sort(),
    state: textAt(status, 'state'),
    failures: integerAt(status, 'failures'),
    trigger: symbol('trigger', textAt(status, 'triggerId')),
    path: symbol('location', textAt(status, 'path')),
    error: textAt(status, 'error')?.replace(
      /Secondary resource \S+ (.*) for savepoint \S+ /,
      'Secondary resource $1 ',
    ),
  })
}

function withoutUndefined(fields: Fields): Shape {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
