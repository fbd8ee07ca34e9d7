import { Failure } from '../../domain/failure.ts'
import type { PruneCriteria, PrunePlan } from '../../domain/prune.ts'
import { utcOf } from '../../domain/time.ts'
import { fingerprintOf } from '../../prune/fingerprint.ts'
import { type Deletion, plannedDeletion, planPrune } from '../../prune/plan.ts'
import { pruneRisks } from '../../prune/risks.ts'
import type { Survey } from './survey.ts'

export interface MadePlan {
  readonly plan: PrunePlan
  /** As many as the plan names, in its order. */
  readonly deletions: readonly Deletion[]
}

/** The plan as of `at`, epoch ms. Throws where nothing may be deleted at all. */
export function makePlan(found: Survey, criteria: PruneCriteria, at: number): MadePlan {
  const { facts, record, directories, own, bystanders, savepoints } = found
  const { job, running } = facts
  const view = { uid: job.uid, running, criteria, now: at, directories }
  const planned = planPrune(own, bystanders, view)
  if (planned instanceof Failure) throw planned
  const deletions = planned.delete.map(each => plannedDeletion(each, running))
  const plan: PrunePlan = {
    job,
    at: utcOf(at),
    criteria,
    directories,
    delete: deletions,
    keep: planned.keep,
    freedBytes: deletions.reduce((sum, { bytes }) => sum + bytes, 0),
    risks: pruneRisks(deletions, criteria),
    fingerprints: {
      object: objectMark(found),
      record: fingerprintOf(record.lines.map(({ text }) => text)),
      directories: fingerprintOf(savepointMarks(savepoints)),
    },
  }
  return { plan, deletions: planned.delete }
}

/** Checkpoints come and go all the time. */
function savepointMarks(savepoints: Survey['savepoints']): string[] {
  return savepoints
    .filter(({ type }) => type === 'savepoint')
    .flatMap(({ location, state, gone }) =>
      location === undefined ? [] : [`${state} ${gone ?? ''} ${location}`],
    )
    .sort()
}

/** What the object says that decides what must stay; its status changes all the time. */
export function objectMark({ facts }: Pick<Survey, 'facts'>): string {
  const { job, flinkJobId, restartPoint, statusFromSavepoint, specFromSavepoint, savepointLocation } = facts
  return fingerprintOf([
    job.uid,
    ...[flinkJobId, restartPoint, statusFromSavepoint, specFromSavepoint, savepointLocation].map(
      value => value ?? '',
    ),
  ])
}
