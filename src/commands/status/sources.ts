import type { JobFacts } from '../../domain/job.ts'
import type { Unknown } from '../../domain/job-status.ts'
import { type Cluster, refusedWith, type World } from '../../domain/ports.ts'
import type { RestCheckpoints } from '../../domain/rest.ts'
import type { JobRecord, RecordedJob } from '../../history/record.ts'
import { askCheckpoints } from '../sources/ask-checkpoints.ts'
import { readRecord } from '../sources/read-record.ts'

/** How much longer than for the API server to wait for Flink. */
const patienceMs = 2_000

/** What a source said, or why it says nothing. */
export interface Told<Value> {
  readonly value?: Value
  readonly unknown: readonly Unknown[]
}

/** The record of one job. What it has to say besides (it is damaged, it belongs to another job) is `warn`ed of. */
export async function recordFor(
  world: World,
  cluster: Cluster,
  job: RecordedJob,
  warn: (text: string) => void,
): Promise<Told<JobRecord>> {
  const unknown: Unknown[] = []
  const value = await readRecord(cluster, job, {
    now: world.clock.now(),
    warn: (text, refusal) => void (refusal ? unknown.push(unreadable(refusal)) : warn(text)),
  })
  return { value, unknown }
}

/** A record, or snapshots, that may not be read, or could not be. */
export function unreadable(refusal: Error, what: 'record' | 'snapshots' = 'record'): Unknown {
  return {
    field: 'lastSavepoint',
    reason: refusedWith(refusal, 403) ? 'Forbidden' : 'Unreachable',
    message: `what the ${what} of the job ${what === 'record' ? 'says' : 'say'} is not known: ${refusal.message}`,
  }
}

/** What the JobManager says of its checkpoints, as soon as it has said it, or after two seconds at the latest. */
export async function checkpointsFor(
  world: World,
  facts: JobFacts,
  restWanted: boolean,
): Promise<Told<RestCheckpoints>> {
  if (facts.session) return { unknown: [] }
  const unknown: Unknown[] = []
  const asked = facts.running
    ? askCheckpoints(world, facts, { restWanted, onSilence: reason => void unknown.push(silent(reason)) })
    : undefined
  if (!asked) return { unknown: [notAsked('its job is not running, so that there is no Flink to ask')] }
  const value = await asked.within(patienceMs)
  return { unknown, ...(value && { value }) }
}

export function notAsked(why: string): Unknown {
  return { field: 'lastCheckpoint', reason: 'NotAsked', message: `its checkpoints are not known: ${why}` }
}

/** The API server words every missing right so (kubernetes apiserver pkg/endpoints/handlers/responsewriters/errors.go). */
function silent(reason: string): Unknown {
  return {
    field: 'lastCheckpoint',
    reason: / is forbidden: /.test(reason) ? 'Forbidden' : 'Unreachable',
    message: `its checkpoints are not known: ${reason}`,
  }
}
