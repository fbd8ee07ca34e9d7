import type { Fields } from '../../domain/fields.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { Write } from '../../domain/ports.ts'
import type { Ask } from '../../domain/protocol.ts'
import { type Resource, refOf } from '../../domain/resource.ts'
import type { OperatorName } from './operator.ts'
import { controlAnnotation, readFlinkCluster } from './read.ts'
import { isBusy } from './take/choose-take.ts'
import { busy } from './take/endings.ts'

/**
 * The first write of a take, or none where the same request stands in the object already: a second patch would change
 * nothing. A pending generation is there from the start; either may be our own, after an answer that was lost.
 */
export function askFor(
  via: 'annotation' | 'generation',
  before: Resource,
  operator: OperatorName | undefined,
): Ask {
  const facts = readFlinkCluster(before, operator)
  if (isStanding(via, facts))
    return { join: `${standing(via, facts)} is pending already: waiting for that one` }
  // Somebody was faster. A generation that is tried again and again is in flight most of the time, and no obstacle.
  if (isBusy(facts) && facts.pendingGeneration === undefined) return { refuse: busy(facts) }
  return { write: via === 'annotation' ? annotateSavepoint(before) : bumpGeneration(before) }
}

function standing(via: 'annotation' | 'generation', facts: JobFacts): string {
  return via === 'annotation' ? 'a request by annotation' : `savepointGeneration ${facts.specGeneration}`
}

/** The request is in the object, and not answered yet. */
export function isStanding(via: 'annotation' | 'generation', facts: JobFacts): boolean {
  return via === 'annotation' ? facts.command === 'savepoint' : facts.pendingGeneration !== undefined
}

/** Asks by annotation. */
export function annotateSavepoint(before: Resource): Write {
  return {
    verb: 'patch',
    ref: refOf(before),
    type: 'merge',
    body: { metadata: { ...precondition(before), annotations: { [controlAnnotation]: 'savepoint' } } },
  }
}

/** Asks by `savepointGeneration`: the status's generation + 1, the only value that the webhooks admit, and alone in its patch. */
function bumpGeneration(before: Resource): Write {
  return {
    verb: 'patch',
    ref: refOf(before),
    type: 'strategic',
    body: {
      metadata: precondition(before),
      spec: { job: { savepointGeneration: readFlinkCluster(before).statusGeneration + 1 } },
    },
  }
}

/**
 * Takes a savepointGeneration back that Spotify's operator tries again and again: its status says that the number was
 * reached. Only the status subresource is free of the webhook, which admits no other value in the spec (seen on Spotify v0.6).
 * undefined: the request is not ours any more, or has been served.
 */
export function withdrawGeneration(newest: Resource, uid: string, generation: number): Write | undefined {
  const facts = readFlinkCluster(newest)
  if (facts.job.uid !== uid || facts.pendingGeneration !== generation) return undefined
  const path = '/status/components/job/savepointGeneration'
  const known = facts.statusGeneration > 0
  const guard: Fields = known
    ? { op: 'test', path, value: facts.statusGeneration }
    : // Absent after a first failure, so there is nothing to test but the version of the whole object (seen on Spotify v0.6).
      { op: 'test', path: '/metadata/resourceVersion', value: newest.metadata.resourceVersion }
  return {
    verb: 'patch',
    ref: refOf(newest),
    subresource: 'status',
    type: 'json',
    body: [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'test', path: '/spec/job/savepointGeneration', value: generation },
      guard,
      { op: 'add', path, value: generation },
    ],
  }
}

function precondition(before: Resource): Fields {
  return { resourceVersion: before.metadata.resourceVersion }
}
