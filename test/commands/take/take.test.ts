import assert from 'node:assert/strict'
import { take } from '../../../src/commands/take.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { until } from '../../support/fakes.ts'
import { flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import {
  annotation,
  attempt,
  configMap,
  entries,
  key,
  old,
  ours,
  play,
  scene,
  sp,
  taken,
  takenAgain,
} from './samples.ts'

const completed = `flinkcluster.flinkoperator.k8s.io/orders savepoint completed: ${sp(2)} (10s)\n`
const asked = { job: { savepointGeneration: 2 } }
const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'default',
  name: 'orders',
  uid: 'uid-of-orders',
}
const entry = {
  action: 'take',
  uid: 'uid-of-orders',
  state: 'Completed',
  location: sp(2),
  trigger: 'manual',
  generation: 2,
  triggerId: ours,
  flinkJobId,
  requestedAt: '2026-03-01T12:00:00Z',
  completedAt: '2026-03-01T12:00:10Z',
  durationMillis: 10_000,
}

describe('take', () => {
  it('costs a GET, a PATCH and a WATCH until the result, and two requests for the record after it', async () => {
    const { exit, stdout, stderr, requests, fake } = await play('take orders', { operator: [takenAgain()] })
    assert.deepEqual(
      { exit, stdout, stderr, requests, entries: entries(fake) },
      {
        exit: 0,
        stdout: completed,
        stderr: '',
        requests: [`get ${key}`, `patch ${key}`, `watch ${key}`, `get ${configMap}`, `create ${configMap}`],
        entries: [entry],
      },
    )
  })

  it('has its result before it asks for the record', async () => {
    const { fake, world } = scene()
    const options = {
      choice: { by: 'name', jobs: [{ name: 'orders' }] },
      yes: false,
      concurrency: 8,
      via: 'auto',
      wait: true,
      timeoutMs: 60_000,
      dryRun: 'none',
      afterCurrent: false,
      record: true,
    } as const
    const running = take.run(options, world)
    await until(() => fake.requests.length === 3)
    fake.put(takenAgain())
    const result = await running
    assert.equal(result.value?.kind, 'Savepoint')
    assert.deepEqual(fake.requests, [`get ${key}`, `patch ${key}`, `watch ${key}`])
    await result.after?.()
    assert.equal(fake.requests.length, 5)
  })

  it('keeps no record with --record=false', async () => {
    const { requests, stdout } = await play('take orders --record=false', { operator: [takenAgain()] })
    assert.deepEqual([stdout, requests], [completed, [`get ${key}`, `patch ${key}`, `watch ${key}`]])
  })

  it('has succeeded also where the record may not be written', async () => {
    const { exit, stdout, stderr } = await play('take orders', {
      operator: [takenAgain()],
      prepare: fake => fake.fail('create', refusal(403, 'Forbidden', 'configmaps is forbidden')),
    })
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: completed,
        stderr:
          'Warning: not recorded in configmap/flinksp-flinkcluster-orders: Error from server (Forbidden): configmaps is forbidden\n',
      },
    )
  })

  it('prints the whole savepoint with json, its location with name', async () => {
    const { stdout } = await play('take orders -o json', { operator: [takenAgain()] })
    const { action: _, uid: __, ...known } = entry
    assert.deepEqual(JSON.parse(stdout), {
      apiVersion: 'flinksp/v1',
      kind: 'Savepoint',
      job,
      ...known,
      type: 'savepoint',
      restartPoint: true,
      origin: false,
      sources: ['status'],
    })
    assert.equal((await play('take orders -o name', { operator: [takenAgain()] })).stdout, `${sp(2)}\n`)
  })

  it('goes by generation where the last savepoint succeeded: on Spotify after asking for the right to withdraw', async () => {
    for (const [make, may] of [
      [spotifyCluster, ['may patch']],
      [gcpCluster, []],
    ] as const) {
      const { stdout, requests, fake } = await play('take orders', {
        objects: [taken(make)],
        operator: [takenAgain(make, asked.job)],
      })
      assert.equal(stdout, completed)
      assert.deepEqual(requests.slice(0, -2), [`get ${key}`, ...may, `patch ${key}`, `watch ${key}`])
      assert.deepEqual(fake.object(job)?.metadata.annotations, {})
    }
  })

  it('tells a failure with its cause on stderr, and prints it for machines alone', async () => {
    const parts = {
      flink: () =>
        ({
          answer: 'savepoint',
          savepoint: { state: 'FAILED', failure: { message: 'IO-problem', rootCause: 'disk full' } },
        }) as const,
      operator: [
        spotifyCluster({ status: { savepoint: attempt('Failed', ours, { message: 'Savepoint error: x' }) } }),
      ],
    }
    const { exit, stdout, stderr, fake } = await play('take orders', parts)
    const why = 'error: the savepoint of flinkcluster/orders failed: disk full\n'
    assert.deepEqual({ exit, stdout, stderr }, { exit: 3, stdout: '', stderr: why })
    const failure = { message: 'x', rootCause: 'disk full' }
    assert.deepEqual(
      entries(fake).map(line => (line as Fields)['failure']),
      [failure],
    )
    const json = await play('take orders -o json', parts)
    const { state, failure: told } = JSON.parse(json.stdout)
    assert.deepEqual([json.exit, json.stderr, state, told], [3, why, 'Failed', failure])
  })

  it('ends with 4 when time runs out, says how to look, and prints what it knows for machines', async () => {
    const { fake, world } = scene()
    const running = program(world, 'take orders -o json --timeout 1m')
    await until(() => fake.requests.length === 3 && world.clock.sleeping().length === 2)
    world.clock.advance(15_000)
    await until(() => world.clock.sleeping().length === 1)
    world.clock.advance(45_000)
    const { exit, stdout, stderr } = await running
    assert.deepEqual(
      { exit, state: JSON.parse(stdout).state, stderr },
      {
        exit: 4,
        state: 'Requested',
        stderr: `\
no reaction from the operator for 15 s: it may be down (kubectl get pods -A | grep -i flink-operator)
error: timed out waiting for the savepoint of flinkcluster/orders; it may still complete
to look: kubectl flinksp history flinkcluster/orders -n default
the request stays and may still fire; to remove it: kubectl annotate flinkcluster/orders -n default ${annotation}-
`,
      },
    )
    assert.deepEqual([entries(fake), world.clock.sleeping()], [[], []])
  })

  it('ends with 130 when it is interrupted; the savepoint goes on', async () => {
    const { fake, world } = scene()
    const running = program(world, 'take orders')
    await until(() => fake.requests.length === 3)
    fake.put(spotifyCluster({ status: { savepoint: attempt('InProgress', ours) } }))
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    world.interrupt()
    assert.deepEqual(await running, {
      exit: 130,
      stdout: '',
      stderr: `\
error: interrupted; the savepoint of flinkcluster/orders goes on
to look: kubectl flinksp history flinkcluster/orders -n default
`,
    })
  })

  it('ends as soon as it is asked with --wait=false, and prints no location', async () => {
    const table = await play('take orders --wait=false')
    assert.deepEqual(
      [table.exit, table.stdout, table.stderr, entries(table.fake)],
      [0, 'flinkcluster.flinkoperator.k8s.io/orders savepoint requested\n', '', []],
    )
    assert.equal(table.fake.object(job)?.metadata.annotations[annotation], 'savepoint')
    assert.equal((await play('take orders --wait=false -o name')).stdout, '')
  })

  it('only shows what it would change with --dry-run', async () => {
    const client = await play('take orders --dry-run=client', { objects: [taken(gcpCluster)] })
    assert.deepEqual(
      [client.exit, client.stdout, client.requests],
      [
        0,
        `\
flinkcluster.flinkoperator.k8s.io/orders savepoint would be requested by generation (dry run)

FIELD                          FROM     TO
spec.job.savepointGeneration   <none>   2
`,
        [`get ${key}`],
      ],
    )
    const server = await play('take orders --dry-run=server -o json')
    assert.deepEqual(JSON.parse(server.stdout), {
      apiVersion: 'flinksp/v1',
      kind: 'TakePlan',
      job,
      via: 'annotation',
      changes: [{ path: `metadata.annotations['${annotation}']`, to: 'savepoint' }],
    })
    assert.deepEqual(server.requests, [`get ${key}`, `patch ${key} (dry run)`])
    assert.deepEqual(server.fake.object(job)?.metadata.annotations, {})
  })

  it('is refused in a dry run too, by itself or by the server', async () => {
    const stopped = { objects: [spotifyCluster({ jobStatus: { state: 'Failed' } })] }
    const client = await play('take orders --dry-run=client', stopped)
    assert.deepEqual(
      [client.exit, client.stderr],
      [1, 'error: cannot take a savepoint of flinkcluster/orders: its job is not running (Failed)\n'],
    )
    const denied = refusal(403, 'Forbidden', 'admission webhook denied the request: no')
    const server = await play('take orders --dry-run=server', { prepare: fake => fake.fail('patch', denied) })
    assert.deepEqual([server.exit, server.stderr], [1, `${denied.message}\n`])
  })
})

describe('take while another savepoint is in flight', () => {
  const busy = spotifyCluster({ status: { savepoint: attempt('InProgress', old) } })

  it('is refused, and says how to wait for it', async () => {
    const { exit, stdout, stderr, requests } = await play('take orders', { objects: [busy] })
    assert.deepEqual(
      { exit, stdout, stderr, requests },
      {
        exit: 1,
        stdout: '',
        stderr: `\
error: cannot take a savepoint of flinkcluster/orders: another savepoint is in flight (user requested); a second one now would make the operator lose it
wait for it first: --after-current
`,
        requests: [`get ${key}`],
      },
    )
  })

  it('waits for a quiet second with --after-current, then chooses and asks', async () => {
    const { fake, world } = scene({ objects: [busy] })
    const running = program(world, 'take orders --after-current')
    await until(() => fake.requests.length === 2)
    fake.put(taken())
    await until(() => world.clock.sleeping().includes(1_000))
    assert.deepEqual(fake.requests, [`get ${key}`, `watch ${key}`])
    world.clock.advance(1_000)
    await until(() => fake.requests.length === 5)
    fake.put(takenAgain(spotifyCluster, asked.job))
    const { exit, stdout, stderr } = await running
    assert.deepEqual(
      { exit, stdout, stderr, requests: fake.requests.slice(2, 5) },
      {
        exit: 0,
        stdout: completed,
        stderr: 'waiting for the savepoint in flight of flinkcluster/orders\n',
        requests: ['may patch', `patch ${key}`, `watch ${key}`],
      },
    )
  })

  it('waits also for one that begins between the look and the patch', async () => {
    const { fake, world } = scene()
    fake.before(`patch ${key}`, () => fake.put(busy))
    const running = program(world, 'take orders --after-current')
    await until(() => fake.requests.includes(`watch ${key}`))
    fake.put(taken())
    await until(() => world.clock.sleeping().includes(1_000))
    world.clock.advance(1_000)
    await until(() => fake.requests.filter(request => request === `watch ${key}`).length === 2)
    fake.put(takenAgain(spotifyCluster, asked.job))
    const { exit, stdout, stderr } = await running
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: completed,
        stderr: 'waiting for the savepoint in flight of flinkcluster/orders\n',
      },
    )
  })

  it('asks for nothing where the other one does not end in time', async () => {
    const { fake, world } = scene({ objects: [busy] })
    const running = program(world, 'take orders --after-current --timeout 1m -q')
    await until(() => fake.requests.length === 2)
    world.clock.advance(60_000)
    assert.deepEqual(await running, {
      exit: 4,
      stdout: '',
      stderr:
        'error: timed out waiting for the savepoint in flight of flinkcluster/orders; nothing was asked\n',
    })
    assert.deepEqual(fake.requests, [`get ${key}`, `watch ${key}`])
  })
})

describe('take of a job of which nothing shows the operator', () => {
  const crd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/flinkclusters.flinkoperator.k8s.io'
  const openApi = '/openapi/v3/apis/flinkoperator.k8s.io/v1beta1'
  const young = {
    ...gcpCluster(),
    status: { state: 'Running', components: { job: { id: flinkJobId, state: 'Running' } } },
  }
  /** The schema of the GCP operator up to tag -2, which knows the generation alone. */
  const schema = {
    properties: {
      spec: { properties: { job: { properties: { savepointGeneration: {} } } } },
      status: { properties: { components: { properties: { jobManagerDeployment: {} } } } },
    },
  }
  const declared = { spec: { versions: [{ name: 'v1beta1', schema: { openAPIV3Schema: schema } }] } }
  const published = {
    components: {
      schemas: {
        'com.example.Other': { type: 'object' },
        'io.k8s.flinkoperator.v1beta1.FlinkCluster': {
          ...schema,
          'x-kubernetes-group-version-kind': [
            { group: 'flinkoperator.k8s.io', version: 'v1beta1', kind: 'FlinkCluster' },
          ],
        },
      },
    },
  }
  const viaOf = async (documents: Readonly<Record<string, Fields>>, flags = '', remembered?: string) => {
    const { fake, world } = scene({ objects: [young], documents })
    if (remembered) await fake.remember('flinkcluster-operator', remembered)
    const { stdout } = await program(world, `take orders --dry-run=client -o jsonpath={.via}${flags}`)
    return {
      via: stdout,
      reads: fake.requests.filter(request => request.startsWith('read')),
      remembered: await fake.recall('flinkcluster-operator'),
    }
  }

  it('asks the CRD, and remembers', async () => {
    assert.deepEqual(await viaOf({ [crd]: declared }), {
      via: 'generation',
      reads: [`read ${crd}`],
      remembered: 'gcp-2',
    })
  })

  it("asks the server's OpenAPI document where the CRD may not be read", async () => {
    assert.deepEqual(await viaOf({ [openApi]: published }), {
      via: 'generation',
      reads: [`read ${crd}`, `read ${openApi}`],
      remembered: 'gcp-2',
    })
  })

  it('asks nobody where it was found out before, or is said', async () => {
    assert.deepEqual(await viaOf({}, '', 'gcp-1'), { via: 'generation', reads: [], remembered: 'gcp-1' })
    assert.deepEqual(await viaOf({}, ' --operator gcp-2'), {
      via: 'generation',
      reads: [],
      remembered: undefined,
    })
  })

  it('goes by annotation where it stays unknown, and believes no cache that says nonsense', async () => {
    assert.deepEqual(await viaOf({}, '', 'toString'), {
      via: 'annotation',
      reads: [`read ${crd}`, `read ${openApi}`],
      remembered: 'toString',
    })
  })

  it('is given three minutes at least by an operator that takes savepoints inside its loop', async () => {
    const { fake, world } = scene({ objects: [young] })
    const running = program(world, 'take orders --operator gcp-2 --timeout 1m -q')
    await until(() => fake.requests.length === 3)
    assert.ok(world.clock.sleeping().includes(180_000))
    world.interrupt()
    assert.equal((await running).exit, 130)
  })
})

describe('take through Flink', () => {
  it('writes nothing to the object, and ends with the location that Flink tells', async () => {
    const { exit, stdout, requests, questions } = await play(
      'take orders --via rest --target-directory s3://backup/orders --format native',
      {
        flink: question => {
          if (question.ask === 'version') return { answer: 'version', version: '1.18.1' }
          if (question.ask === 'take') return { answer: 'taken', triggerId: question.triggerId ?? ours }
          if (question.ask === 'checkpoints')
            return { answer: 'checkpoints', checkpoints: { restoredCount: 0, history: [] } }
          return {
            answer: 'savepoint',
            savepoint: { state: 'COMPLETED', location: 's3://backup/orders/savepoint-1' },
          }
        },
      },
    )
    assert.deepEqual(
      { exit, stdout, requests, posts: questions.filter(({ ask }) => ask === 'take') },
      {
        exit: 0,
        stdout:
          'flinkcluster.flinkoperator.k8s.io/orders savepoint completed: s3://backup/orders/savepoint-1\n',
        requests: [`get ${key}`, `watch ${key}`, `get ${configMap}`, `create ${configMap}`],
        posts: [
          {
            ask: 'take',
            jobId: flinkJobId,
            directory: 's3://backup/orders',
            format: 'NATIVE',
            triggerId: '1'.padStart(32, '0'),
          },
        ],
      },
    )
  })

  const session = { ...spotifyCluster(), spec: {} }
  const runningJobs = (...names: string[]) =>
    ({
      answer: 'jobs',
      jobs: [
        ...names.map((name, index) => ({ id: String(index).padStart(32, 'e'), name, state: 'RUNNING' })),
        { id: 'f'.repeat(32), name: 'counts', state: 'FINISHED' },
      ],
    }) as const

  for (const [flags, names, stderr] of [
    [
      '',
      ['counts', 'sums'],
      `it is a session cluster: name the Flink job\n--job-id ${'0'.padStart(32, 'e')}  # counts\n--job-id ${'1'.padStart(32, 'e')}  # sums\n`,
    ],
    ['', [], 'no Flink job runs there\n'],
    [' --job-name means', ['counts'], 'no Flink job named "means" runs there\n'],
    [
      ' --job-name counts',
      ['counts', 'counts'],
      `2 Flink jobs are named "counts"\n--job-id ${'0'.padStart(32, 'e')}  # counts\n--job-id ${'1'.padStart(32, 'e')}  # counts\n`,
    ],
  ] as const) {
    it(`of a session cluster with${flags || 'out a name'} and ${names.length} jobs is refused, with what there is`, async () => {
      const ended = await play(`take orders --target-directory s3://b${flags}`, {
        objects: [session],
        flink: () => runningJobs(...names),
      })
      assert.deepEqual(
        [ended.exit, ended.stderr],
        [1, `error: cannot take a savepoint of flinkcluster/orders: ${stderr}`],
      )
    })
  }

  it('says how to reach Flink where the way to it does not work', async () => {
    const ended = await play('take orders --job-name counts --target-directory s3://b', {
      objects: [session],
    })
    assert.deepEqual(
      [ended.exit, ended.stderr],
      [
        1,
        "error: cannot take a savepoint of flinkcluster/orders: Flink's REST API cannot be used: connect ECONNREFUSED\ngive its address with --rest-url\n",
      ],
    )
  })
})

describe('a wrong command line of take', () => {
  for (const [line, message] of [
    ['take', 'you must name a job: NAME or KIND/NAME'],
    ['take -l=', '--selector must not be empty: --all chooses all jobs'],
    ['take -l team=x --all', 'give --selector or --all, not both'],
    ['take a --all', 'name cannot be provided when a selector is specified'],
    ['take fc a -l team=x', 'name cannot be provided when a selector is specified'],
    ['take a -A', 'a resource cannot be retrieved by name across all namespaces'],
    ['take -A', 'you must name a job: NAME or KIND/NAME; or choose by --selector or --all'],
    ['take a b', 'nobody can be asked here: say --yes to take savepoints of more than one job'],
    ['take --all', 'nobody can be asked here: say --yes to take savepoints of more than one job'],
    [`take a b --yes --job-id ${old}`, '--job-id belongs to one job: name that job alone'],
    ['take --all --yes --job-name x', '--job-name belongs to one job: name that job alone'],
    ['take --all --yes --rest-url http://x', '--rest-url belongs to one job: name that job alone'],
    ['take a --concurrency 0', '--concurrency must be 1 at least'],
    ['take a --concurrency=-1', 'invalid argument "-1" for "--concurrency" flag'],
    ['take a --name Latest!', '--name'],
    ['take a --name x --record=false', '--name and --note are kept in the record: leave out --record=false'],
    ['take a --via generation --format native', '--format works with --via rest only'],
    ['take a --via annotation --job-id x', '--job-id works with --via rest only'],
    ['take a --target-directory=', '--target-directory must not be empty'],
    ['take a --job-id x', '--job-id: "x" is not the id of a Flink job'],
    [`take a --job-id ${old} --job-name x`, 'give --job-id or --job-name, not both'],
    ['take a --job-name=', '--job-name must not be empty'],
    ['take a --via push', 'invalid argument "push" for "--via" flag'],
    ['take a --dry-run=maybe', 'invalid argument "maybe" for "--dry-run" flag'],
    ['take a --operator=lyft', 'invalid argument "lyft" for "--operator" flag'],
    ['take a --timeout=soon', 'invalid argument "soon" for "--timeout" flag'],
    ['take widgets/orders', '"widgets" is no kind of job that is known'],
  ] as const) {
    it(`${line} is refused with 2 before anything is asked`, async () => {
      const { exit, stdout, stderr, requests } = await play(line)
      assert.deepEqual([exit, stdout, requests], [2, '', []])
      assert.ok(stderr.startsWith(`error: ${message}`), stderr)
    })
  }

  it('is told from a job that is not there', async () => {
    const { exit, stderr } = await play('take missing')
    assert.deepEqual(
      [exit, stderr],
      [1, 'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "missing" not found\n'],
    )
  })
})
