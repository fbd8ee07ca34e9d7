import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { stopByAnnotation } from '../../../src/operators/flink-cluster/stop/by-annotation.ts'
import { gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import type { Scenario } from './scenarios/parts.ts'
import { stopsByAnnotation } from './scenarios/stops.ts'
import { type Story, tell } from './scenarios/story.ts'

function storyOf({ operator, before = {}, sees, flink, refuses }: Scenario): Story {
  return {
    make: operator === 'spotify' ? spotifyCluster : gcpCluster,
    before,
    asked: { annotated: 'job-cancel' },
    sees,
    ...(flink && { flink }),
    ...(refuses && { refuses }),
  }
}

function endOf(scenario: Scenario): Fields {
  const options = { operator: scenario.operator, wait: true }
  const { exit, at, result, told, writes } = tell(stopByAnnotation(options), storyOf(scenario))
  assert.equal(result.trigger, 'cancel')
  const { state, location, triggerId, failure } = result
  return {
    exit,
    at,
    ...(state !== 'Completed' || exit !== 0 ? { state } : {}),
    ...(location && { location }),
    ...(triggerId && { triggerId }),
    ...(failure?.rootCause && { rootCause: failure.rootCause }),
    ...(told.length > 0 && { told }),
    ...(writes.length > 0 && { writes }),
  }
}

describe('a stop by job-cancel, as the real operators would carry it out', () => {
  for (const scenario of stopsByAnnotation)
    it(`on ${scenario.operator} ${scenario.name}`, () => {
      assert.deepEqual(endOf(scenario), scenario.ends)
    })
})
