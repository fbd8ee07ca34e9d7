import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import { isApiError, type KubeApi } from '../kubernetes/api.ts'
import { sameJson, timestamp } from './cluster.ts'
import { eventsOf } from './cluster-events.ts'
import type { Dialect } from './dialect.ts'
import type { EventRecorder } from './events.ts'
import type { Observed } from './observed.ts'
import { clusterPath } from './paths.ts'

interface Writer {
  readonly api: KubeApi
  readonly dialect: Dialect
  readonly events: EventRecorder
}

/**
 * PUT on the status subresource, then the Events. Both operators write again what a pass did where the object moved
 * meanwhile (flinkcluster_reconciler.go updateStatus); what was derived from the old object is written again by
 * Spotify's alone (flinkcluster_updater.go updateClusterStatus).
 */
export async function writeStatus(
  { api, dialect, events }: Writer,
  { cluster, now }: Observed,
  status: object,
  writeAgain: boolean,
): Promise<Fields> {
  const path = clusterPath(cluster.namespace, cluster.name, dialect.version)
  const next: Fields = { ...status, lastUpdateTime: timestamp(now) }
  const written = await api
    .replace(`${path}/status`, { ...cluster.body, status: next })
    .catch(async error => {
      if (!isApiError(error, 409) || !writeAgain) throw error
      const newest = await api.get(path)
      const merged = changesOnto(fieldsAt(newest, 'status'), cluster.status, next)
      return api.replace(`${path}/status`, { ...newest, status: merged })
    })
  for (const event of eventsOf(cluster.status, next)) await events.record(cluster, event, now)
  return written
}

/** What changed from `before` to `after`, field by field and component by component, on top of `newest`. */
function changesOnto(newest: Fields, before: Fields, after: Fields): Fields {
  const changed = (was: Fields, is: Fields) =>
    Object.fromEntries(Object.entries(is).filter(([field, value]) => !sameJson(was[field], value)))
  const components = changed(fieldsAt(before, 'components'), fieldsAt(after, 'components'))
  return {
    ...newest,
    ...changed(before, after),
    components: { ...fieldsAt(newest, 'components'), ...components },
  }
}
