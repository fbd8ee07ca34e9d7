import { failure } from '../domain/failure.ts'
import { type Fields, listAt, textAt } from '../domain/fields.ts'
import type { RestPlace } from '../domain/rest.ts'
import { resourcePath, subjectOf } from './paths.ts'
import { listLimit, type Server } from './server.ts'

/** A pod, and the container in it that runs Flink. */
export interface ReadyPod {
  readonly name: string
  readonly container?: string
}

/** The newest ready pod that carries the labels: with HA there may be several JobManagers, each of which answers. */
export async function readyPod(server: Server, place: RestPlace, signal: AbortSignal): Promise<ReadyPod> {
  const labelSelector = Object.entries(place.podLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const { fields } = await server.json(
    {
      method: 'GET',
      path: resourcePath(
        { apiVersion: 'v1', plural: 'pods', namespace: place.namespace },
        { labelSelector, limit: '100' },
      ),
      subject: subjectOf('list', { apiVersion: 'v1' }, 'pods'),
      signal,
    },
    listLimit,
  )
  const ready = listAt(fields, 'items').filter(isReady)
  const newest = ready.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)))[0]
  const name = newest && textAt(newest, 'metadata', 'name')
  if (name === undefined) {
    throw failure('not-asked', `no ready JobManager pod (${labelSelector}) in namespace ${place.namespace}`)
  }
  const container = flinkContainer(newest ?? {}, place.podPort)
  return { name, ...(container !== undefined && { container }) }
}

/** Beside Flink a service mesh may have put containers of its own into the pod: the one with the REST port is meant. */
function flinkContainer(pod: Fields, port: number): string | undefined {
  const containers = listAt(pod, 'spec', 'containers')
  const listening = containers.find(container =>
    listAt(container, 'ports').some(({ containerPort }) => containerPort === port),
  )
  const usual = textAt(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container')
  return (listening && textAt(listening, 'name')) ?? usual ?? textAt(containers[0] ?? {}, 'name')
}

function createdAt(pod: Fields): string {
  return textAt(pod, 'metadata', 'creationTimestamp') ?? ''
}

function isReady(pod: Fields): boolean {
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return false
  return listAt(pod, 'status', 'conditions').some(
    condition => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  )
}
