import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { Savepoint } from '../../../src/domain/savepoint.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import { stopByAnnotation } from '../../../src/operators/flink-cluster/stop/by-annotation.ts'
import type { Dice } from '../../support/dice.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { forSeeds } from '../../support/property.ts'
import { type Run, run } from './any-wait.ts'

type Make = (parts: ClusterParts) => Fields

const annotation = 'flinkclusters.flinkoperator.k8s.io/user-control'
const locationOf = (id: string) => `gs://bucket/orders/savepoint-ef5f05-${id.slice(-12)}`
const first = '0'.repeat(32)

/** A job that is being stopped by an operator that does all that one was ever seen doing, in any order; and its Flink. */
function anyStop(chance: Dice, make: Make) {
  const taken = new Map<string, string>()
  const failed = new Set<string>()
  let ticks = 0
  let triggers = 0
  let generation = 1
  let annotated = false
  let current = { id: first, reason: 'user requested' }
  let status: Fields = { savepoint: attempt('Succeeded') }
  let jobStatus: Fields = { savepointGeneration: 1, savepointLocation: locationOf(first) }

  function attempt(state: string, more: Fields = {}): Fields {
    const time = new Date(Date.UTC(2026, 2, 1, 12, 0, ticks)).toISOString().replace('.000Z', 'Z')
    const { id, reason } = current
    return {
      state,
      triggerID: id,
      jobID: flinkJobId,
      triggerReason: reason,
      requestTime: time,
      triggerTime: time,
      ...more,
    }
  }
  const trigger = () => {
    const reason = chance.pick(['job cancel', 'job cancel', 'job cancel', 'scheduled'])
    current = { id: String(++triggers).padStart(32, 'b'), reason }
    ticks++
    status = { ...status, savepoint: attempt('InProgress') }
  }
  const succeed = () => {
    if (taken.has(current.id) || failed.has(current.id) || current.id === first) return
    taken.set(current.id, current.reason)
    jobStatus = {
      ...jobStatus,
      savepointGeneration: ++generation,
      savepointLocation: locationOf(current.id),
    }
    status = { ...status, savepoint: attempt('Succeeded') }
  }
  const fail = () => {
    if (taken.has(current.id) || current.id === first) return
    // Flink may complete what the operator has given up.
    if (chance.once(3)) taken.set(current.id, current.reason)
    else failed.add(current.id)
    status = { ...status, savepoint: attempt('Failed', { message: 'Savepoint error: disk full' }) }
  }
  const control = () => {
    const state = chance.pick(['Requested', 'Progressing', 'InProgress', 'Succeeded', 'Failed'])
    const updateTime = new Date(Date.UTC(2026, 2, 1, 12, 0, ++ticks)).toISOString()
    status = { ...status, control: { name: 'job-cancel', state, updateTime } }
  }
  const change = () => {
    const state = chance.pick(['Cancelled', 'Cancelled', 'Cancelled', 'Succeeded', 'Lost', 'Running'])
    jobStatus = { ...jobStatus, state }
  }
  const shown = [{ status, jobStatus }]
  const runBackwards = () => {
    const earlier = shown[chance.roll(shown.length)]
    if (earlier) ({ status, jobStatus } = earlier)
  }
  const unannotate = () => {
    annotated = false
  }
  const happenings = [
    trigger,
    trigger,
    succeed,
    succeed,
    succeed,
    fail,
    control,
    control,
    change,
    change,
  ] as const
  const rare = [runBackwards, unannotate] as const
  return {
    taken,
    body: () =>
      make({
        ...(annotated && { metadata: { annotations: { [annotation]: 'job-cancel' } } }),
        jobStatus,
        status,
      }),
    act() {
      const one = chance.once(6) ? chance.pick(rare) : chance.pick(happenings)
      one()
      shown.push({ status, jobStatus })
    },
    answer(question: RestQuestion): RestAnswer {
      if (question.ask !== 'savepoint' || chance.once(3))
        return { answer: 'unreachable', reason: 'no answer', mayHaveBeenSent: false }
      const { triggerId } = question
      if (taken.has(triggerId))
        return { answer: 'savepoint', savepoint: { state: 'COMPLETED', location: locationOf(triggerId) } }
      return failed.has(triggerId)
        ? { answer: 'savepoint', savepoint: { state: 'FAILED', failure: { message: 'disk full' } } }
        : { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } }
    },
    write() {
      annotated = true
    },
  }
}

/** Never the job gone and no savepoint, and no word of a stop that was none. */
function check(
  taken: ReadonlyMap<string, string>,
  { outcome, writes, events }: Run<Savepoint>,
  operator: 'spotify' | 'gcp-9',
): string {
  assert.ok(outcome, 'it ends by its time-out')
  const { result, failure } = outcome
  const source = [...taken].find(([id]) => locationOf(id) === result.location)
  assert.equal(result.location !== undefined, result.state === 'Completed')
  if (result.state === 'Completed') assert.equal(source?.[1], 'job cancel', 'another savepoint')
  if (!failure) {
    assert.equal(result.state, 'Completed', 'stopped without a savepoint')
    const last = events.findLast(event => event.type === 'object')
    assert.ok(last && readFlinkCluster(last.object, operator).stopped, 'stopped, and the job goes on')
  }
  assert.ok(writes.length <= 5, 'it asks again without end')
  assert.ok(result.state !== 'Failed' || result.failure !== undefined, 'it failed without a reason')
  if (failure?.code === 'timed-out') assert.equal(events.at(-1)?.type, 'timeout')
  return failure?.code ?? 'stopped'
}

describe('whatever an operator does', () => {
  for (const [operator, make] of [
    ['spotify', spotifyCluster],
    ['gcp-9', gcpCluster],
  ] as const)
    it(`a stop on ${operator} is only told as done where the job has ended with a savepoint of the stop`, () => {
      forSeeds(
        500,
        chance => {
          const scene = anyStop(chance, make)
          return check(scene.taken, run(stopByAnnotation({ operator, wait: true }), scene, chance), operator)
        },
        ...['interrupted', 'no', 'not-asked', 'stopped', 'timed-out'],
      )
    })
})
