import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import { isApiError, type KubeApi } from '../kubernetes/api.ts'
import { controlAnnotation, type FlinkCluster, hashOf, readCluster, sameJson } from './cluster.ts'
import type { Dialect } from './dialect.ts'
import type { EventRecorder } from './events.ts'
import { type Hands, perform } from './hands.ts'
import { observe, type Sight } from './observe.ts'
import type { Action, Limits, Observed } from './observed.ts'
import { clusterPath } from './paths.ts'
import type { Races } from './races.ts'
import { currentRevision, type Revision } from './revisions.ts'
import { writeStatus } from './status-write.ts'
import type { Thread } from './thread.ts'

export interface Reconciler {
  readonly api: KubeApi
  readonly dialect: Dialect
  readonly events: EventRecorder
  readonly loopMs: number
  readonly limits: Limits
  readonly restTimeoutMs: number
  readonly races: Races
  readonly random: () => number
  /** By uid: what the operator's process remembers of an object. */
  readonly memories: Map<string, Memory>
  readonly thread: Thread
  /** Aborted when the operator stops. */
  readonly stopped: AbortSignal
}

export interface Memory {
  specHash?: string
  revision?: Revision
  readonly triggeredAt: Map<string, number>
  /** Passes that found the savepoint of now in progress. */
  loopsInProgress: number
  /** A stale copy will ask for the savepoint once more. */
  repeatTake: boolean
}

/**
 * One pass over one FlinkCluster: a status that needs a change is written, and that is all; else what has to be done is
 * done. Gives the time until the next pass that nothing else causes, none for an object that is gone (flinkcluster_controller.go: 5 s, 10 s).
 */
export async function reconcile(reconciler: Reconciler, key: string): Promise<number | undefined> {
  const { loopMs, thread } = reconciler
  await thread.free()
  const cluster = await readObject(reconciler, key)
  if (cluster === undefined) return undefined
  const memory = memoryOf(reconciler, cluster)
  const revision = await revisionOf(reconciler, cluster, memory)
  const sight = await observe(
    { ...reconciler, waitingSince: id => memory.triggeredAt.get(id) ?? Date.now() },
    cluster,
    revision,
  )
  const { observed } = sight
  if (observed.savepoint?.is === 'running') memory.loopsInProgress += 1
  const status = reconciler.dialect.derive(observed)
  if (!sameStatus(cluster.status, status)) {
    await writeDerived(reconciler, observed, status, memory)
    return loopMs / 2
  }
  return (await act(reconciler, sight, memory)) ? 0 : loopMs
}

async function readObject({ api, dialect }: Reconciler, key: string): Promise<FlinkCluster | undefined> {
  const [namespace, name] = key.split('/')
  try {
    const body = await api.get(clusterPath(namespace ?? '', name ?? '', dialect.version))
    return textAt(body, 'metadata', 'deletionTimestamp') ? undefined : readCluster(body)
  } catch (error) {
    if (isApiError(error, 404)) return undefined
    throw error
  }
}

function memoryOf({ memories }: Reconciler, { uid }: FlinkCluster): Memory {
  const memory = memories.get(uid) ?? { triggeredAt: new Map(), loopsInProgress: 0, repeatTake: false }
  memories.set(uid, memory)
  return memory
}

/** Every component of an operator without revisions is made from this. */
const noRevision: Revision = { name: 'none', numbered: '' }

async function revisionOf(reconciler: Reconciler, cluster: FlinkCluster, memory: Memory): Promise<Revision> {
  const { unrevisedJobFields } = reconciler.dialect
  if (unrevisedJobFields === undefined) return noRevision
  const hash = hashOf(cluster.spec)
  if (memory.specHash === hash && memory.revision) return memory.revision
  const revision = await currentRevision(reconciler.api, cluster, unrevisedJobFields)
  Object.assign(memory, { specHash: hash, revision })
  return revision
}

function sameStatus(recorded: Fields, derived: object): boolean {
  const { lastUpdateTime: _at, ...rest } = recorded
  const { lastUpdateTime: _derivedAt, ...next } = derived as Fields
  return sameJson(rest, next)
}

async function writeDerived(
  reconciler: Reconciler,
  observed: Observed,
  status: object,
  memory: Memory,
): Promise<void> {
  const { cluster } = observed
  const before = fieldsAt(cluster.status, 'control')
  await writeStatus(reconciler, observed, status, reconciler.dialect.name === 'spotify')
  if (cluster.userControl === '' || !reconciler.dialect.controlIsFinished(cluster, status)) return
  const moved = !sameJson(before, fieldsAt(status as Fields, 'control'))
  if (!moved && reconciler.dialect.name === 'spotify' && !chance(reconciler, 'lostAnnotation')) return
  const taken =
    moved &&
    cluster.userControl === 'savepoint' &&
    fieldsAt(status as Fields, 'control')['state'] === 'Succeeded'
  if (taken && memory.loopsInProgress > 0 && chance(reconciler, 'repeatedTake')) memory.repeatTake = true
  await removeAnnotation(reconciler, cluster)
  if (taken && reconciler.dialect.name === 'gcp-9') await recordStaleControl(reconciler, observed)
}

/** A second Event follows each take, out of a stale copy; no second savepoint (seen on tag -9). */
async function recordStaleControl({ events }: Reconciler, { cluster, now }: Observed): Promise<void> {
  const message = `Requested new user control ${cluster.userControl}`
  await events.record(cluster, { type: 'Normal', reason: 'ControlRequested', message }, now)
}

async function removeAnnotation(
  { api, dialect }: Reconciler,
  { namespace, name }: FlinkCluster,
): Promise<void> {
  const body = { metadata: { annotations: { [controlAnnotation]: null } } }
  await api.patch(clusterPath(namespace, name, dialect.version), body)
}

/** Does what is to be done; true: the next pass is due at once. */
async function act(
  reconciler: Reconciler,
  { observed: seen, flink }: Sight,
  memory: Memory,
): Promise<boolean> {
  const observed = memory.repeatTake ? staleCopy(seen) : seen
  let current = observed
  let again = false
  const hands: Hands = {
    ...reconciler,
    flink,
    again: () => {
      again = true
    },
    writeOnce: async (from, status) => {
      await writeStatus(reconciler, from, status, false).catch(error => {
        if (!isApiError(error, 409)) throw error
      })
    },
    triggered: (id: string) => {
      memory.triggeredAt.set(id, Date.now())
      memory.loopsInProgress = 0
    },
    writeStatus: async (from: Observed, status: object) => {
      current = { ...from, cluster: readCluster(await writeStatus(reconciler, from, status, true)) }
    },
  }
  for (const action of raced(reconciler, observed, memory, reconciler.dialect.decide(observed))) {
    if (action.do === 'remove annotation') await removeAnnotation(reconciler, observed.cluster)
    else await perform(hands, current, action)
  }
  return again
}

/** The object as a cache that lags still has it: with the annotation. */
function staleCopy(observed: Observed): Observed {
  return { ...observed, cluster: { ...observed.cluster, userControl: 'savepoint' } }
}

type RacedAction = Action | { readonly do: 'remove annotation' }

/** The races of Spotify's operator; GCP's carries the resourceVersion with each write and has none of them (seen on tag -9). */
function raced(
  reconciler: Reconciler,
  { cluster, submitter }: Observed,
  memory: Memory,
  actions: readonly Action[],
): readonly RacedAction[] {
  if (reconciler.dialect.name !== 'spotify') return actions
  if (memory.repeatTake) {
    memory.repeatTake = false
    return actions
  }
  if (cluster.userControl === 'savepoint' && actions.some(action => action.do === 'trigger savepoint')) {
    if (chance(reconciler, 'lostAnnotation')) return [{ do: 'remove annotation' }]
    if (chance(reconciler, 'earlyRemoval')) return [{ do: 'remove annotation' }, ...actions]
  }
  const restarts = actions.some(action => action.do === 'create submitter') && submitter !== undefined
  if (restarts && chance(reconciler, 'lostSubmitter'))
    return actions.filter(action => action.do !== 'create submitter')
  return actions
}

function chance({ races, random }: Reconciler, race: keyof Races): boolean {
  return races[race] > 0 && random() < races[race]
}
