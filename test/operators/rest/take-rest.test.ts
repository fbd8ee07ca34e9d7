import assert from 'node:assert/strict'
import type { Event } from '../../../src/domain/protocol.ts'
import type { RestAnswer, RestCheckpoint, RestCheckpoints, RestQuestion } from '../../../src/domain/rest.ts'
import type { Savepoint } from '../../../src/domain/savepoint.ts'
import { takeByRest } from '../../../src/operators/rest/take-rest.ts'
import type { TakeByRest } from '../../../src/operators/rest/take-state.ts'
import { cluster, play } from './support/play.ts'

const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'shop',
  name: 'orders',
  uid: 'u-1',
}
const flinkJobId = '29a0271b9fa5d4b5c5bd54e94487087a'
const ours = `${'f'.repeat(31)}e`
const secondOfOurs = 'f'.repeat(32)
const thirdOfOurs = '0'.repeat(32)
const flinks = 'b04cf057274967135560b7d3c207bfa7'
const location = 's3://bucket/sp/savepoint-29a027-02993b31c01c'
const options: TakeByRest = { job, flinkJobId, triggerId: ours, shown: 'flinkcluster/orders', wait: true }
const look = 'to look: kubectl flinksp history flinkcluster/orders -n shop --sources rest'

const requested: Savepoint = {
  job,
  state: 'Requested',
  type: 'savepoint',
  trigger: 'manual',
  flinkJobId,
  restartPoint: false,
  origin: false,
  sources: ['rest'],
}
const inProgress: Savepoint = { ...requested, state: 'InProgress', triggerId: ours }
const completed: Savepoint = { ...inProgress, state: 'Completed', location }
const measured: Savepoint = {
  ...completed,
  checkpointId: 8,
  format: 'CANONICAL',
  requestedAt: '2026-11-22T15:26:32.324Z',
  completedAt: '2026-11-22T15:26:33Z',
  durationMillis: 676,
  sizeBytes: 1_035,
}

const checkpoint = (id: number): RestCheckpoint => ({
  id,
  status: 'COMPLETED',
  isSavepoint: false,
  location: `s3://c/chk-${id}`,
})
const entry: RestCheckpoint = {
  id: 8,
  status: 'COMPLETED',
  isSavepoint: true,
  location,
  format: 'CANONICAL',
  triggeredAt: 1_795_361_192_324,
  endedAt: 1_795_361_193_000,
  durationMillis: 676,
  sizeBytes: 1_035,
}
const list = (...history: RestCheckpoint[]): RestAnswer => ({
  answer: 'checkpoints',
  checkpoints: { restoredCount: 0, history },
})
const none = list(checkpoint(7))

const version = (text: string): RestAnswer => ({ answer: 'version', version: text })
const taken = (triggerId: string): RestAnswer => ({ answer: 'taken', triggerId })
const done = (path: string): RestAnswer => ({
  answer: 'savepoint',
  savepoint: { state: 'COMPLETED', location: path },
})
const running: RestAnswer = { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } }
const failed = (message: string, rootCause: string): RestAnswer => ({
  answer: 'savepoint',
  savepoint: { state: 'FAILED', failure: { message, rootCause } },
})
const refused = (status: number, reason: string): RestAnswer => ({ answer: 'refused', status, reason })
const lost = (reason: string, mayHaveBeenSent = false): RestAnswer => ({
  answer: 'unreachable',
  reason,
  mayHaveBeenSent,
})

type Answers = Partial<Record<RestQuestion['ask'], readonly RestAnswer[]>>

/** Gives each kind of question its answers in turn, the last one again and again. */
function flink(answers: Answers): (question: RestQuestion) => RestAnswer {
  const all: Answers = {
    version: [version('1.18.1')],
    checkpoints: [none],
    take: [taken(ours)],
    savepoint: [done(location)],
    ...answers,
  }
  const next = new Map<string, number>()
  return ({ ask }) => {
    const given = all[ask] ?? []
    const at = next.get(ask) ?? 0
    next.set(ask, at + 1)
    const answer = given[Math.min(at, given.length - 1)]
    if (!answer) throw new Error(`nobody expected ${ask}`)
    return answer
  }
}

function take(answers: Answers, more: Partial<TakeByRest> = {}, scheduled: [number, Event][] = []) {
  const { outcome, asked, told } = play(takeByRest({ ...options, ...more }), flink(answers), scheduled)
  const failure = outcome?.failure
  return {
    result: outcome?.result,
    failure: failure && [failure.code, failure.message, ...failure.hints],
    asked: asked.map(({ question }) => question.ask).join(' '),
    posts: asked.map(({ question }) => question).filter(question => question.ask === 'take'),
    times: asked.map(({ at }) => at),
    told,
  }
}

describe('a take through Flink', () => {
  it('writes nothing to the object', () => {
    assert.deepEqual(takeByRest(options).ask(cluster), { rest: true })
  })

  it('ends with what Flink knows of the savepoint', () => {
    const run = take({
      savepoint: [running, running, done(location)],
      checkpoints: [none, list(entry, checkpoint(7))],
    })
    assert.deepEqual([run.result, run.failure, run.told], [measured, undefined, []])
    assert.equal(run.asked, 'version checkpoints take savepoint savepoint savepoint checkpoints')
  })

  it('looks a little after the trigger, then every second', () => {
    const run = take({ savepoint: [running, running, running, running, running, done(location)] })
    const looks = run.times.slice(3, -1)
    assert.deepEqual(
      looks.slice(1).map((at, i) => at - (looks[i] ?? 0)),
      [260, 510, 1_010, 1_010, 1_010],
    )
  })

  it('ends without size and times where Flink’s list is behind or silent', () => {
    for (const second of [none, lost('no answer in time'), refused(404, 'Job not found')]) {
      const run = take({ checkpoints: [none, second] })
      assert.deepEqual([run.result, run.failure], [completed, undefined])
    }
  })

  it('asks with its own id, directory and format where Flink knows them', () => {
    const where = { directory: 's3://bucket/sp', format: 'NATIVE' } as const
    for (const known of ['1.15.0', '1.18-SNAPSHOT', '2.0.1', '10.2']) {
      const run = take({ version: [version(known)] }, where)
      assert.deepEqual(run.posts, [{ ask: 'take', jobId: flinkJobId, ...where, triggerId: ours }])
      assert.deepEqual(run.result, { ...completed, format: 'NATIVE' })
    }
  })

  it('sends an older Flink only what that one knows', () => {
    for (const old of ['1.9.3', '1.14.6', '<unknown>']) {
      const run = take(
        { version: [version(old)], take: [taken(flinks)] },
        { directory: 's3://b', format: 'CANONICAL' },
      )
      assert.deepEqual(run.posts, [{ ask: 'take', jobId: flinkJobId, directory: 's3://b' }])
      assert.deepEqual(run.result, { ...completed, triggerId: flinks })
    }
  })

  it('does not ask for a version that is known already', () => {
    const run = take({}, { flinkVersion: '1.14.0', format: 'NATIVE' })
    assert.equal(run.asked, '')
    assert.deepEqual(run.failure, [
      'not-asked',
      'error: cannot take a savepoint of flinkcluster/orders: Flink 1.14.0 has no native format; it came with 1.15',
      'leave out --format',
    ])
  })

  it('ends as soon as it is accepted, where nobody waits', () => {
    const run = take({}, { wait: false })
    assert.deepEqual([run.result, run.failure], [inProgress, undefined])
    assert.equal(run.asked, 'version checkpoints take')
  })

  it('reports a failed savepoint with its root cause', () => {
    const run = take({ savepoint: [running, failed('IO-problem detected.', 'disk is full')] })
    assert.deepEqual(run.result, {
      ...inProgress,
      state: 'Failed',
      failure: { message: 'IO-problem detected.', rootCause: 'disk is full' },
    })
    assert.deepEqual(run.failure, ['no', 'error: the savepoint of flinkcluster/orders failed: disk is full'])
  })

  it('takes a savepoint that is complete although Flink calls it failed, and says so', () => {
    const sentence = `A savepoint has been created at: ${location}, but the job failed during stopping.`
    const despite: RestAnswer = {
      answer: 'savepoint',
      savepoint: { state: 'FAILED', location, failure: { message: sentence, rootCause: 'x' } },
    }
    const run = take({ savepoint: [despite] })
    assert.deepEqual([run.result, run.failure, run.told], [completed, undefined, [sentence]])
  })
})

describe('a take through Flink that cannot begin', () => {
  it('gives up where Flink never answers', () => {
    const run = take({ version: [lost('the given address: jm:8081: connection refused')] })
    assert.equal(run.asked, 'version version version')
    assert.deepEqual(run.result, requested)
    assert.deepEqual(run.failure, [
      'not-asked',
      "error: cannot take a savepoint of flinkcluster/orders: Flink's REST API cannot be reached: the given address: jm:8081: connection refused",
      'give its address with --rest-url',
    ])
  })

  it('waits for a Flink that has answered once', () => {
    const moment = lost('no answer in time')
    const run = take({ checkpoints: [moment, moment, moment, moment, none, none] })
    assert.deepEqual([run.result, run.failure], [completed, undefined])
  })

  it('is refused where the job is unknown or cannot have savepoints', () => {
    for (const reason of ['Job 29a0 not found', 'Checkpointing has not been enabled.']) {
      const run = take({ checkpoints: [refused(404, reason)] })
      assert.deepEqual([run.result, run.posts], [requested, []])
      assert.deepEqual(run.failure, [
        'not-asked',
        `error: cannot take a savepoint of flinkcluster/orders: ${reason}`,
      ])
    }
  })

  it('is refused where Flink refuses it, with the remedy for a missing directory', () => {
    const reason =
      'Config key [state.savepoints.dir] is not set. Property [target-directory] must be provided.'
    const run = take({ take: [refused(400, reason)] })
    assert.deepEqual(run.result, requested)
    assert.deepEqual(run.failure, [
      'not-asked',
      `error: cannot take a savepoint of flinkcluster/orders: ${reason}`,
      'give a directory with --target-directory',
    ])
  })
})

describe('a trigger that may not have arrived', () => {
  const reset = lost('the connection was reset', true)

  it('is sent again with the same id of ours', () => {
    const run = take({ take: [reset, lost('refused'), refused(500, 'ask timed out'), taken(ours)] })
    assert.deepEqual([run.result, run.failure], [completed, undefined])
    assert.deepEqual(run.posts, Array(4).fill({ ask: 'take', jobId: flinkJobId, triggerId: ours }))
  })

  it('is never sent again without one: its savepoint is looked for', () => {
    const later = { ...entry, id: 12, location: 's3://bucket/sp/savepoint-29a027-later' }
    for (const answer of [reset, refused(500, 'ask timed out')]) {
      const run = take({
        version: [version('1.14.6')],
        take: [answer],
        checkpoints: [
          none,
          none,
          list({ id: 8, status: 'IN_PROGRESS', isSavepoint: true }),
          list(later, entry, checkpoint(7)),
        ],
      })
      const { triggerId: _, ...found } = measured
      assert.deepEqual([run.result, run.failure], [found, undefined])
      assert.equal(run.asked, 'version checkpoints take checkpoints checkpoints checkpoints')
    }
  })

  it('is sent again where it cannot have arrived', () => {
    const run = take({ version: [version('1.14.6')], take: [lost('connection refused'), taken(flinks)] })
    assert.deepEqual([run.result, run.posts.length], [{ ...completed, triggerId: flinks }, 2])
  })

  it('is not asked for again where the right to ask is missing', () => {
    const forbidden = { ...lost('cannot create resource "services/proxy"'), forbidden: true } as const
    const run = take({ take: [forbidden] })
    assert.deepEqual(
      [run.failure?.slice(0, 2), run.posts.length],
      [
        [
          'not-asked',
          `error: cannot take a savepoint of ${options.shown}: Flink's REST API cannot be reached: cannot create resource "services/proxy"`,
        ],
        1,
      ],
    )
  })

  it('is in doubt where no savepoint is found', () => {
    const run = take({ version: [version('1.14.6')], take: [reset] })
    assert.deepEqual(run.result, requested)
    assert.deepEqual(run.failure, [
      'timed-out',
      'error: whether Flink took a savepoint of flinkcluster/orders is not known: the connection was reset; the savepoint may be complete all the same',
      look,
    ])
    assert.equal(run.posts.length, 1)
  })
})

describe('a trigger that Flink no longer knows', () => {
  const unknown = refused(404, `There is no savepoint operation with triggerId=${ours}`)
  const search = (...checkpoints: RestAnswer[]) =>
    take(
      { savepoint: [running, unknown], checkpoints: [none, ...checkpoints] },
      { directory: 's3://bucket/sp' },
    )
  const list2 = (checkpoints: Partial<RestCheckpoints>): RestAnswer => ({
    answer: 'checkpoints',
    checkpoints: { restoredCount: 1, history: [], ...checkpoints },
  })

  it('is found in the list of checkpoints', () => {
    const restarting = Array(9).fill(lost('connection refused'))
    const run = search(...restarting, refused(404, 'Job not found'), list(entry))
    assert.deepEqual([run.result, run.failure], [measured, undefined])
  })

  it('is found as what the job was restored from', () => {
    const run = search(list2({ restored: { isSavepoint: true, location } }))
    assert.deepEqual([run.result, run.failure], [completed, undefined])
  })

  it('is not one that was there before, nor a checkpoint, nor one in another directory', () => {
    const elsewhere = { ...entry, location: 's3://other/savepoint-1' }
    const older = { ...entry, id: 6 }
    const run = take(
      {
        savepoint: [unknown],
        checkpoints: [
          list(checkpoint(7), older),
          list(checkpoint(9), older, elsewhere),
          list2({ restored: { isSavepoint: true, location } }),
          list2({ restored: { isSavepoint: false, location: 's3://bucket/sp/chk-9' } }),
        ],
      },
      { directory: 's3://bucket/sp' },
    )
    assert.deepEqual([run.result, run.failure?.[0]], [inProgress, 'timed-out'])
  })

  it('is waited for while it is in progress there, and fails there', () => {
    const mine = { id: 8, isSavepoint: true } as const
    const run = search(
      list({ ...mine, status: 'IN_PROGRESS' }),
      list({ ...mine, status: 'FAILED', failureMessage: 'Checkpoint expired before completing.' }),
    )
    const failure = {
      message: 'Checkpoint expired before completing.',
      rootCause: 'Checkpoint expired before completing.',
    }
    assert.deepEqual(run.result, { ...inProgress, state: 'Failed', failure })
    assert.equal(run.failure?.[0], 'no')
  })

  it('may be complete all the same where nothing tells', () => {
    const run = search()
    assert.deepEqual(run.result, inProgress)
    assert.deepEqual(run.failure, [
      'timed-out',
      `error: Flink no longer knows savepoint trigger ${ours} of flinkcluster/orders: its JobManager has restarted, most likely; the savepoint may be complete all the same`,
      look,
    ])
  })
})

describe('a job whose tasks are still being deployed', () => {
  const early = failed(
    'Checkpoint triggering task Source (1/1) is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running.',
    'Not all required tasks are currently running.',
  )

  it('is asked again after 3 s, by a new trigger', () => {
    const run = take({
      take: [taken(ours), taken(secondOfOurs), taken(thirdOfOurs)],
      savepoint: [early, early, done(location)],
    })
    assert.deepEqual([run.result, run.failure], [{ ...completed, triggerId: thirdOfOurs }, undefined])
    assert.deepEqual(
      run.posts.map(post => post.triggerId),
      [ours, secondOfOurs, thirdOfOurs],
    )
    const again = 'not all tasks of flinkcluster/orders are running yet; asking again in 3 s'
    assert.deepEqual(run.told, [again, again])
    assert.equal((run.times[4] ?? 0) - (run.times[3] ?? 0), 3_010)
  })

  it('fails when it was asked six times', () => {
    const run = take({ savepoint: [early] })
    assert.equal(run.posts.length, 6)
    assert.deepEqual(run.failure, [
      'no',
      'error: the savepoint of flinkcluster/orders failed: Not all required tasks are currently running.',
    ])
  })
})

describe('the end of waiting for Flink', () => {
  const slow: Answers = { savepoint: [running, lost('no answer in time')] }

  it('is a time-out that the savepoint may outlive', () => {
    const run = take(slow, {}, [[60_000, { type: 'timeout' }]])
    assert.deepEqual(run.result, inProgress)
    assert.deepEqual(run.failure, [
      'timed-out',
      'error: timed out waiting for the savepoint of flinkcluster/orders; it may still complete',
      "Flink's last answer: no answer in time",
      look,
    ])
  })

  it('does not claim that a savepoint may complete where Flink was never asked', () => {
    const moment = lost('connection refused')
    for (const answers of [{ checkpoints: [moment] }, { take: [moment] }] satisfies Answers[]) {
      const run = take(answers, {}, [[10_500, { type: 'timeout' }]])
      assert.deepEqual([run.result, run.failure?.[0]], [requested, 'not-asked'])
    }
  })

  it('counts a trigger that is on its way as asked', () => {
    const early: [number, Event][] = [[5_000, { type: 'timeout' }]]
    assert.equal(take({ take: [lost('no answer in time', true)] }, {}, early).failure?.[0], 'timed-out')
  })

  it('is an interruption that says what goes on', () => {
    assert.deepEqual(take(slow, {}, [[1_000, { type: 'interrupted' }]]).failure, [
      'interrupted',
      'error: interrupted; the savepoint of flinkcluster/orders goes on',
      look,
    ])
    assert.deepEqual(take(slow, {}, [[5, { type: 'interrupted' }]]).failure, [
      'interrupted',
      'error: interrupted before a savepoint of flinkcluster/orders was asked for',
    ])
  })

  it('is the deletion of the object', () => {
    const run = take(slow, {}, [[1_000, { type: 'deleted' }]])
    const message = 'error: flinkcluster/orders was deleted while its savepoint was awaited'
    assert.deepEqual(run.failure, ['no', message, look])
    assert.deepEqual(run.result, { ...inProgress, state: 'Failed', failure: { message } })
  })

  it('does not undo a savepoint that is complete', () => {
    for (const type of ['timeout', 'interrupted', 'deleted'] as const) {
      const run = take({ checkpoints: [none, lost('no answer in time')] }, {}, [[50, { type }]])
      assert.deepEqual([run.result, run.failure], [completed, undefined], type)
    }
  })

  it('ignores answers to questions of before, and objects', () => {
    const stale: Event = {
      type: 'rest',
      question: { ask: 'savepoint', jobId: flinkJobId, triggerId: flinks },
      answer: done('s3://not/ours'),
    }
    const events: [number, Event][] = [1, 15, 25, 35, 500].flatMap(at => [
      [at, stale],
      [at, { type: 'object', object: cluster }],
      [at, { type: 'due', timer: 'silence' }],
    ])
    const run = take({ savepoint: [running, running, done(location)] }, {}, events)
    assert.deepEqual([run.result, run.failure], [completed, undefined])
    assert.equal(run.asked, 'version checkpoints take savepoint savepoint savepoint checkpoints')
  })
})

describe('whatever Flink answers', () => {
  const cannotHaveArrived = lost('connection refused')
  const answers: readonly RestAnswer[] = [
    version('1.18.1'),
    version('1.14.0'),
    none,
    list(entry, checkpoint(7)),
    list({ id: 9, status: 'FAILED', isSavepoint: true }),
    taken(ours),
    taken(flinks),
    running,
    done(location),
    failed('x', 'Not all required tasks are currently running.'),
    failed('x', 'y'),
    refused(404, 'unknown'),
    refused(500, 'trouble'),
    lost('no answer in time', true),
    cannotHaveArrived,
    { answer: 'jobs', jobs: [] },
  ]

  /** Numbers from 0 to below `below`, the same for the same seed (mulberry32). */
  function dice(seed: number): (below: number) => number {
    let a = seed
    return below => {
      a = (a + 0x6d2b79f5) | 0
      let t = Math.imul(a ^ (a >>> 15), 1 | a)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
    }
  }

  it('the take ends by its time-out, completes only with a location, fails only with a reason, and is not asked for twice', () => {
    const ends = new Map<string, number>()
    for (let seed = 0; seed < 2_000; seed++) {
      const roll = dice(seed)
      const protocol = takeByRest({ ...options, directory: 's3://bucket/sp' })
      let doubtful = false
      const { outcome } = play(protocol, question => {
        const answer = answers[roll(answers.length)] ?? none
        if (question.ask !== 'take' || question.triggerId !== undefined) return answer
        assert.ok(!doubtful, `seed ${seed}: a POST without an id of ours was sent again`)
        doubtful = answer !== cannotHaveArrived && answer.answer !== 'taken'
        return answer
      })
      const { state, location: path, failure } = outcome?.result ?? {}
      const what = `seed ${seed}`
      assert.ok(state !== undefined, what)
      assert.equal(state === 'Completed', outcome?.failure === undefined, what)
      assert.equal(path, state === 'Completed' ? location : undefined, what)
      assert.equal(failure !== undefined, state === 'Failed', what)
      ends.set(state, (ends.get(state) ?? 0) + 1)
    }
    assert.deepEqual([...ends.keys()].sort(), ['Completed', 'Failed', 'InProgress', 'Requested'])
  })
})
