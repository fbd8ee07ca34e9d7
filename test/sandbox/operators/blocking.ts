import { setTimeout as sleep } from 'node:timers/promises'
import type { TriggerAnswer } from './dialect.ts'
import type { FlinkClient } from './flink-client.ts'
import type { Hands } from './hands.ts'
import type { Observed, ObservedSavepoint, TakeSavepoint } from './observed.ts'
import { jobIdOf, savepointRequest } from './savepoint-request.ts'

/** How often GCP's old tags ask before they give a savepoint up: every 5 s for 60 s (controllers/flinkclient/flink_client.go TakeSavepoint). */
const asksOfOldTags = 12

/**
 * Takes a savepoint inside the pass, as GCP does up to tag -3: one status write at its success, and no trace of a failure
 * (seen on v1alpha1 and tag -2). What was given up is begun again at once.
 */
export async function takeSavepoint(hands: Hands, observed: Observed, action: TakeSavepoint): Promise<void> {
  const { limits } = observed
  const jobId = jobIdOf(observed)
  const body = savepointRequest(observed, false)
  const ended = await hands.thread.alone(async () => {
    const answer = await hands.flink?.triggerSavepoint(jobId, body)
    return followed(hands, jobId, answer, {
      everyMs: limits.savepointMs / asksOfOldTags,
      asks: asksOfOldTags,
    })
  })
  if (ended?.is === 'done') {
    const now = Date.now()
    await hands.writeOnce({ ...observed, now }, action.recorded(ended, now))
    return
  }
  if (ended?.is === 'running') hands.again()
  if (action.required) throw new Error(`no savepoint of ${observed.cluster.name}: ${ended?.is ?? 'refused'}`)
}

/**
 * One request that takes the savepoint and stops the job, waited for inside the pass; where it fails it is asked for
 * again, for ever (spotify/flink-on-k8s-operator #1017).
 */
export async function stopJob(hands: Hands, observed: Observed, jobId: string): Promise<void> {
  const { job } = observed.cluster
  const { stopMs } = observed.limits
  const targetDirectory = job?.savepointsDir ?? ''
  const answer = await hands.flink?.stopJob(jobId, { targetDirectory, drain: false })
  if (!answer) return
  if ('triggerId' in answer) hands.triggered(answer.triggerId)
  await hands.writeStatus(observed, hands.dialect.triggered(observed, 'job cancel', answer))
  const patience = { everyMs: stopPollMs, asks: Math.ceil(stopMs / stopPollMs) }
  const ended = await hands.thread.alone(() => followed(hands, jobId, answer, patience))
  if (ended?.is !== 'done')
    throw new Error(`${observed.cluster.name} was not stopped: ${ended?.is ?? 'refused'}`)
}

/** Spotify asks after 0.1 s, then more and more seldom, up to every 5 s. */
const stopPollMs = 20

interface Followed extends TakenSavepoint {
  readonly is: 'done'
}

interface TakenSavepoint {
  readonly location: string
  readonly triggerId: string
}

type Ended = Followed | Exclude<ObservedSavepoint, { is: 'done' }>

/** Asks until it has ended, or so many times; undefined where it was not even begun. */
async function followed(
  { flink, stopped }: { readonly flink: FlinkClient | undefined; readonly stopped: AbortSignal },
  jobId: string,
  answer: TriggerAnswer | undefined,
  { everyMs, asks }: { readonly everyMs: number; readonly asks: number },
): Promise<Ended | undefined> {
  if (flink === undefined || answer === undefined || !('triggerId' in answer)) return undefined
  const { triggerId } = answer
  for (let asked = 0; asked < asks; asked++) {
    const savepoint = await flink.savepoint(jobId, triggerId)
    if (savepoint.is === 'done') return { ...savepoint, triggerId }
    if (savepoint.is !== 'running') return savepoint
    await sleep(everyMs, undefined, { signal: stopped })
  }
  return { is: 'running' }
}
