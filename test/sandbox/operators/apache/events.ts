import type { Fields } from '../../../../src/domain/fields.ts'
import { isApiError, type KubeApi } from '../../kubernetes/api.ts'
import { timestamp } from '../cluster.ts'
import { apacheVersion } from './kinds.ts'
import type { Owned } from './resource.ts'

export interface ApacheEvent {
  readonly component: 'Operator' | 'JobManagerDeployment' | 'Job' | 'Snapshot'
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** One Event for each reason and message of an object, its count and lastTimestamp moved on (EventUtils.java createOrUpdateEvent). */
export async function sendEvent(api: KubeApi, about: Owned, event: ApacheEvent): Promise<void> {
  const path = `/api/v1/namespaces/${about.namespace}/events`
  const name = `${event.component}.${hash(`${about.uid}${event.reason}${event.message}`)}`
  const at = timestamp(Date.now())
  try {
    const before = await api.get(`${path}/${name}`)
    await api.patch(`${path}/${name}`, { count: Number(before['count']) + 1, lastTimestamp: at })
  } catch (error) {
    if (!isApiError(error, 404)) throw error
    await api.create(path, body(about, name, event, at))
  }
}

function body(about: Owned, name: string, event: ApacheEvent, at: string): Fields {
  const { kind, namespace, uid } = about
  const { component, ...told } = event
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: { apiVersion: apacheVersion, kind, namespace, name: about.name, uid },
    ...told,
    source: { component },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    reportingComponent: '',
    reportingInstance: '',
  }
}

/** As String.hashCode of Java, without its sign. */
function hash(text: string): number {
  let value = 0
  for (const letter of text) value = (Math.imul(31, value) + (letter.codePointAt(0) ?? 0)) | 0
  return Math.abs(value)
}
