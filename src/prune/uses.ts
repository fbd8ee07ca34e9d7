import type { ClaimMode } from '../domain/claim-mode.ts'
import type { JobFacts } from '../domain/job.ts'
import { normalisedLocation } from '../domain/location.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { givenUp, lastRestore, lastStop } from '../history/last.ts'
import { entriesOf, type JobRecord } from '../history/record.ts'

/** By normalised location, who needs a savepoint and what for. */
export type Uses = ReadonlyMap<string, readonly string[]>

type Use = readonly [location: string | undefined, reason: string]

/** What the job itself needs, or may need. `claim` undefined: it cannot be told who owns what it was started from. */
export function usesOfJob(
  facts: JobFacts,
  savepoints: readonly Savepoint[],
  record: JobRecord,
  claim: ClaimMode | undefined,
): Uses {
  const { uid } = facts.job
  const stop = lastStop(record, uid)
  const restore = lastRestore(record, uid)
  return collected([
    [facts.restartPoint, 'the operator would start the job from it after a failure'],
    [facts.specFromSavepoint, 'the object declares it: the next update may start the job from it'],
    ...(facts.running ? [] : [[stop?.location, 'what the stop left: resume starts from it'] as const]),
    [restore && givenUp(restore), 'restore --undo would start from it'],
    ...originUses(facts, savepoints, record, claim),
  ])
}

/**
 * NO_CLAIM: the first checkpoint after the start is a full one, and from then on nothing of the savepoint is needed. Otherwise
 * checkpoints go on from its files, or Flink deletes it by itself (flink-core RestoreMode).
 */
function originUses(
  facts: JobFacts,
  savepoints: readonly Savepoint[],
  record: JobRecord,
  claim: ClaimMode | undefined,
): Use[] {
  const current = [facts.statusFromSavepoint, ...savepoints.filter(isOrigin).map(({ location }) => location)]
  if (claim === 'NO_CLAIM') {
    if (hasCheckpointed(facts, savepoints)) return []
    const reason = 'the job was started from it, and no checkpoint is known to be complete since'
    return current.map(location => [location, reason])
  }
  const targets = entriesOf(record).flatMap(entry => (entry.action === 'restore' ? [entry.target] : []))
  const reason =
    claim === undefined
      ? 'the job was started from it, and whether Flink has claimed it is not known'
      : `the job was started from it in ${claim} mode: its checkpoints may need its files`
  return [...current, ...targets].map(location => [location, reason])
}

/** One that a revision names may be that of an earlier start: it counts all the same. */
function isOrigin({ origin, sources }: Savepoint): boolean {
  return origin || sources.includes('revisions')
}

/** By Flink's own list of the job that runs now. */
function hasCheckpointed({ running, flinkJobId }: JobFacts, savepoints: readonly Savepoint[]): boolean {
  return (
    running &&
    flinkJobId !== undefined &&
    savepoints.some(
      ({ type, state, sources, flinkJobId: of }) =>
        type === 'checkpoint' && state === 'Completed' && of === flinkJobId && sources.includes('rest'),
    )
  )
}

/** What another job needs. */
export function usesOfOther(facts: JobFacts): Uses {
  const name = `${facts.shown} in namespace ${facts.job.namespace}`
  return collected([
    [facts.restartPoint, `${name} would be started from it after a failure`],
    [facts.statusFromSavepoint, `${name} was started from it`],
    [facts.specFromSavepoint, `${name} declares it`],
    [facts.savepointLocation, `${name} has it, too`],
  ])
}

export function collected(uses: readonly Use[]): Uses {
  const all = new Map<string, string[]>()
  for (const [location, reason] of uses) {
    if (location === undefined) continue
    const place = normalisedLocation(location)
    const reasons = all.get(place) ?? []
    if (!reasons.includes(reason)) reasons.push(reason)
    all.set(place, reasons)
  }
  return all
}
