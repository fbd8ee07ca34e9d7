import type { Failure } from '../../domain/failure.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { JobRef, Savepoint } from '../../domain/savepoint.ts'
import { entryOfSavepoint, type RecordEntry } from '../../history/entry.ts'
import { recordRef } from '../../history/record.ts'
import { record } from '../../history/write-record.ts'
import { uninquired, type Via } from '../../operators/job-operator.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'
import { readyTake, take } from './savepoint.ts'

export interface SafetyOptions {
  readonly timeoutMs: number
  readonly record: boolean
}

/** Taken, printed and recorded before anything is changed. If it fails, nothing is. Throws the refusal. */
export async function takeSafetySavepoint(
  world: World,
  cluster: Cluster,
  subject: Subject,
  options: SafetyOptions,
): Promise<{ savepoint: Savepoint; failure?: Failure; newest: Resource }> {
  const wishes = {
    via: await safetyWay(subject),
    wait: true,
    dryRun: 'none',
    afterCurrent: true,
    record: true,
    timeoutMs: options.timeoutMs,
  } as const
  const ready = await readyTake(world, cluster, subject, wishes)
  const { result, failure, newest } = await take(world, cluster, subject, ready, wishes)
  if (failure) return { savepoint: result, failure, newest }
  world.person.warn(`safety savepoint: ${result.location}`)
  if (options.record) await keepRecord(world, cluster, factsOf(subject).job, [entryOfSavepoint(result)])
  return { savepoint: result, newest }
}

/** As the operator takes one without leaving a request behind; where it has no such way, Flink itself is asked. */
export async function safetyWay(subject: Subject): Promise<Via> {
  const { safe, choose } = await subject.operator.taking()
  const facts = factsOf(subject)
  if (!facts.running) return safe
  const { way } = await choose(facts, subject.build, { via: safe, forFlink: false }, uninquired)
  if (way === 'refused') return 'rest'
  return safe === 'auto' && way !== 'busy' ? way : safe
}

/** The result is known by then: nobody waits long for an API server that is slow to write it down. */
const recordMs = 10_000

/** What was done, for history; Ctrl-C waits for nothing. */
export async function keepRecord(
  { person, clock, interrupted }: World,
  cluster: Cluster,
  job: JobRef,
  entries: readonly RecordEntry[],
): Promise<void> {
  if (interrupted.aborted || entries.length === 0) return
  const over = new AbortController()
  const late = clock.sleep(recordMs, over.signal).then(() => 'late')
  const warn = (text: string) => {
    if (!over.signal.aborted) person.warn(text)
  }
  const kept = record(cluster, job, entries, { warn, now: clock.now() })
  if ((await Promise.race([kept, late])) === 'late')
    person.warn(
      `Warning: not recorded in configmap/${recordRef(job).name}, as far as is known: no answer within 10 s`,
    )
  over.abort()
}
