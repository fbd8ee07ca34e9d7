import { sameLocation } from '../domain/location.ts'
import type { Savepoint, SourceName } from '../domain/savepoint.ts'
import { defined } from './entry.ts'
import { authority, joined, joinedByRequest, type Views } from './join.ts'
import { newestFirst } from './order.ts'

/**
 * What all sources say of one job as one list, newest first: one element for each savepoint, found again by its
 * normalised location, then by its trigger id or its number as a checkpoint, then by the request that it answers. `restartPoint`: where the operator would start from.
 */
export function mergeSavepoints(found: readonly Savepoint[], restartPoint?: string): Savepoint[] {
  const withdrawn = withdrawnGenerations(found)
  // What was merged before stands where the best of its sources does, once.
  const views = authority.flatMap(source => found.filter(({ sources: [first] }) => first === source))
  const merged = joined(views.map(view => withoutWithdrawn(view, withdrawn)))
  return joinedByRequest(merged)
    .map(group => composed(group, restartPoint))
    .filter(isWorthTelling)
    .sort(newestFirst)
}

/** A savepoint whose location nobody knows is only worth a line to those who asked for it. */
function isWorthTelling({ state, type, location, sources }: Savepoint): boolean {
  return (
    state !== 'Completed' || type === 'checkpoint' || location !== undefined || sources.includes('record')
  )
}

/** Numbers that were taken back: the operator counts them, but no savepoint fulfilled them. */
function withdrawnGenerations(found: readonly Savepoint[]): ReadonlySet<string> {
  const withdrawn = found.filter(({ state }) => state === 'Withdrawn')
  return new Set(withdrawn.map(({ job, generation }) => `${job.uid} ${generation}`))
}

function withoutWithdrawn(view: Savepoint, withdrawn: ReadonlySet<string>): Savepoint {
  if (view.state !== 'Completed' || !withdrawn.has(`${view.job.uid} ${view.generation}`)) return view
  const { generation: _, ...rest } = view
  return rest
}

/** Whoever may write the record cannot take the operator's own restart point out of the list: it is `gone` by no word of a record. */
function composed(views: Views, restartPoint: string | undefined): Savepoint {
  const located = views.filter(({ location }) => location !== undefined)
  const taken = located.filter(({ origin }) => !origin)
  const telling = taken.length > 0 ? [...taken, ...views.filter(view => !taken.includes(view))] : views
  const [first] = telling
  const state = stateOf(views, located.length > 0)
  const location = located[0]?.location
  if (!first) throw new Error('a savepoint without any view of it')
  return {
    job: first.job,
    state,
    type: first.type,
    ...defined({
      location,
      name: pick(telling, 'name'),
      note: pick(telling, 'note'),
      trigger: pick(telling, 'trigger'),
      generation: pick(telling, 'generation'),
      triggerId: pick(telling, 'triggerId'),
      flinkJobId: pick(telling, 'flinkJobId'),
      checkpointId: pick(telling, 'checkpointId'),
      format: pick(telling, 'format'),
      ...times(telling),
      sizeBytes: pick(telling, 'sizeBytes'),
      disposeOnDelete: pick(views, 'disposeOnDelete'),
      // Of one whose place nobody knows nobody thinks that it could be used.
      gone: !location || sameLocation(location, restartPoint) ? undefined : pick(views, 'gone'),
      failure: state === 'Failed' || state === 'Withdrawn' ? failureOf(views) : undefined,
    }),
    restartPoint: sameLocation(location, restartPoint),
    origin: located.length > 0 && taken.length === 0,
    sources: sourcesOf(located.length > 0 ? located : views),
  }
}

/** Flink's clock is nearest to what happened; an operator notes when its loop came by. */
function times(views: readonly Savepoint[]): Partial<Savepoint> {
  const flinksFirst = [...views].sort(
    (a, b) => Number(b.sources.includes('rest')) - Number(a.sources.includes('rest')),
  )
  return defined({
    requestedAt: pick(views, 'requestedAt'),
    completedAt: pick(flinksFirst, 'completedAt'),
    durationMillis: pick(flinksFirst, 'durationMillis'),
  })
}

function stateOf(views: Views, located: boolean): Savepoint['state'] {
  const states = views.map(({ state }) => state)
  if (located || states.includes('Completed')) return 'Completed'
  const order = ['Withdrawn', 'Failed', 'InProgress', 'Requested'] as const
  return order.find(state => states.includes(state)) ?? 'Requested'
}

/** The operators cut the cause; `take` may have asked Flink for it and recorded it. */
function failureOf(views: Views): Savepoint['failure'] {
  const failures = views.flatMap(({ failure }) => (failure ? [failure] : []))
  return failures.find(({ rootCause }) => rootCause) ?? failures[0]
}

/** Only those count that know the location, if there is one: that is what a restore relies on. */
function sourcesOf(views: Views): SourceName[] {
  return authority.filter(source => views.some(({ sources }) => sources.includes(source)))
}

function pick<Key extends keyof Savepoint>(
  views: readonly Savepoint[],
  key: Key,
): Savepoint[Key] | undefined {
  return views.find(view => view[key] !== undefined)?.[key]
}
