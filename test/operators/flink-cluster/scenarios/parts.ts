import type { Fields } from '../../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../../src/domain/rest.ts'
import type { OperatorName } from '../../../../src/operators/flink-cluster/operator.ts'
import { flinkJobId } from '../../../support/flink-clusters.ts'
import type { Moment, Story } from './story.ts'

/** What the scenarios are made of: ids, places, what Flink answers, what the operators write. */

export const a = 'a'.repeat(32)
export const b = 'b'.repeat(32)
export const c = 'c'.repeat(32)
export const jobB = 'd'.repeat(32)
export const jobC = 'e'.repeat(32)
export const one = 'file:/sp/orders/savepoint-1'
export const two = 'file:/sp/orders/savepoint-2'
export const three = 'file:/sp/orders/savepoint-3'

export type Flink = Story['flink']

/** Flink as one answer for each kind of question. */
export function flink(answers: { readonly [Ask in RestQuestion['ask']]?: RestAnswer }): NonNullable<Flink> {
  return ({ ask }) => answers[ask]
}

export const completed = (location: string): RestAnswer => ({
  answer: 'savepoint',
  savepoint: { state: 'COMPLETED', location },
})
export const inProgress: RestAnswer = { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } }
export const failed = (rootCause: string): RestAnswer => ({
  answer: 'savepoint',
  savepoint: { state: 'FAILED', failure: { message: 'IO-problem detected.', rootCause } },
})
export const forgotten: RestAnswer = {
  answer: 'refused',
  status: 404,
  reason: 'There is no savepoint operation',
}
export const restoredFrom = (location: string, restoredCount = 1): RestAnswer => ({
  answer: 'checkpoints',
  checkpoints: { restoredCount, restored: { isSavepoint: true, location }, history: [] },
})
export const failedJob: NonNullable<Flink> = flink({
  jobs: { answer: 'jobs', jobs: [{ id: jobB, name: 'orders', state: 'FAILED' }] },
  exceptions: { answer: 'exceptions', rootCause: 'Cannot find checkpoint or savepoint file/directory' },
})

/** How a request goes, and how it has to end. */
export interface Scenario {
  readonly name: string
  readonly operator: OperatorName
  readonly before?: Moment
  readonly sees: Story['sees']
  readonly flink?: Flink
  readonly refuses?: string
  readonly ends: Fields
}

export interface TakeScenario extends Scenario {
  readonly via: 'annotation' | 'generation'
}

export const firstTaken: Moment = {
  jobStatus: { savepointGeneration: 1, savepointLocation: one, savepointTime: '2026-03-01T11:00:00Z' },
  savepoint: attempt('Succeeded', a, { triggerTime: '2026-03-01T11:00:00Z' }),
  control: control('Succeeded', '11:00:00'),
}

export const reached = (generation: number, savepointLocation: string): Moment => ({
  jobStatus: { savepointGeneration: generation, savepointLocation, savepointTime: '2026-03-01T12:00:10Z' },
})

export const timedOutMessage = 'Timed out taking savepoint.'
export const tasks =
  'Savepoint error: orders is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running.'

export const policy = { restartPolicy: 'FromSavepointOnFailure' }

/** Revisions as each operator writes them. */
export function spotifyRevision(current: number, next: number): Fields {
  return { revision: { currentRevision: `orders-${current}`, nextRevision: `orders-${next}` } }
}
export function gcpRevision(current: number, next: number): Fields {
  return { currentRevision: `orders-${current}`, nextRevision: `orders-${next}` }
}

/** Running, restored from savepoint 1 some time ago, with savepoint 2 taken since. */
export const spotifyRunning: Moment = {
  job: { fromSavepoint: one },
  jobStatus: { fromSavepoint: one, savepointLocation: two, savepointGeneration: 2 },
  savepoint: attempt('Succeeded', a),
  status: spotifyRevision(1, 1),
}
export const gcpRunning: Moment = { ...spotifyRunning, status: gcpRevision(1, 1) }

export const spotifyStarting = (target: string): Moment => ({
  jobStatus: { state: 'Deploying', fromSavepoint: target, savepointLocation: target, startTime: undefined },
  status: spotifyRevision(2, 2),
})
export const spotifyStarted: Moment = {
  jobStatus: { state: 'Running', id: jobB, startTime: '2026-03-01T12:01:00Z' },
}
export const gcpStarting = (target: string): Moment => ({
  jobStatus: {
    state: 'Pending',
    id: '',
    fromSavepoint: target,
    savepointLocation: target,
    restartCount: undefined,
  },
  status: gcpRevision(2, 2),
})
export const gcpStarted: Moment = { jobStatus: { state: 'Running', id: jobB } }

/** The whole way of a restore from `target`, each state seen. */
export const spotifyWay = (target: string): Story['sees'] => [
  [0.05, { status: spotifyRevision(1, 2) }],
  [0.1, { jobStatus: { state: 'Updating' } }],
  [0.3, spotifyStarting(target)],
  [30, spotifyStarted],
]
export const gcpWay = (target: string): Story['sees'] => [
  [0.1, { status: gcpRevision(1, 2) }],
  [2, { jobStatus: { state: 'Cancelled' } }],
  [2.2, { jobStatus: { state: 'Updating', id: '' } }],
  [2.3, { status: gcpRevision(2, 2) }],
  [5, gcpStarting(target)],
  [30, gcpStarted],
]

export const stoppedAs = (state: string, running: Moment): Moment => ({
  ...running,
  jobStatus: { ...running.jobStatus, state },
})

/** status.savepoint of an attempt. */
export function attempt(state: string, triggerID?: string, more: Fields = {}): Fields {
  return {
    state,
    triggerReason: 'user requested',
    requestTime: '2026-03-01T12:00:00Z',
    ...(triggerID && { triggerID, jobID: flinkJobId, triggerTime: '2026-03-01T12:00:00Z' }),
    ...more,
  }
}

/** status.control of a savepoint asked for by annotation. */
export function control(state: string, updateTime: string, more: Fields = {}): Fields {
  return { name: 'savepoint', state, updateTime: `2026-03-01T${updateTime}Z`, ...more }
}
