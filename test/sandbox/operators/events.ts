import { randomBytes } from 'node:crypto'
import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import type { KubeApi } from '../kubernetes/api.ts'
import { type FlinkCluster, sameJson, timestamp } from './cluster.ts'

export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** Sends Events the way client-go does, losing most of them (tools/record/events_cache.go). */
export interface EventRecorder {
  record(cluster: FlinkCluster, event: ClusterEvent, now: number): Promise<void>
}

/** Ten similar ones in ten minutes are combined; after 25 an object gets one per five minutes. */
const similarLimit = 10
const burst = 25
const refillMs = 300_000

interface Correlation {
  tokens: number
  refilledAt: number
  readonly similar: Map<string, number>
  readonly sent: Map<string, { name: string; count: number }>
}

export function eventRecorder(api: KubeApi): EventRecorder {
  const objects = new Map<string, Correlation>()
  return {
    record: async (cluster, event, now) => {
      const correlation = objects.get(cluster.uid) ?? {
        tokens: burst,
        refilledAt: now,
        similar: new Map(),
        sent: new Map(),
      }
      objects.set(cluster.uid, correlation)
      if (spent(correlation, now)) return
      // An Event that cannot be written is lost, as in client-go.
      await write(api, cluster, combined(correlation, event), correlation, now).catch(() => undefined)
    },
  }
}

function spent(correlation: Correlation, now: number): boolean {
  const refilled = Math.floor((now - correlation.refilledAt) / refillMs)
  if (refilled > 0) {
    correlation.tokens = Math.min(burst, correlation.tokens + refilled)
    correlation.refilledAt = now
  }
  if (correlation.tokens === 0) return true
  correlation.tokens -= 1
  return false
}

function combined({ similar }: Correlation, event: ClusterEvent): ClusterEvent {
  const key = `${event.type}/${event.reason}`
  const count = (similar.get(key) ?? 0) + 1
  similar.set(key, count)
  return count > similarLimit
    ? { ...event, message: `(combined from similar events): ${event.message}` }
    : event
}

async function write(
  api: KubeApi,
  cluster: FlinkCluster,
  event: ClusterEvent,
  { sent }: Correlation,
  now: number,
): Promise<void> {
  const path = `/api/v1/namespaces/${cluster.namespace}/events`
  const key = `${event.type}/${event.reason}/${event.message}`
  const before = sent.get(key)
  const at = timestamp(now)
  if (before) {
    before.count += 1
    await api.patch(`${path}/${before.name}`, { count: before.count, lastTimestamp: at })
    return
  }
  const name = `${cluster.name}.${randomBytes(8).toString('hex')}`
  sent.set(key, { name, count: 1 })
  await api.create(path, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: cluster.namespace },
    involvedObject: {
      apiVersion: 'flinkoperator.k8s.io/v1beta1',
      kind: 'FlinkCluster',
      namespace: cluster.namespace,
      name: cluster.name,
      uid: cluster.uid,
    },
    ...event,
    source: { component: 'FlinkOperator' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    reportingComponent: 'FlinkOperator',
    reportingInstance: '',
  })
}

/** The Events of one status write (controllers/flinkcluster_updater.go createStatusChangeEvents, util.go getSavepointEvent, getControlEvent). */
export function eventsOf(before: Fields, after: Fields): ClusterEvent[] {
  const savepoint = fieldsAt(after, 'savepoint')
  const control = fieldsAt(after, 'control')
  return [
    ...stateEvent(
      'Job',
      textAt(before, 'components', 'job', 'state'),
      textAt(after, 'components', 'job', 'state'),
    ),
    ...stateEvent('Cluster', textAt(before, 'state'), textAt(after, 'state')),
    ...(sameJson(fieldsAt(before, 'savepoint'), savepoint) ? [] : savepointEvent(savepoint)),
    ...(sameJson(fieldsAt(before, 'control'), control) ? [] : controlEvent(control)),
  ]
}

function stateEvent(what: string, before: string | undefined, after: string | undefined): ClusterEvent[] {
  if (after === undefined || before === after) return []
  const message = before ? `${what} status changed: ${before} -> ${after}` : `${what} status: ${after}`
  return [{ type: 'Normal', reason: 'StatusUpdate', message }]
}

function savepointEvent(savepoint: Fields): ClusterEvent[] {
  const message = textAt(savepoint, 'message') ?? ''
  const short = message.length > 100 ? `${message.slice(0, 100)}...` : message
  const reason = (textAt(savepoint, 'triggerReason') ?? '').replace(/^(job cancel|update)$/, 'for $1')
  switch (savepoint['state']) {
    case 'InProgress': {
      const text = `Triggered savepoint ${reason}: triggerID ${textAt(savepoint, 'triggerID')}.`
      return [{ type: 'Normal', reason: 'SavepointTriggered', message: text }]
    }
    case 'Succeeded':
      return [{ type: 'Normal', reason: 'SavepointCreated', message: 'Successfully savepoint created' }]
    case 'Failed':
      return [{ type: 'Warning', reason: 'SavepointFailed', message: `Savepoint creation failed: ${short}` }]
    case 'TriggerFailed':
      return [
        {
          type: 'Warning',
          reason: 'SavepointFailed',
          message: `Failed to trigger savepoint ${reason}: ${short}`,
        },
      ]
    default:
      return []
  }
}

function controlEvent(control: Fields): ClusterEvent[] {
  const name = textAt(control, 'name') ?? ''
  const message = textAt(control, 'message')
  switch (control['state']) {
    case 'Requested':
    case 'Progressing':
      return [{ type: 'Normal', reason: 'ControlRequested', message: `Requested new user control ${name}` }]
    case 'InProgress':
      return [{ type: 'Normal', reason: 'ControlInProgress', message: `In progress user control ${name}` }]
    case 'Succeeded':
      // "Succesfully" is theirs.
      return [
        { type: 'Normal', reason: 'ControlSucceeded', message: `Succesfully completed user control ${name}` },
      ]
    case 'Failed': {
      const text = `User control ${name} failed${message ? `: ${message}` : ''}`
      return [{ type: 'Warning', reason: 'ControlFailed', message: text }]
    }
    default:
      return []
  }
}
