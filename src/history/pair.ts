import type { Savepoint, SourceName } from '../domain/savepoint.ts'

/** The operators note whole seconds, and their clocks are not Flink's. */
const earlyMs = 2_000
/** An operator acts on a request within its loop of 10 s (controllers/flinkcluster_controller.go), or it is down. */
const lateMs = 15_000

/** Which of the others is what became of a request; the nearest in time, where several could be. */
export function answerAmong<Views extends readonly Savepoint[]>(
  request: Views,
  others: readonly Views[],
): Views | undefined {
  const distance = (views: Views) => Math.abs(laterBy(request[0], views[0]) ?? 0)
  return others.filter(other => isAnsweredBy(request, other)).sort((a, b) => distance(a) - distance(b))[0]
}

/**
 * Is `answer` what became of a request of which no location is known? A waiting generation is answered by the savepoint
 * that has its number; else the same Flink job, or the same object, has to show something of that kind at that moment.
 */
function isAnsweredBy(request: readonly Savepoint[], answer: readonly Savepoint[]): boolean {
  const [asked] = request
  const [seen] = answer
  if (!asked || !seen || asked.job.uid !== seen.job.uid) return false
  if (asked.type !== 'savepoint' || seen.type !== 'savepoint') return false
  if (hasTrigger(request) && hasTrigger(answer)) return false
  if (isOnlyFrom('events', answer)) return false
  if (isOnlyFrom('events', request)) return isSameFailure(asked, seen)
  if (isPending(asked) && asked.generation !== undefined && asked.generation === seen.generation) {
    return seen.state === 'Completed' || isPending(seen)
  }
  // Of a place that the object knows, too, it is Flink that tells when it was asked for.
  const flinks = answer.find(({ sources }) => sources.includes('rest'))
  if (flinks && atThatMoment(asked, flinks) && couldBecome(request, asked, flinks)) return true
  return !isOnlyFrom('rest', answer) && atThatMoment(asked, seen) && isAnnotationTake(asked, seen)
}

/** What Flink lists has no trigger id and no generation, but the job id is in its address. */
function couldBecome(request: readonly Savepoint[], asked: Savepoint, seen: Savepoint): boolean {
  const flinkJobId = request.find(view => view.flinkJobId !== undefined)?.flinkJobId
  // A FlinkStateSnapshot names the object, and no Flink job.
  const isOfJob = flinkJobId === undefined ? isOnlyFrom('snapshots', request) : flinkJobId === seen.flinkJobId
  return isOfJob && (isPending(asked) || asked.state === seen.state)
}

/** A request by annotation has no number; the operator's next manual savepoint is its answer. */
function isAnnotationTake(asked: Savepoint, seen: Savepoint): boolean {
  return asked.state === 'Requested' && asked.generation === undefined && seen.trigger === 'manual'
}

function atThatMoment(asked: Savepoint, seen: Savepoint): boolean {
  const later = laterBy(asked, seen)
  return later !== undefined && later >= -earlyMs && later <= lateMs
}

function laterBy(asked: Savepoint | undefined, seen: Savepoint | undefined): number | undefined {
  if (asked?.requestedAt === undefined || seen?.requestedAt === undefined) return undefined
  return Date.parse(seen.requestedAt) - Date.parse(asked.requestedAt)
}

function isPending({ state }: Savepoint): boolean {
  return state === 'Requested' || state === 'InProgress'
}

/** An Event tells when the savepoint failed, or when it was triggered. */
function isSameFailure(event: Savepoint, seen: Savepoint): boolean {
  const later = laterBy(event, seen)
  if (seen.state !== 'Failed' || later === undefined) return false
  return [later, later + (seen.durationMillis ?? 0)].some(distance => Math.abs(distance) <= earlyMs)
}

function isOnlyFrom(source: SourceName, views: readonly Savepoint[]): boolean {
  return views.every(({ sources }) => sources.includes(source))
}

function hasTrigger(views: readonly Savepoint[]): boolean {
  return views.some(({ triggerId }) => triggerId !== undefined)
}
