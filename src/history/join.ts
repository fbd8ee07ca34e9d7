import { normalisedLocation, sameLocation } from '../domain/location.ts'
import type { Savepoint, SourceName } from '../domain/savepoint.ts'
import { answerAmong } from './pair.ts'

/** Several views of one savepoint, the most trustworthy first. */
export type Views = Savepoint[]

/**
 * Who is believed first. The record comes late: whoever may write ConfigMaps may have written it, so that nothing
 * in it can change what the operator or Flink say of a location. Events know no location, and their times and words are cut.
 */
export const authority: readonly SourceName[] = [
  'status',
  'snapshots',
  'rest',
  'revisions',
  'record',
  'events',
  'scan',
]

/** The views of one savepoint together, found by its normalised location, then by its trigger id, then by its number as a checkpoint. */
export function joined(views: readonly Savepoint[]): Views[] {
  const known: Known = { groups: [], byLocation: new Map(), byTrigger: new Map(), byNumber: new Map() }
  for (const view of views) join(known, view)
  return known.groups.filter(group => group.length > 0)
}

interface Known {
  readonly groups: Views[]
  readonly byLocation: Map<string, Views>
  readonly byTrigger: Map<string, Views>
  /** Of checkpoints. */
  readonly byNumber: Map<string, Views>
}

function join(known: Known, view: Savepoint): void {
  const place = view.location === undefined ? undefined : normalisedLocation(view.location)
  const there = place === undefined ? undefined : known.byLocation.get(place)
  const asked = view.triggerId === undefined ? undefined : known.byTrigger.get(view.triggerId)
  const numbered = numberOf(view)
  const same = numbered === undefined ? undefined : known.byNumber.get(numbered)
  const group =
    there ??
    (asked && !contradicts(asked, view) ? asked : undefined) ??
    (same && !isElsewhere(same, view) ? same : add(known.groups))
  group.push(view)
  if (numbered !== undefined) known.byNumber.set(numbered, group)
  if (asked) takeIn(group, asked, view)
  if (place !== undefined) known.byLocation.set(place, group)
  if (view.triggerId !== undefined && !asked?.length) known.byTrigger.set(view.triggerId, group)
}

/** Flink tells no place of a checkpoint that it has deleted; its directory has its number (flink-runtime AbstractFsCheckpointStorageAccess). */
function numberOf({ type, location, flinkJobId, checkpointId }: Savepoint): string | undefined {
  if (type !== 'checkpoint') return undefined
  const [, job = flinkJobId, id = checkpointId] = /\/([0-9a-f]{32})\/chk-(\d+)\/*$/.exec(location ?? '') ?? []
  return job === undefined || id === undefined ? undefined : `${job} ${id}`
}

/** One source knows the place, another only the trigger, and this view both. */
function takeIn(group: Views, asked: Views, view: Savepoint): void {
  if (group === asked || locationOf(asked) || contradicts(group, view)) return
  group.push(...asked.splice(0))
  group.sort(byAuthority)
}

/** Two locations are two savepoints, whatever trigger id they share; and one savepoint has one trigger. */
function contradicts(group: Views, view: Savepoint): boolean {
  return isElsewhere(group, view) || hasOtherTrigger(group, view)
}

function isElsewhere(group: Views, { location }: Savepoint): boolean {
  const known = locationOf(group)
  return known !== undefined && location !== undefined && !sameLocation(known, location)
}

function hasOtherTrigger(group: Views, view: Savepoint): boolean {
  return group.some(({ triggerId }) => triggerId !== undefined && triggerId !== view.triggerId)
}

function locationOf(group: Views): string | undefined {
  return group.find(({ location }) => location !== undefined)?.location
}

function add(groups: Views[]): Views {
  const group: Views = []
  groups.push(group)
  return group
}

/** A request without a trigger id, and what Flink's own list and Events tell without one, are matched by what they ask and when. */
export function joinedByRequest(groups: readonly Views[]): Views[] {
  const absorbed = new Set<Views>()
  for (const group of groups) {
    if (locationOf(group) || group.some(({ sources }) => sources.includes('rest'))) continue
    const others = groups.filter(other => other !== group && !absorbed.has(other))
    const answer = answerAmong(group, others)
    if (!answer) continue
    absorbed.add(group)
    answer.push(...group)
    answer.sort(byAuthority)
  }
  return groups.filter(group => !absorbed.has(group))
}

function byAuthority(a: Savepoint, b: Savepoint): number {
  return rank(a) - rank(b)
}

function rank({ sources: [source] }: Savepoint): number {
  return source === undefined ? authority.length : authority.indexOf(source)
}
