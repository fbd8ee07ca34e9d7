import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { TakeEntry } from '../../../src/history/entry.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { unreachable } from '../../support/fakes.ts'
import { gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { earlier, flinksAnswer, recordOf, sp, taken } from '../history/samples.ts'
import { statusOf, withParts } from './samples.ts'

const start = '2026-03-01T08:01:00Z'

describe('status of one job', () => {
  it('says all that is known of it, for four requests', async () => {
    const job = spotifyCluster(
      withParts(taken, {
        job: {
          autoSavepointSeconds: 3_600,
          restartPolicy: 'FromSavepointOnFailure',
          maxStateAgeToRestoreSeconds: 7_200,
        },
        jobStatus: { fromSavepoint: sp('000000000000') },
      }),
    )
    const { requests, ...ended } = await statusOf('status orders', { objects: [job, recordOf([earlier])] })
    assert.deepEqual(ended, {
      exit: 0,
      stdout: `\
Name:           orders
Namespace:      default
Kind:           FlinkCluster (flinkoperator.k8s.io/v1beta1)
State:          Running
Savepoint:      gs://bucket/orders/savepoint-ef5f05-550496d6e5a5 (59m ago, manual)
Checkpoint:     gs://bucket/checkpoints/orders/chk-9 (59s ago)
Restart Point:  gs://bucket/orders/savepoint-ef5f05-550496d6e5a5 (59m ago, manual)
At Risk:        59m of work (59s where Flink recovers by itself)
Automatic:      every 60m, next in 10s
On Failure:     restarted from its restart point
Max State Age:  120m
Started From:   gs://bucket/orders/savepoint-ef5f05-000000000000
Take Now:       possible
Problems:  <none>
`,
      stderr: '',
      reached: ['proxy'],
    })
    assert.deepEqual(requests.toSorted(), [
      'get ConfigMap/default/flinksp-flinkcluster-orders',
      'get FlinkCluster/default/orders',
    ])
  })

  it('says what is wrong, and what to do about it', async () => {
    const job = gcpCluster({
      job: {
        fromSavepoint: sp('222222222222'),
        fromSavePoint: sp('111111111111'),
        restartPolicy: 'FromSavepointOnFailure',
      },
      jobStatus: { fromSavepoint: sp('000000000000') },
      status: {
        savepoint: {
          state: 'Failed',
          triggerReason: 'scheduled',
          requestTime: '2026-03-01T11:30:00Z',
          message: 'Savepoint error: a.B: x\nCaused by: java.io.IOException: No space left',
        },
      },
    })
    const { stdout, exit } = await statusOf('status orders', { objects: [job] }, () => unreachable())
    assert.equal(exit, 0)
    assert.equal(
      stdout.slice(stdout.indexOf('Started From')),
      `\
Started From:   ${sp('000000000000')} (the spec says ${sp('222222222222')})
Take Now:       possible
Problems:
  - the last savepoint failed 30m ago: No space left
  - the operator knows no savepoint to start from: a failure that Flink cannot mend by itself would cost all state; kubectl flinksp take orders
  - spec.job.fromSavepoint is still ${sp('222222222222')}: the next change of the spec would start the job from there and give up all work since; take a savepoint, and remove fromSavepoint in that same change
  - spec.job.fromSavePoint is read by no operator, the field is fromSavepoint
  - FromSavepointOnFailure: this operator restarts a job that failed without end, and never submits it (it ends by a restore)
Unknown:
  - its checkpoints are not known: connect ECONNREFUSED
`,
    )
  })

  it('takes the attempt that the operator shows for later than a savepoint of the same second', async () => {
    const problems = async (savepoint: Fields) => {
      const job = spotifyCluster(withParts(taken, { status: { savepoint } }))
      return (await statusOf('status orders', { objects: [job] })).stdout.split('Problems:')[1]
    }
    const requestTime = '2026-03-01T11:00:00Z'
    const message = 'Savepoint error: a.B: x\nCaused by: java.io.IOException: No space left'
    assert.deepEqual(
      [
        await problems({ state: 'Failed', requestTime, message }),
        await problems({ state: 'Failed', requestTime: '2026-03-01T10:59:59Z', message }),
        await problems({ state: 'Succeeded', requestTime }),
      ],
      ['\n  - the last savepoint failed 60m ago: No space left\n', '  <none>\n', '  <none>\n'],
    )
  })

  it('advises to restore from a savepoint that is there, and to take one where all were pruned', async () => {
    const problems = async (entry: TakeEntry) => {
      const objects = [spotifyCluster(), recordOf([entry])]
      const { stdout } = await statusOf('status orders', { objects }, () => unreachable())
      return /Problems:\n([\s\S]*)Unknown:/.exec(stdout)?.[1]
    }
    assert.deepEqual(
      [await problems(earlier), await problems({ ...earlier, prunedAt: '2026-03-01T09:00:00Z' })],
      [
        '  - the operator would start from none of its savepoints: after a failure that Flink cannot mend by itself, kubectl flinksp restore orders latest does\n',
        '  - the operator knows no savepoint to start from: a failure that Flink cannot mend by itself would cost all state; kubectl flinksp take orders\n',
      ],
    )
  })

  it('says what restore --undo would start it from, as the record has it', async () => {
    const restore = (more: Fields) =>
      JSON.stringify({
        action: 'restore',
        uid: 'uid-of-orders',
        state: 'Restored',
        target: sp('000000000000'),
        requestedAt: '2026-03-01T10:00:00Z',
        ...more,
      })
    const undo = async (...entries: string[]) => {
      const objects = [spotifyCluster(taken), recordOf([earlier, ...entries])]
      const one = await statusOf('status orders', { objects })
      const listed = await statusOf('status -o jsonpath={.items[*].undo.location}', { objects })
      return [/^Undo: +(.*)$/m.exec(one.stdout)?.[1], listed.stdout]
    }
    const safety = sp('3e115b017916')
    const before = sp('333333333333')
    assert.deepEqual(
      [
        await undo(restore({ safety, restartPoint: before })),
        await undo(restore({ restartPoint: before })),
        await undo(restore({ safety }), restore({ state: 'Unchanged', safety: before })),
        await undo(restore({ safety, uid: 'uid-of-another' })),
        await undo(),
      ],
      [
        [`${safety} (23h ago, manual)`, safety],
        [`${before} (age unknown)`, before],
        [`${safety} (23h ago, manual)`, safety],
        [undefined, ''],
        [undefined, ''],
      ],
    )
  })

  it('says why no savepoint can be taken now', async () => {
    const now = async (parts: Parameters<typeof spotifyCluster>[0]) => {
      const { stdout } = await statusOf('status orders', { objects: [spotifyCluster(parts)] })
      return /^Take Now: +(.*)$/m.exec(stdout)?.[1]
    }
    assert.deepEqual(
      [
        await now({ jobStatus: { state: 'Deploying' } }),
        await now({ status: { savepoint: { state: 'InProgress', triggerReason: 'scheduled' } } }),
        await now({ status: { savepoint: { state: 'Succeeded' } } }),
      ],
      [
        'no: its job is not running (Deploying)',
        'no: another savepoint is in flight (scheduled); a second one now would make the operator lose it',
        'possible',
      ],
    )
  })

  it('says whether Flink itself can take one, where the operator has no directory', async () => {
    const objects = [spotifyCluster({ job: { savepointsDir: undefined } })]
    const now = async (answer: (question: RestQuestion) => RestAnswer) => {
      const { stdout } = await statusOf('status orders', { objects }, answer)
      return /^Take Now: +(.*)$/m.exec(stdout)?.[1]
    }
    const flink = (directory?: string) => (question: RestQuestion) =>
      question.ask === 'default-directory'
        ? { answer: 'default-directory' as const, directory }
        : flinksAnswer
    assert.deepEqual(
      [await now(flink('s3://savepoints')), await now(flink()), await now(() => unreachable())],
      [
        'possible',
        'no: there is no spec.job.savepointsDir, and Flink has no default directory for savepoints; give one: --target-directory DIR',
        'no: spec.job.savepointsDir is not set, and Flink cannot be asked',
      ],
    )
  })

  it('counts the work at risk from the start where nothing was saved since', async () => {
    const risk = async (jobStatus: Fields) => {
      const { stdout } = await statusOf('status orders', { objects: [spotifyCluster({ jobStatus })] })
      return /^At Risk: +(.*)$/m.exec(stdout)?.[1]
    }
    const from = { fromSavepoint: sp('000000000000') }
    assert.deepEqual(
      [
        await risk({ startTime: start }),
        await risk({ startTime: start, ...from }),
        await risk({ startTime: start, ...from, savepointLocation: sp('000000000000') }),
        await risk({ startTime: start, state: 'Failed' }),
        await risk({ startTime: undefined }),
      ].map(text => text?.replace(/ \(.*/, '')),
      ['3h59m of work', '3h59m of work', '3h59m of work', undefined, undefined],
    )
  })

  it('says that a session cluster has no job of its own', async () => {
    const session = { ...spotifyCluster(), spec: {} }
    const { stdout } = await statusOf('status orders', { objects: [session] })
    assert.equal(
      stdout,
      `\
Name:        orders
Namespace:   default
Kind:        FlinkCluster (flinkoperator.k8s.io/v1beta1)
State:       a session cluster
Automatic:   off
On Failure:  not restarted
Take Now:    possible
Problems:  <none>
`,
    )
  })

  it('is kubectl’s error where there is no such job', async () => {
    assert.deepEqual(await statusOf('status nope', { objects: [] }), {
      exit: 1,
      stdout: '',
      stderr: 'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "nope" not found\n',
      requests: ['get FlinkCluster/default/nope', 'get ConfigMap/default/flinksp-flinkcluster-nope'],
      reached: [],
    })
  })
})

describe('What status cannot find out', () => {
  const job = spotifyCluster(taken)
  const fresh = spotifyCluster()
  const forbidden =
    'services "orders-jobmanager:ui" is forbidden: User "bob" cannot get resource "services/proxy"'

  it('is in the cell, with the reason below', async () => {
    const ended = await statusOf('status orders', { objects: [fresh] }, () => unreachable(forbidden))
    assert.match(ended.stdout, /^Checkpoint: +<forbidden>$/m)
    assert.match(ended.stdout, new RegExp(`^ {2}- its checkpoints are not known: ${forbidden}$`, 'm'))
  })

  it('is the record that may not be read', async () => {
    const refused = refusal(403, 'Forbidden', 'configmaps is forbidden')
    const faults = { 'list ConfigMap': refused }
    const { exit, stdout, stderr } = await statusOf('status', { objects: [fresh], faults }, () =>
      unreachable(),
    )
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: `\
NAME     STATE     SAVEPOINT     CHECKPOINT      AUTO   RESTART-POINT   PROBLEM
orders   Running   <forbidden>   <unreachable>   off    <none>          the operator knows no savepoint to start from: a failure...
`,
        stderr: '',
      },
    )
  })

  it('is the age of a restart point that nobody saw taken', async () => {
    const restored = spotifyCluster({
      jobStatus: { fromSavepoint: sp('000000000000'), savepointLocation: sp('000000000000') },
    })
    const { stdout } = await statusOf('status orders', { objects: [restored] }, () => unreachable())
    assert.match(stdout, /^Restart Point: +gs:\S+ \(age unknown\)$/m)
    assert.match(
      stdout,
      /^ {2}- when the restart point was taken is not known: its operator and the record do not say$/m,
    )
  })

  it('is not asked of a job that does not run', async () => {
    const { stdout, reached } = await statusOf('status', {
      objects: [spotifyCluster({ jobStatus: { state: 'Failed' } })],
    })
    assert.match(stdout, /^orders +Failed +<none> +<unknown> /m)
    assert.deepEqual(reached, [])
  })

  it('never waits longer than two seconds for Flink', async () => {
    const { stdout } = await statusOf('status orders', { objects: [job] }, () => undefined)
    assert.match(stdout, /^ {2}- its checkpoints are not known: no answer within 2 s$/m)
  })
})

describe('status of many jobs', () => {
  const objects = [
    spotifyCluster(taken),
    spotifyCluster({ name: 'clicks', jobStatus: { state: 'Failed' }, metadata: { labels: { team: 'x' } } }),
    gcpCluster({ name: 'payments', namespace: 'bank' }),
    recordOf([earlier]),
  ]

  it('costs two lists a kind, and one request of Flink for each job that runs', async () => {
    const { requests, ...ended } = await statusOf('status', { objects })
    assert.deepEqual(ended, {
      exit: 0,
      stdout: `\
NAME     STATE     SAVEPOINT   CHECKPOINT   AUTO   RESTART-POINT   PROBLEM
clicks   Failed    <none>      <unknown>    off    <none>          the job is not running (Failed), and nothing starts it ag...
orders   Running   59m         59s          off    59m             <none>
`,
      stderr: '',
      reached: ['proxy'],
    })
    assert.deepEqual(requests.toSorted(), ['list ConfigMap/default', 'list FlinkCluster/default'])
  })

  it('covers all namespaces with -A, or those that a selector chooses', async () => {
    const rows = async (line: string) =>
      (await statusOf(`${line} --no-headers`, { objects })).stdout.match(/^.*?(?= {3,}\S+ +[<\d])/gm)
    assert.deepEqual(
      [await rows('status -A'), await rows('status -l team=x'), await rows('status fc --all')],
      [['bank      payments', 'default   clicks', 'default   orders'], ['clicks'], ['clicks', 'orders']],
    )
  })

  it('is a line for each that is named, and an error for each that is not there', async () => {
    const { exit, stdout, stderr } = await statusOf('status fc orders nope clicks', { objects })
    assert.equal(exit, 1)
    assert.deepEqual(stdout.match(/^\w+/gm), ['NAME', 'orders', 'clicks'])
    assert.equal(
      stderr,
      'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "nope" not found\n',
    )
  })

  it('is one line for a job that was named in two ways', async () => {
    const { stdout } = await statusOf('status orders fc/orders clicks flinkcluster/clicks', { objects })
    assert.deepEqual(stdout.match(/^\w+/gm), ['NAME', 'orders', 'clicks'])
  })

  it('prints names, and documents for programs', async () => {
    const { stdout } = await statusOf('status -A -o name', { objects })
    assert.equal(
      stdout,
      ['payments', 'clicks', 'orders'].map(name => `flinkcluster.flinkoperator.k8s.io/${name}\n`).join(''),
    )
    const list = JSON.parse((await statusOf('status -o json', { objects })).stdout)
    assert.deepEqual(
      [list.kind, list.items.map((item: { state: string }) => item.state)],
      ['JobStatusList', ['Failed', 'Running']],
    )
  })

  it('asks Flink for few jobs only', async () => {
    const many = Array.from({ length: 21 }, (_, at) => spotifyCluster({ ...taken, name: `job-${at}` }))
    const { stdout, stderr, reached, requests } = await statusOf('status', { objects: many, pageSize: 10 })
    assert.equal(stdout.match(/ 59m +<unknown> +off +59m +<none>$/gm)?.length, 21)
    assert.equal(stderr, 'Flink is not asked for the checkpoints of 21 jobs: name a job to see its own\n')
    assert.deepEqual([reached, requests.length], [[], 4])
  })

  it('lists ten thousand jobs in pages', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => spotifyCluster({ ...taken, name: `job-${at}` }))
    const { exit, stdout, requests } = await statusOf('status -q -o name', { objects: many })
    assert.deepEqual(
      { exit, lines: stdout.split('\n').length - 1, requests: requests.length },
      { exit: 0, lines: 10_000, requests: 21 },
    )
  })

  it('says so where there are none', async () => {
    assert.deepEqual(
      [
        (await statusOf('status', { objects: [] })).stderr,
        (await statusOf('status -A', { objects: [] })).stderr,
      ],
      ['No jobs found in default namespace.\n', 'No jobs found\n'],
    )
  })
})

describe('status --max-age', () => {
  const old = spotifyCluster(taken)
  const none = spotifyCluster({ name: 'clicks' })
  const undated = spotifyCluster({
    name: 'views',
    jobStatus: { fromSavepoint: sp('0', 'views'), savepointLocation: sp('0', 'views') },
  })
  const stopped = spotifyCluster({ name: 'done', jobStatus: { state: 'Cancelled' } })
  const session = { ...spotifyCluster({ name: 'session' }), spec: {} }
  const check = async (line: string, ...objects: Fields[]) => {
    const { exit, stderr } = await statusOf(line, { objects })
    return { exit, stderr }
  }

  it('holds where every restart point is young enough', async () => {
    assert.deepEqual(await check('status --max-age 1h', old, session), { exit: 0, stderr: '' })
    assert.deepEqual(await check('status orders --max-age 1h', old), { exit: 0, stderr: '' })
  })

  it('is a no for those that are older, and for those that have none', async () => {
    assert.deepEqual(await check('status --max-age 30m', old, none), {
      exit: 3,
      stderr: `\
error: flinkcluster/clicks has no restart point
error: flinkcluster/orders: its restart point is 59m old, which is more than 30m
`,
    })
  })

  it('is no answer where the age of one is not known', async () => {
    assert.deepEqual(await check('status --max-age 30m', old, undated), {
      exit: 1,
      stderr: `\
error: flinkcluster/orders: its restart point is 59m old, which is more than 30m
error: flinkcluster/views: the age of its restart point is not known
`,
    })
  })

  it('skips jobs that have stopped', async () => {
    assert.deepEqual(await check('status --max-age 1h', old, stopped), {
      exit: 0,
      stderr: 'flinkcluster/done is skipped: it has stopped\n',
    })
  })

  it('prints the jobs all the same', async () => {
    const { stdout } = await statusOf('status --max-age 1s', { objects: [old] })
    assert.match(stdout, /^orders /m)
  })

  it('is the worst of all that went wrong', async () => {
    assert.deepEqual(await check('status orders nope --max-age 1s', old), {
      exit: 1,
      stderr: `\
Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "nope" not found
error: flinkcluster/orders: its restart point is 59m old, which is more than 1s
`,
    })
  })
})

describe('A bad status', () => {
  const lines: [string, string][] = [
    ['status orders -A', 'a resource cannot be retrieved by name across all namespaces'],
    ['status orders -l a=b', 'name cannot be provided when a selector is specified'],
    ['status orders --all', 'name cannot be provided when a selector is specified'],
    ['status --rest-url http://x', '--rest-url is the address of one job: name the job'],
    ['status --max-age 0s', '--max-age must be more than 0'],
    ['status --max-age=-1h', 'invalid argument "-1h" for "--max-age" flag'],
  ]
  for (const [line, message] of lines) {
    it(`is refused: ${line}`, async () => {
      const { exit, stderr, requests } = await statusOf(line, { objects: [] })
      assert.deepEqual({ exit, requests }, { exit: 2, requests: [] })
      assert(stderr.startsWith(`error: ${message}`), stderr)
    })
  }

  it('ends with what the API server says where the jobs may not be listed', async () => {
    const faults = { 'list FlinkCluster': refusal(403, 'Forbidden', 'flinkclusters is forbidden') }
    const { exit, stdout, stderr } = await statusOf('status', { objects: [], faults })
    assert.deepEqual(
      { exit, stdout, stderr },
      { exit: 1, stdout: '', stderr: 'Error from server (Forbidden): flinkclusters is forbidden\n' },
    )
  })
})
