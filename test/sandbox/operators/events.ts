import { randomInt } from 'node:crypto'
import type { Fields } from '../../../src/domain/fields.ts'
import type { KubeApi } from '../kubernetes/api.ts'
import { type FlinkCluster, timestamp } from './cluster.ts'
import type { ClusterEvent } from './cluster-events.ts'

/** Sends Events the way client-go does, losing most of them (tools/record/events_cache.go). */
export interface EventRecorder {
  record(cluster: FlinkCluster, event: ClusterEvent, now: number): Promise<void>
}

/** The tenth message of one kind within ten minutes, and all after it, go into one Event; after 25 an object gets one per five minutes. */
const similarLimit = 10
const similarForMs = 600_000
const burst = 25
const refillMs = 300_000

interface Correlation {
  tokens: number
  refilledAt: number
  /** By type and reason: the messages seen, and when the last was. */
  readonly similar: Map<string, { readonly messages: Set<string>; at: number }>
  /** By what is equal in them. */
  readonly sent: Map<string, { readonly name: string; count: number }>
}

interface Correlated {
  /** Equal for what counts as one Event. */
  readonly key: string
  readonly event: ClusterEvent
}

/** `component` stands as reportingComponent, which older client-go leaves empty. */
export function eventRecorder(api: KubeApi, component: string): EventRecorder {
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
      const correlated = combined(correlation, event, now)
      if (spent(correlation, now)) return
      // An Event that cannot be written is lost, as in client-go.
      await write(api, { cluster, ...correlated, now, component }, correlation).catch(() => undefined)
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

/** Repetitions of one message are counted on its Event; many different messages end in one (EventAggregate). */
function combined({ similar }: Correlation, event: ClusterEvent, now: number): Correlated {
  const kind = `${event.type}/${event.reason}`
  const known = similar.get(kind)
  const group = known && now - known.at < similarForMs ? known : { messages: new Set<string>(), at: now }
  group.messages.add(event.message)
  group.at = now
  similar.set(kind, group)
  if (group.messages.size < similarLimit) return { key: `${kind}/${event.message}`, event }
  // No more of them are remembered than tell that there are many.
  for (const message of [...group.messages].slice(0, group.messages.size - similarLimit + 1)) {
    group.messages.delete(message)
  }
  return { key: kind, event: { ...event, message: `(combined from similar events): ${event.message}` } }
}

interface Writing extends Correlated {
  readonly cluster: FlinkCluster
  readonly now: number
  readonly component: string
}

async function write(
  api: KubeApi,
  { cluster, key, event, now, component }: Writing,
  { sent }: Correlation,
): Promise<void> {
  const path = `/api/v1/namespaces/${cluster.namespace}/events`
  const before = sent.get(key)
  if (before) {
    before.count += 1
    const change = { count: before.count, message: event.message, lastTimestamp: timestamp(now) }
    await api.patch(`${path}/${before.name}`, change)
    return
  }
  const name = `${cluster.name}.${nanoseconds(now).toString(16)}`
  sent.set(key, { name, count: 1 })
  await api.create(path, body(cluster, name, event, now, component))
}

/** Of which client-go makes an Event's name (tools/record/event.go makeEvent). */
function nanoseconds(now: number): bigint {
  return BigInt(Math.floor(now)) * 1_000_000n + BigInt(randomInt(1_000_000))
}

function body(
  cluster: FlinkCluster,
  name: string,
  event: ClusterEvent,
  now: number,
  component: string,
): Fields {
  const { apiVersion, namespace, uid } = cluster
  const at = timestamp(now)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: { apiVersion, kind: 'FlinkCluster', namespace, name: cluster.name, uid },
    ...event,
    source: { component: 'FlinkOperator' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    reportingComponent: component,
    reportingInstance: '',
  }
}
