import { Failure, failure } from '../../domain/failure.ts'
import type { Cluster, FlinkRest, World } from '../../domain/ports.ts'
import type { PlannedDeletion, Prune, PrunedSavepoint } from '../../domain/prune.ts'
import { refOf } from '../../domain/resource.ts'
import { utcOf } from '../../domain/time.ts'
import { prunedEntries } from '../../history/pruned.ts'
import { record } from '../../history/write-record.ts'
import { fingerprintOf } from '../../prune/fingerprint.ts'
import type { HeldFile } from '../../prune/holding.ts'
import type { Deletion } from '../../prune/plan.ts'
import type { CommandResult } from '../command.ts'
import { factsOf } from '../job/which-operator.ts'
import { byFlink } from './by-flink.ts'
import { bySnapshot, removeEmptySnapshot } from './by-snapshot.ts'
import { byStorage, type Ended } from './by-storage.ts'
import { holderOf } from './hold.ts'
import { type MadePlan, objectMark } from './make-plan.ts'
import type { PruneOptions } from './options.ts'
import type { Survey } from './survey.ts'

interface Pruning {
  readonly world: World
  readonly cluster: Cluster
  readonly options: PruneOptions
  readonly found: Survey
  readonly made: MadePlan
  readonly flink: FlinkRest
}

/** Deletes what the plan names, the oldest first, one after the other; whatever ends it, the result says what is gone. */
export async function carryOut(pruning: Omit<Pruning, 'flink'>): Promise<CommandResult> {
  const { world, found, made } = pruning
  const flink = await world.rest(found.facts.rest, 'any')
  const items: PrunedSavepoint[] = []
  try {
    for (const [at, deletion] of made.deletions.entries())
      items.push(await pruned({ ...pruning, flink }, deletion, made.plan.delete[at]))
  } finally {
    await flink.close()
  }
  const freedBytes = items.reduce((sum, item) => sum + item.freedBytes, 0)
  const value: Prune = { job: found.facts.job, items, freedBytes }
  const failed = failureOf(items, world.interrupted.aborted)
  return { value: { kind: 'Prune', value }, ...(failed && { failure: failed, whole: true }) }
}

async function pruned(
  pruning: Pruning,
  deletion: Deletion,
  planned: PlannedDeletion | undefined,
): Promise<PrunedSavepoint> {
  const { world } = pruning
  const { location } = deletion.candidate.holding
  const changed = await changeSince(pruning, deletion)
  if (changed !== undefined) return { location, state: 'Kept', freedBytes: 0, reason: changed }
  const ended = await deleted(pruning, deletion, planned?.via ?? 'storage')
  if (ended.state !== 'Kept') await remember(pruning, deletion)
  if (ended.state === 'Deleted') world.person.tell(`deleted ${location}`)
  return { location, ...ended }
}

/** What makes the plan wrong for this one; undefined: nothing. */
async function changeSince(pruning: Pruning, deletion: Deletion): Promise<string | undefined> {
  const { world, cluster, found } = pruning
  if (world.interrupted.aborted) return 'interrupted'
  try {
    const resource = await cluster.get(refOf(found.subject.resource))
    const facts = factsOf({ ...found.subject, resource })
    if (objectMark({ facts }) !== objectMark(found)) return `${facts.shown} changed meanwhile`
    const fresh = await holderOf(found.places, world.interrupted).hold(deletion.candidate.holding.location)
    const going = new Set(deletion.files.map(({ place }) => place))
    const same = markOf(fresh.files.filter(({ place }) => going.has(place))) === markOf(deletion.files)
    return same && fresh.directory ? undefined : 'its files changed meanwhile'
  } catch (error) {
    if (error instanceof Failure) return error.message.replace(/^error: /, '')
    throw error
  }
}

function markOf(files: readonly HeldFile[]): string {
  return fingerprintOf(files.map(({ place, bytes, modifiedAt }) => [place, bytes, modifiedAt ?? 0]))
}

async function deleted(pruning: Pruning, deletion: Deletion, via: PlannedDeletion['via']): Promise<Ended> {
  const { world, cluster, options, found, flink } = pruning
  const { places, snapshots } = found
  const snapshot = snapshots.get(deletion.candidate.holding.place)
  if (via === 'snapshot' && snapshot)
    return await bySnapshot(world, cluster, places, deletion, snapshot, options.timeoutMs)
  const ended =
    via === 'flink'
      ? await byFlink(world, flink, places, deletion, options.timeoutMs)
      : await byStorage(places, deletion)
  if (snapshot && ended.state === 'Deleted') await removeEmptySnapshot(world, cluster, snapshot)
  return ended
}

/** At once: whatever happens next, history shows it no more as one that can be used. */
async function remember({ world, cluster, options, found }: Pruning, { candidate }: Deletion): Promise<void> {
  if (!options.record) return
  const { person, clock } = world
  const { job } = found.facts
  const entries = prunedEntries(found.record, candidate.savepoint, job.uid, utcOf(clock.now()))
  await record(cluster, job, entries, { warn: text => person.warn(text), now: clock.now() })
}

function failureOf(items: readonly PrunedSavepoint[], interrupted: boolean): Failure | undefined {
  const left = items.filter(({ state }) => state !== 'Deleted')
  if (left.length === 0) return undefined
  const what = `${left.length} of ${items.length} savepoints were not deleted`
  if (interrupted)
    return failure(
      'interrupted',
      `interrupted: ${what}`,
      'kubectl flinksp history --scan shows what is there',
    )
  const none = items.every(({ state }) => state === 'Kept')
  const reasons = [...new Set(left.flatMap(({ reason }) => reason ?? []))].slice(0, 3)
  return failure(none ? 'not-asked' : 'no', `${what}: ${reasons.join('; ')}`)
}
