import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { abilitiesOf } from '../../../src/operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import { restoreInPlace } from '../../../src/operators/flink-cluster/restore/restore.ts'
import { takeBlocking } from '../../../src/operators/flink-cluster/take/blocking.ts'
import { takeByStatus } from '../../../src/operators/flink-cluster/take/by-status.ts'
import { chooseTake } from '../../../src/operators/flink-cluster/take/choose-take.ts'
import { gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { type Scenario, type TakeScenario, three } from './scenarios/parts.ts'
import { restoresOnGcp } from './scenarios/restores-on-gcp.ts'
import { restoresOnSpotify } from './scenarios/restores-on-spotify.ts'
import { type Moment, type Story, stage, tell } from './scenarios/story.ts'
import { takesOnGcp } from './scenarios/takes-on-gcp.ts'
import { takesOnSpotify } from './scenarios/takes-on-spotify.ts'

function storyOf(scenario: Scenario, asked: Moment): Story {
  const { operator, before = {}, sees, flink, refuses } = scenario
  return {
    make: operator === 'spotify' ? spotifyCluster : gcpCluster,
    before,
    asked,
    sees,
    ...(flink && { flink }),
    ...(refuses && { refuses }),
  }
}

/** How it ended: `state`, `message` and `told` only where the scenario speaks of them. */
function endOfTake(scenario: TakeScenario): Fields {
  const { operator, via, before = {}, ends } = scenario
  const options = { operator, via, wait: true, withdraw: false }
  const generation = Number(before.jobStatus?.['savepointGeneration'] ?? 0) + 1
  const asked = via === 'annotation' ? { annotated: true } : { job: { savepointGeneration: generation } }
  const story = storyOf(scenario, asked)
  const { exit, result, writes } =
    abilitiesOf(operator).follows === 'blocking'
      ? tell(takeBlocking(options), story)
      : tell(takeByStatus(options), story)
  const { location, triggerId, failure, trigger, state } = result
  return {
    exit,
    ...(location && { location }),
    ...(triggerId && { triggerId }),
    ...(result.generation !== undefined && { generation: result.generation }),
    ...(trigger !== 'manual' && { trigger }),
    ...(failure?.rootCause && { rootCause: failure.rootCause }),
    ...('message' in ends && { message: failure?.message }),
    ...('state' in ends && { state }),
    ...(writes.length > 0 && { writes }),
  }
}

describe('a take, as the real operators would carry it out', () => {
  for (const scenario of [...takesOnSpotify, ...takesOnGcp]) {
    const { name, operator, via, ends } = scenario
    it(`by ${via} on ${operator} ${name}`, async () => {
      const before = readFlinkCluster(stage(storyOf(scenario, {})).object(), operator)
      const wish = { via, forFlink: false } as const
      assert.deepEqual(await chooseTake(before, operator, wish, async () => true), { way: via })
      assert.deepEqual(endOfTake(scenario), ends)
    })
  }
})

function endOfRestore(scenario: Scenario): Fields {
  const { operator, before = {}, ends } = scenario
  const wish = {
    build: operator,
    target: { location: three },
    allowNonRestoredState: false,
    nonce: 'n',
    wait: true,
  }
  const cleared = before.control?.['name'] === 'job-cancel'
  const asked = cleared ? { control: undefined } : { job: { fromSavepoint: three } }
  const { exit, result, hints, told, writes } = tell(restoreInPlace(wish), storyOf(scenario, asked))
  const { state, proof, failure, updateSavepoint } = result
  assert.equal(proof.operator, state === 'Restored')
  const wanted = (ends['told'] ?? []) as RegExp[]
  return {
    exit,
    state,
    ...(proof.rest && { rest: true }),
    ...(failure?.rootCause && { rootCause: failure.rootCause }),
    ...(updateSavepoint && { updateSavepoint: updateSavepoint.location }),
    ...(writes.length > 0 && { writes }),
    ...('hint' in ends && { hint: hints.find(hint => hint === ends['hint']) }),
    ...(wanted.length > 0 && { told: wanted.filter(what => told.some(text => what.test(text))) }),
  }
}

describe('a restore, as the real operators would carry it out', () => {
  for (const scenario of [...restoresOnSpotify, ...restoresOnGcp])
    it(`on ${scenario.operator} ${scenario.name}`, () => {
      assert.deepEqual(endOfRestore(scenario), scenario.ends)
    })
})
