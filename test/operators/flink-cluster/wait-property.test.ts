import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { fieldsAt } from '../../../src/domain/fields.ts'
import type { Protocol } from '../../../src/domain/protocol.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { Savepoint } from '../../../src/domain/savepoint.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import { restoreInPlace } from '../../../src/operators/flink-cluster/restore/restore.ts'
import { awaitIdle } from '../../../src/operators/flink-cluster/take/await-idle.ts'
import { takeBlocking } from '../../../src/operators/flink-cluster/take/blocking.ts'
import { takeByStatus } from '../../../src/operators/flink-cluster/take/by-status.ts'
import { isBusy } from '../../../src/operators/flink-cluster/take/choose-take.ts'
import type { RestoreProgress } from '../../../src/operators/job-operator.ts'
import type { Dice } from '../../support/dice.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { forSeeds } from '../../support/property.ts'
import { type AnyOperator, anyOperator, before } from './any-operator.ts'
import { type Run, run } from './any-wait.ts'

type Via = 'annotation' | 'generation'
type Make = (parts: ClusterParts) => Fields

function playTake(protocol: Protocol<unknown, Savepoint>, via: Via, make: Make, chance: Dice) {
  const operator = anyOperator(chance)
  // Half of them meet a request that stands there already.
  const joined = chance.once(2)
  if (joined) operator.ask(via)
  const played = run(
    protocol,
    {
      body: () => make(operator.object()),
      act: operator.act,
      answer: operator.answer,
      write: id => operator.ask(id === 'ask' ? via : 'annotation'),
    },
    chance,
  )
  return { operator, played, joined }
}

/** A take never tells what did not happen: the heart of the product. */
function checkTake(
  operator: AnyOperator,
  { outcome, writes, events, missed }: Run<Savepoint>,
  via: Via,
): string {
  assert.ok(outcome, 'it ends by its time-out')
  const { result, failure } = outcome
  const ended = failure?.code ?? 'well'
  assert.equal(ended === 'well', result.state === 'Completed', `${ended}, but ${result.state}`)
  if (result.state === 'Completed') {
    const source = [...operator.taken].find(([, { location }]) => location === result.location)
    assert.ok(source, `${result.location} was not taken after the request`)
    assert.ok(
      result.triggerId === undefined || missed || result.triggerId === source[0],
      'of another trigger',
    )
    if (via === 'annotation' && !missed) assert.equal(source[1].reason, 'user requested')
  } else assert.equal(result.location, undefined)
  const over = /stopped|was deleted/.test(failure?.message ?? '')
  if (result.state === 'Failed') assert.ok(operator.failures > 0 || over, 'nothing failed')
  assert.ok(result.state !== 'Failed' || result.failure !== undefined, 'it failed without a reason')
  assert.equal(result.state === 'Withdrawn', writes.includes('withdraw'))
  assert.ok(writes.filter(id => id === 'again').length <= 5, 'it asks again without end')
  if (ended === 'timed-out') assert.equal(events.at(-1)?.type, 'timeout')
  if (ended === 'interrupted') assert.ok(events.some(({ type }) => type === 'interrupted'))
  return result.state
}

/** The object shows the success alone; whose trigger it was, the operator itself may not know (GCP <= -3). */
function checkBlocking(operator: AnyOperator, { outcome, events }: Run<Savepoint>): string {
  assert.ok(outcome, 'it ends by its time-out')
  const { result, failure } = outcome
  assert.equal(failure === undefined, result.state === 'Completed')
  const locations = [...operator.taken.values()].map(({ location }) => location)
  if (result.state === 'Completed') assert.ok(locations.includes(result.location ?? ''))
  else assert.equal(result.location, undefined)
  assert.equal(result.failure !== undefined, result.state === 'Failed')
  const deleted = events.some(({ type }) => type === 'deleted')
  if (result.state === 'Failed') assert.ok(deleted || operator.failures > 0, 'nothing failed')
  if (failure?.code === 'timed-out') assert.equal(events.at(-1)?.type, 'timeout')
  return result.state
}

const target = 'gs://bucket/orders/savepoint-ef5f05-00000000000f'

/** A job that is restarted, well or not, by an operator that may do so again and again; and its Flink. */
function anyRestart(chance: Dice, make: Make) {
  let jobStatus: Fields = { savepointLocation: before.location }
  let status: Fields = {}
  let jobs = 0
  const started = () => {
    const id = String(++jobs).padStart(32, 'd')
    return chance.pick([{ id }, { id }, { startTime: `2026-03-01T12:0${jobs % 10}:00Z` }, {}])
  }
  const from = () => chance.pick([target, target, target, before.location])
  const happenings = [
    () => ({ state: 'Updating', id: '' }),
    () => ({ state: 'Deploying', fromSavepoint: from(), savepointLocation: target }),
    () => ({ state: 'Pending', fromSavepoint: from() }),
    () => ({ state: 'Running', ...started() }),
    () => ({ state: 'Running', ...started() }),
    () => ({ state: chance.pick(['Failed', 'Lost', 'Cancelled', 'DeployFailed', 'Running']) }),
    () => ({ restartCount: chance.roll(5) }),
    () => {
      status = { savepoint: { state: chance.pick(['Succeeded', 'Failed']), triggerReason: 'update' } }
      return {}
    },
  ] as const
  return {
    body: () =>
      make({ job: { restartPolicy: chance.pick(['Never', 'FromSavepointOnFailure']) }, jobStatus, status }),
    act() {
      jobStatus = { ...jobStatus, ...chance.pick(happenings)() }
    },
    answer: (question: RestQuestion): RestAnswer =>
      question.ask === 'checkpoints' && !chance.once(3)
        ? {
            answer: 'checkpoints',
            checkpoints: {
              restoredCount: chance.roll(3),
              restored: { isSavepoint: true, location: from() },
              history: [],
            },
          }
        : { answer: 'unreachable', reason: 'no answer', mayHaveBeenSent: false },
    write: () => undefined,
  }
}

function checkRestore({ outcome, writes, sighted, events }: Run<RestoreProgress>): string {
  assert.ok(outcome, 'it ends by its time-out')
  const { result, failure } = outcome
  assert.equal(failure === undefined, result.state === 'Restored')
  assert.ok(writes.length <= 2, 'the race is patched twice at most')
  const jobs = sighted.map(body => fieldsAt(body, 'status', 'components', 'job'))
  const proven = jobs.some(
    job =>
      job['state'] === 'Running' &&
      job['fromSavepoint'] === target &&
      (job['id'] !== flinkJobId || job['startTime'] !== '2026-03-01T08:01:00Z'),
  )
  const flinks = events.some(
    event =>
      event.type === 'rest' &&
      event.answer.answer === 'checkpoints' &&
      event.answer.checkpoints.restored?.location === target,
  )
  if (result.state === 'Restored') {
    assert.ok(proven && result.proof.operator, 'no job was seen that runs, new, from the target')
    assert.ok(!result.proof.rest || flinks, 'Flink never said so')
  } else assert.equal(result.proof.rest, false)
  assert.equal(result.failure !== undefined, result.state === 'Failed')
  if (failure?.code === 'timed-out') assert.equal(events.at(-1)?.type, 'timeout')
  return result.state
}

const all = ['Completed', 'Failed', 'InProgress', 'Requested']

describe('whatever an operator does', () => {
  for (const via of ['annotation', 'generation'] as const) {
    it(`a take by ${via} on Spotify is completed by a savepoint of after the request, or not at all`, () => {
      forSeeds(
        400,
        chance => {
          const withdraw = chance.pick([undefined, true, false])
          const options = {
            operator: 'spotify',
            via,
            wait: true,
            ...(withdraw !== undefined && { withdraw }),
          } as const
          const { operator, played } = playTake(takeByStatus(options) as never, via, spotifyCluster, chance)
          return checkTake(operator, played, via)
        },
        ...all,
        ...(via === 'generation' ? ['Withdrawn'] : []),
      )
    })

    it(`a take by ${via} on GCP tag -9 is completed by a savepoint of after the request, or not at all`, () => {
      forSeeds(
        300,
        chance => {
          const options = { operator: 'gcp-9', via, wait: true } as const
          const { operator, played } = playTake(takeByStatus(options) as never, via, gcpCluster, chance)
          return checkTake(operator, played, via)
        },
        ...all,
      )
    })
  }

  for (const [via, operator] of [
    ['generation', 'gcp-2'],
    ['annotation', 'gcp-3'],
  ] as const) {
    it(`a take by ${via} on ${operator}, which is blocking, is completed by a savepoint of after the request`, () => {
      forSeeds(
        250,
        chance => {
          const options = { operator, via, wait: true } as const
          const { operator: any, played } = playTake(takeBlocking(options) as never, via, gcpCluster, chance)
          assert.deepEqual(played.writes, [], 'a write would lose the result')
          return checkBlocking(any, played)
        },
        'Completed',
        'Failed',
        'Requested',
      )
    })
  }

  for (const [name, operator, make] of [
    ['Spotify', 'spotify', spotifyCluster],
    ['GCP tag -9', 'gcp-9', gcpCluster],
  ] as const) {
    it(`a restore on ${name} is only told as done where operator and Flink show it`, () => {
      const wish = {
        build: operator,
        target: { location: target },
        allowNonRestoredState: false,
        nonce: 'n',
        wait: true,
      }
      forSeeds(
        300,
        chance => {
          const scene = anyRestart(chance, make)
          return checkRestore(run(restoreInPlace(wish), scene, chance))
        },
        'Failed',
        'InProgress',
        'Restored',
      )
    })
  }

  it('waiting for a savepoint in flight ends when none is', () => {
    forSeeds(
      200,
      chance => {
        const operator = anyOperator(chance)
        operator.act()
        const scene = {
          body: () => spotifyCluster(operator.object()),
          act: operator.act,
          answer: operator.answer,
          write: () => assert.fail('it writes nothing'),
        }
        const { outcome, events } = run(awaitIdle('spotify'), scene, chance)
        assert.ok(outcome, 'it ends by its time-out')
        if (outcome.failure) return outcome.failure.code
        const last = events.findLast(event => event.type === 'object')
        assert.equal(events.at(-1)?.type, 'due', 'only a quiet second is the end')
        assert.ok(last === undefined || !isBusy(readFlinkCluster(last.object)), 'a savepoint is in flight')
        return 'idle'
      },
      'idle',
      'interrupted',
      'no',
      'not-asked',
      'timed-out',
    )
  })
})
