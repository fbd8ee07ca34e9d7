import { type Fields, fieldsAt, integerAt, isFields, listAt, textAt } from '../../../src/domain/fields.ts'
import type { KubeApi } from '../kubernetes/api.ts'
import { type FlinkCluster, hashOf } from './cluster.ts'

export interface Revision {
  /** `NAME-HASH`, of the ControllerRevision and of the label on components. */
  readonly name: string
  /** `NAME-HASH-NUMBER`, as status has it. */
  readonly numbered: string
}

const labels = { managedBy: 'flinkoperator.k8s.io/managed-by', hash: 'flinkoperator.k8s.io/hash' }

/**
 * The ControllerRevision of the spec as it is now; one that was used before comes back with a higher number, and a new
 * one is made for a new spec (controllers/history and flinkcluster_observer.go syncRevisionStatus in both operators).
 */
export async function currentRevision(
  api: KubeApi,
  cluster: FlinkCluster,
  unrevised: readonly string[],
): Promise<Revision> {
  const data = revisionData(cluster, unrevised)
  const name = `${cluster.name}-${hashOf(data)}`
  const path = `/apis/apps/v1/namespaces/${cluster.namespace}/controllerrevisions`
  const selector = encodeURIComponent(`${labels.managedBy}=${cluster.name}`)
  const known = listAt(await api.get(`${path}?labelSelector=${selector}`), 'items').filter(
    one => textAt(listAt(one, 'metadata', 'ownerReferences')[0] ?? {}, 'uid') === cluster.uid,
  )
  const newest = known.reduce((highest, one) => Math.max(highest, numberOf(one)), 0)
  const same = known.find(one => textAt(one, 'metadata', 'name') === name)
  if (same && numberOf(same) === newest) return { name, numbered: `${name}-${newest}` }
  const revision = newest + 1
  if (same) await api.patch(`${path}/${name}`, { revision })
  else await api.create(path, controllerRevision(cluster, name, revision, data))
  await prune(api, path, known, integerAt(cluster.spec, 'revisionHistoryLimit') ?? 10)
  return { name, numbered: `${name}-${revision}` }
}

/** The spec without the fields whose change starts nothing (util.go newRevisionDataPatch). */
function revisionData({ spec }: FlinkCluster, unrevised: readonly string[]): Fields {
  const { job, ...rest } = spec
  if (!isFields(job)) return { spec: { ...rest, $patch: 'replace' } }
  const revised = Object.fromEntries(Object.entries(job).filter(([field]) => !unrevised.includes(field)))
  return { spec: { ...rest, job: revised, $patch: 'replace' } }
}

function controllerRevision(cluster: FlinkCluster, name: string, revision: number, data: Fields): Fields {
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: cluster.namespace,
      labels: { [labels.managedBy]: cluster.name, [labels.hash]: name.slice(cluster.name.length + 1) },
      ownerReferences: [ownerReference(cluster)],
    },
    data,
    revision,
  }
}

/** What ties an object to its FlinkCluster, for the garbage collector. */
export function ownerReference(cluster: FlinkCluster): Fields {
  return {
    apiVersion: cluster.apiVersion,
    kind: 'FlinkCluster',
    name: cluster.name,
    uid: cluster.uid,
    controller: true,
    blockOwnerDeletion: false,
  }
}

function numberOf(revision: Fields): number {
  return integerAt(revision, 'revision') ?? 0
}

async function prune(api: KubeApi, path: string, known: readonly Fields[], limit: number): Promise<void> {
  const oldestFirst = [...known].sort((a, b) => numberOf(a) - numberOf(b))
  for (const old of oldestFirst.slice(0, Math.max(0, known.length + 1 - limit))) {
    await api.delete(`${path}/${textAt(fieldsAt(old, 'metadata'), 'name')}`)
  }
}
