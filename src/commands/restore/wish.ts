import { failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import { sameLocation } from '../../domain/location.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { RestoreTarget, Savepoint } from '../../domain/savepoint.ts'
import { findSavepoint } from '../../history/find-savepoint.ts'
import { givenUp, lastRestore } from '../../history/last.ts'
import type { RestoreWish } from '../../operators/job-operator.ts'
import type { JobName } from '../job/name.ts'
import { factsOf, type Subject, whichOperator } from '../job/which-operator.ts'
import { type Gathered, gatherSavepoints } from '../sources/gather.ts'
import type { RestoreOptions } from './options.ts'

/** A job as it is, and what is wanted of it. */
export interface WishedRestore {
  readonly subject: Subject
  readonly wish: RestoreWish
}

/** How a savepoint of a job is looked for. */
export function gathering({ operator }: RestoreOptions) {
  const sources = new Set(['record', 'status', 'snapshots', 'rest'] as const)
  return { sources, restWanted: false, restWaitMs: 2_000, ...(operator && { operator }) }
}

/** The job, and the savepoint that is meant. Throws where there is none. */
export async function wishedRestore(
  world: World,
  cluster: Cluster,
  job: JobName,
  options: RestoreOptions,
): Promise<WishedRestore> {
  const { resource, record, savepoints } = await gatherSavepoints(world, job, gathering(options))
  const subject = await whichOperator(cluster, resource, options.operator)
  const facts = factsOf(subject)
  const meant = targetOf(world, { facts, record, savepoints }, options)
  const { safetySavepoint, allowUnknownLocation, wait } = options
  if (safetySavepoint && !facts.running)
    throw failure(
      'not-asked',
      `no safety savepoint can be taken of ${facts.shown}: its job is not running (${facts.state})`,
    )
  const wish: RestoreWish = {
    resource,
    facts,
    build: subject.build,
    ...meant,
    nonce: world.newId(),
    wait,
    safety: facts.running && (safetySavepoint ?? true),
    allowUnknownLocation,
    now: world.clock.now(),
  }
  return { subject, wish }
}

type Meant = Pick<RestoreWish, 'target' | 'allowNonRestoredState'>

type Known = Pick<Gathered, 'facts' | 'record' | 'savepoints'>

function targetOf(
  { person, clock }: World,
  known: Known,
  { savepoint, allowNonRestoredState }: RestoreOptions,
): Meant {
  if (savepoint !== 'before')
    return {
      target: findSavepoint(known.savepoints, savepoint, known.facts.job, clock.now()),
      allowNonRestoredState: allowNonRestoredState ?? false,
    }
  const { text, ...before } = beforeLastRestore(known)
  person.tell(text)
  return { ...before, allowNonRestoredState: allowNonRestoredState ?? before.allowNonRestoredState }
}

/**
 * What the last restore gave up, out of the record. Whoever may write the record can say what they like there, so that the location counts as known from the record alone.
 */
function beforeLastRestore({ facts, record, savepoints }: Known): Meant & { readonly text: string } {
  const { job, shown } = facts
  const last = lastRestore(record, job.uid)
  if (!last) throw failure('not-asked', `no restore of ${shown} is recorded that could be taken back`)
  const location = givenUp(last)
  if (location === undefined)
    throw failure(
      'not-asked',
      `cannot take the restore of ${shown} back: neither a safety savepoint nor a restart point before it is recorded`,
      `name the savepoint: kubectl flinksp history ${shown} -n ${job.namespace} lists them`,
    )
  const allowed = last.changes?.find(({ path }) => path === 'spec.job.allowNonRestoredState')?.from
  return {
    target: asKnown(savepoints, location, job),
    allowNonRestoredState: allowed === true,
    text: `taking back the restore from ${last.target} of ${last.requestedAt}`,
  }
}

function asKnown(savepoints: readonly Savepoint[], location: string, job: JobFacts['job']): RestoreTarget {
  const found = savepoints.find(one => one.state === 'Completed' && sameLocation(one.location, location))
  return found ? { ...found, location } : { job, location, sources: ['record'] }
}
