import assert from 'node:assert/strict'
import { take } from '../../../src/commands/take.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import type { LiveRow, World } from '../../../src/domain/ports.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { until } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { type Deed, kind, location, manyScene, playMany } from './many-samples.ts'
import { taken } from './samples.ts'

const jobs = (...names: readonly string[]) => names.map(name => spotifyCluster({ name }))
const abc = jobs('a', 'b', 'c')
const stopped = spotifyCluster({ name: 'stopped', jobStatus: { state: 'Succeeded' } })
const session = {
  ...spotifyCluster({ name: 'session' }),
  spec: {},
  status: { state: 'Running', components: {} },
}
const onTerminal = { stdin: true, stderr: true }

const key = (name: string) => `FlinkCluster/default/${name}`
const recordKey = (name: string) => `ConfigMap/default/flinksp-flinkcluster-${name}`
const done = (name: string) =>
  `flinkcluster/${name}   *-     Completed   manual    50s   10s        ${location(name)}\n`
const head = 'JOB              NAME   STATE       TRIGGER   AGE   DURATION   LOCATION\n'

/** The lines of one job's record. */
const recorded = (data: unknown): Fields[] =>
  String((data as { entries?: string } | undefined)?.entries ?? '')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))

describe('take of many jobs', () => {
  it('prints a line for each, in the order of the list, and records each', async () => {
    const { exit, stdout, stderr, fake } = await playMany('take --all --yes', { objects: abc })
    assert.deepEqual(
      { exit, stdout, stderr },
      { exit: 0, stdout: head + done('a') + done('b') + done('c'), stderr: '' },
    )
    for (const name of ['a', 'b', 'c']) {
      const ref = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'default',
        name: `flinksp-flinkcluster-${name}`,
      }
      const [entry, ...more] = recorded(fake.object(ref)?.body['data'])
      assert.deepEqual([entry?.['location'], entry?.['uid'], more], [location(name), `uid-of-${name}`, []])
    }
  })

  it('asks for one savepoint of a job that was named in two ways', async () => {
    const { exit, stdout, stderr, requests } = await playMany('take a flinkcluster/a fc/b --yes', {
      objects: abc,
    })
    assert.deepEqual(
      { exit, stdout, stderr, patches: requests.filter(request => request.startsWith('patch')) },
      {
        exit: 0,
        stdout: head + done('a') + done('b'),
        stderr: '',
        patches: [`patch ${key('a')}`, `patch ${key('b')}`],
      },
    )
  })

  it('costs a list, one watch, and two requests a job, records apart', async () => {
    const objects = Array.from({ length: 30 }, (_, at) => spotifyCluster({ name: `job-${at}` }))
    const { exit, requests } = await playMany('take --all --yes', { objects })
    assert.equal(exit, 0)
    const counts = Map.groupBy(
      requests.filter(request => !request.includes('ConfigMap')),
      request => request.replace(/job-\d+$/, 'JOB'),
    )
    assert.deepEqual(Object.fromEntries([...counts].map(([request, { length }]) => [request, length])), {
      'list FlinkCluster/default': 1,
      'watch FlinkCluster/default': 1,
      'get FlinkCluster/default/JOB': 30,
      'patch FlinkCluster/default/JOB': 30,
    })
  })

  it('asks once what the user may do, not once a job', async () => {
    const objects = ['a', 'b', 'c'].map(name =>
      taken(spotifyCluster, { name, job: { savepointsDir: 'gs://bucket/orders' } }),
    )
    const { exit, requests } = await playMany('take --all --yes --record=false', { objects })
    assert.deepEqual(
      [exit, requests],
      [
        0,
        [
          'list FlinkCluster/default',
          ...['a', 'b', 'c'].map(name => `get ${key(name)}`),
          'may patch',
          ...['a', 'b', 'c'].map(name => `patch ${key(name)}`),
          'watch FlinkCluster/default',
        ],
      ],
    )
  })

  it('takes those that are named, of each kind of name, once', async () => {
    for (const line of ['take a flinkcluster/b a --yes', 'take fc a b --yes']) {
      const { exit, stdout, requests } = await playMany(line, { objects: abc })
      assert.deepEqual([exit, stdout], [0, head + done('a') + done('b')])
      assert.deepEqual(requests.slice(0, 6), [
        'list FlinkCluster/default',
        `get ${key('a')}`,
        `get ${key('b')}`,
        `patch ${key('a')}`,
        `patch ${key('b')}`,
        'watch FlinkCluster/default',
      ])
    }
  })

  it('chooses by label, and prints a list also of one', async () => {
    const labelled = spotifyCluster({ name: 'b', metadata: { labels: { team: 'x' } } })
    const parts = { objects: [abc[0] as Fields, labelled] }
    const { exit, stdout } = await playMany('take -l team=x --yes -o json', parts)
    const list = JSON.parse(stdout)
    assert.deepEqual(
      [exit, list.kind, list.items.map((item: Fields) => item['location'])],
      [0, 'SavepointList', [location('b')]],
    )
  })

  it('prints locations alone with name, of those that are complete', async () => {
    const { exit, stdout } = await playMany('take --all --yes -o name', {
      objects: abc,
      deeds: { b: 'fails' },
    })
    assert.deepEqual([exit, stdout], [3, `${location('a')}\n${location('c')}\n`])
  })

  it('names the namespace of each job where they are of all namespaces', async () => {
    const objects = ['shop', 'bank'].map(namespace => spotifyCluster({ name: 'a', namespace }))
    const { exit, stdout, stderr, requests } = await playMany('take --all -A --yes', {
      objects,
      deeds: { a: 'fails' },
    })
    assert.deepEqual(
      { exit, stdout, stderr: stderr.split('\n').filter(line => line.startsWith('error')) },
      {
        exit: 3,
        stdout:
          'NAMESPACE   JOB              NAME   STATE    TRIGGER   AGE   DURATION   LOCATION\n' +
          'shop        flinkcluster/a   -      Failed   manual    60s   -          disk full\n' +
          'bank        flinkcluster/a   -      Failed   manual    60s   -          disk full\n',
        stderr: [
          'error: the savepoint of flinkcluster/a -n shop failed: disk full',
          'error: the savepoint of flinkcluster/a -n bank failed: disk full',
          'error: of 2 savepoints: 2 failed',
        ],
      },
    )
    assert.deepEqual(
      requests.filter(request => /^(list|watch)/.test(request)),
      ['list FlinkCluster/*', 'watch FlinkCluster/*'],
    )
  })

  it('goes on with the others where one fails, is refused, or goes away', async () => {
    const objects = [...jobs('a', 'b', 'c', 'd'), spotifyCluster({ name: 'e', job: { savepointsDir: '' } })]
    const deeds: Record<string, Deed> = { b: 'fails', c: 'deletes' }
    const { exit, stdout, stderr } = await playMany('take --all --yes', { objects, deeds })
    assert.equal(exit, 1)
    assert.deepEqual(
      stdout.split('\n').map(line => line.split(/ +/)[0]),
      ['JOB', 'flinkcluster/a', 'flinkcluster/b', 'flinkcluster/c', 'flinkcluster/d', ''],
    )
    assert.deepEqual(
      stderr
        .split('\n')
        .filter(line => line.startsWith('error'))
        .sort(),
      [
        "error: cannot take a savepoint of flinkcluster/e: Flink's REST API cannot be used: connect ECONNREFUSED",
        'error: flinkcluster/c was deleted while its savepoint was awaited',
        'error: of 5 savepoints: 2 completed, 1 failed, 1 asked for, and how it ends is not known, 1 could not be asked for',
        'error: the savepoint of flinkcluster/b failed: disk full',
      ],
    )
  })

  it('asks on a terminal first, naming them', async () => {
    const parts = { objects: abc }
    const more = { terminal: onTerminal, answers: ['y'] }
    const { exit, stdout, stderr } = await playMany('take a b -q', parts, more)
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: head + done('a') + done('b'),
        stderr:
          '2 jobs:\n  flinkcluster/a\n  flinkcluster/b\nTake a savepoint of each of these 2 jobs? [y/N]: ',
      },
    )
  })

  it('asks for nothing where the answer is no, and names no more than twenty', async () => {
    const objects = Array.from({ length: 23 }, (_, at) => spotifyCluster({ name: `job-${at}` }))
    const more = { terminal: onTerminal, answers: ['n'] }
    const { exit, stdout, stderr, requests } = await playMany('take --all', { objects }, more)
    const lines = stderr.split('\n')
    assert.deepEqual([exit, stdout, requests], [1, '', ['list FlinkCluster/default']])
    assert.deepEqual(
      [lines.length, lines[0], lines[20], lines[21], ...lines.slice(22)],
      [
        24,
        '23 jobs:',
        '  flinkcluster/job-19',
        '  and 3 more',
        'Take a savepoint of each of these 23 jobs? [y/N]: error: it was not confirmed; nothing was asked for',
        '',
      ],
    )
  })

  it('does not ask for the one job that a label chooses', async () => {
    const { exit, stderr } = await playMany('take --all -q', { objects: jobs('a') }, { terminal: onTerminal })
    assert.deepEqual([exit, stderr], [0, ''])
  })

  it('skips those that are not running and session clusters where it was not told their names', async () => {
    const { exit, stdout, stderr } = await playMany('take --all --yes', {
      objects: [...jobs('a'), stopped, session],
    })
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: head + done('a'),
        stderr:
          'flinkcluster/stopped is skipped: its job is not running (Succeeded)\n' +
          'flinkcluster/session is skipped: it is a session cluster\n',
      },
    )
    const named = await playMany('take a stopped --yes', { objects: [...jobs('a'), stopped] })
    assert.deepEqual(
      [named.exit, named.stdout, named.stderr],
      [
        1,
        head + done('a'),
        'error: cannot take a savepoint of flinkcluster/stopped: its job is not running (Succeeded)\n' +
          'error: of 2 savepoints: 1 completed, 1 could not be asked for\n',
      ],
    )
  })

  it('skips those that stop or go between the list and their turn', async () => {
    const prepare = (fake: ReturnType<typeof manyScene>['fake']) => {
      fake.before(`get ${key('a')}`, () => fake.vanish({ ...kind, namespace: 'default', name: 'a' }))
      fake.before(`get ${key('b')}`, () =>
        fake.put(spotifyCluster({ name: 'b', jobStatus: { state: 'Failed' } })),
      )
    }
    const { exit, stdout, stderr } = await playMany('take --all --yes', { objects: abc, prepare })
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: head + done('c'),
        stderr:
          'flinkcluster/a is skipped: it is gone\n' +
          'flinkcluster/b is skipped: its job is not running (Failed)\n',
      },
    )
  })

  it('says so where there is nothing to take', async () => {
    const { exit, stdout, stderr } = await playMany('take --all --yes', { objects: [] })
    assert.deepEqual([exit, stdout, stderr], [0, '', 'No running jobs found in default namespace.\n'])
    const everywhere = await playMany('take --all --yes -A -o json', { objects: [] })
    assert.deepEqual([everywhere.exit, JSON.parse(everywhere.stdout).items, everywhere.stderr], [0, [], ''])
  })

  it('takes no more at once than --concurrency says', async () => {
    const { fake, world, end } = manyScene({
      objects: abc,
      deeds: { a: 'starts', b: 'starts', c: 'completes' },
    })
    const running = program(world, 'take --all --yes --concurrency 2 --timeout 1m')
    const patches = () => fake.requests.filter(request => request.startsWith('patch'))
    await until(
      () => fake.object({ ...kind, namespace: 'default', name: 'b' })?.status['savepoint'] !== undefined,
    )
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
    assert.deepEqual(patches(), [`patch ${key('a')}`, `patch ${key('b')}`])
    world.clock.advance(60_000)
    const { exit, stdout, stderr } = await running
    await end()
    assert.equal(patches().length, 3)
    assert.deepEqual(
      [exit, stdout.split('\n').map(line => line.split(/ +/).slice(0, 3)), stderr.split('\n').at(-2)],
      [
        4,
        [
          ['JOB', 'NAME', 'STATE'],
          ['flinkcluster/a', '-', 'InProgress'],
          ['flinkcluster/b', '-', 'InProgress'],
          ['flinkcluster/c', '*-', 'Completed'],
          [''],
        ],
        'error: of 3 savepoints: 1 completed, 2 asked for, and how it ends is not known',
      ],
    )
  })

  it('says after Ctrl-C what was asked for, what is known of it, and what was not', async () => {
    const { fake, world, end } = manyScene({
      objects: [...abc, ...jobs('d', 'e')],
      deeds: { b: 'starts', c: 'starts' },
    })
    const running = program(world, 'take --all --yes --concurrency 2')
    const began = (name: string) =>
      fake.object({ ...kind, namespace: 'default', name })?.status['savepoint'] !== undefined
    await until(() => began('b') && began('c'))
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    world.interrupt()
    const { exit, stdout, stderr } = await running
    await end()
    assert.deepEqual(
      [exit, stdout.split('\n').map(line => line.split(/ +/).slice(0, 3)), stderr.split('\n')],
      [
        130,
        [
          ['JOB', 'NAME', 'STATE'],
          ['flinkcluster/a', '*-', 'Completed'],
          ['flinkcluster/b', '-', 'InProgress'],
          ['flinkcluster/c', '-', 'InProgress'],
          [''],
        ],
        [
          'error: interrupted; the savepoint of flinkcluster/b goes on',
          'to look: kubectl flinksp history flinkcluster/b -n default',
          'error: interrupted; the savepoint of flinkcluster/c goes on',
          'to look: kubectl flinksp history flinkcluster/c -n default',
          'error: interrupted; of 5 savepoints: 1 completed, 2 asked for, and how it ends is not known, 2 not asked for',
          '',
        ],
      ],
    )
    assert.deepEqual(
      fake.requests.filter(request => request.startsWith('patch')),
      ['a', 'b', 'c'].map(name => `patch ${key(name)}`),
    )
  })

  it('gives a plan for each with --dry-run, and asks for nothing', async () => {
    const parts = { objects: [...jobs('a', 'b'), stopped] }
    const { exit, stdout, stderr, requests } = await playMany(
      'take a stopped b --dry-run=client -o json',
      parts,
    )
    assert.deepEqual(
      [exit, requests, stderr],
      [
        1,
        ['a', 'stopped', 'b'].map(name => `get ${key(name)}`),
        'error: cannot take a savepoint of flinkcluster/stopped: its job is not running (Succeeded)\n' +
          'error: of 3 savepoints: 2 could be asked for, 1 could not be asked for\n',
      ],
    )
    const list = JSON.parse(stdout)
    assert.deepEqual(
      [list.kind, list.items.map((plan: { job: Fields; via: string }) => [plan.job['name'], plan.via])],
      [
        'TakePlanList',
        [
          ['a', 'annotation'],
          ['b', 'annotation'],
        ],
      ],
    )
    const server = await playMany('take --all --dry-run=server', { objects: jobs('a', 'b') })
    assert.deepEqual(
      [server.exit, server.requests.filter(request => request.startsWith('patch'))],
      [0, ['a', 'b'].map(name => `patch ${key(name)} (dry run)`)],
    )
    assert.match(
      server.stdout,
      /^flinkcluster\S*\/a savepoint would be requested[\s\S]*\n\nflinkcluster\S*\/b savepoint/,
    )
  })

  it('ends with --wait=false as soon as all are asked for, and watches nothing', async () => {
    const { exit, stdout, requests } = await playMany('take --all --yes --wait=false', { objects: abc })
    assert.equal(exit, 0)
    assert.deepEqual(
      stdout.split('\n').map(line => line.split(/ +/).slice(0, 3)),
      [
        ['JOB', 'NAME', 'STATE'],
        ...['a', 'b', 'c'].map(name => [`flinkcluster/${name}`, '-', 'Requested']),
        [''],
      ],
    )
    assert.deepEqual(requests, [
      'list FlinkCluster/default',
      ...['a', 'b', 'c'].map(name => `get ${key(name)}`),
      ...['a', 'b', 'c'].map(name => `patch ${key(name)}`),
    ])
  })

  it('gives each the same name and note, but for one whose name is taken', async () => {
    const first = { objects: jobs('a', 'b') }
    const { fake, world, end } = manyScene(first)
    assert.equal((await program(world, 'take a --name before-v2')).exit, 0)
    const { exit, stdout, stderr } = await program(
      world,
      'take a b --yes --name before-v2 --note why -o json',
    )
    await end()
    const { items } = JSON.parse(stdout)
    assert.deepEqual(
      [exit, items.map((item: Fields) => [item['name'], item['note'], item['location']])],
      [1, [['before-v2', 'why', location('b')]]],
    )
    assert.match(stderr, /^error: a savepoint of flinkcluster\/a is called before-v2 already: /)
    assert.ok(fake.requests.includes(`create ${recordKey('b')}`))
  })

  it('watches one by one where the user may not watch them all', async () => {
    const prepare = (fake: ReturnType<typeof manyScene>['fake']) =>
      fake.fail('watch FlinkCluster/default', refusal(403, 'Forbidden', 'cannot watch'), 1)
    const { exit, requests } = await playMany('take a b --yes --record=false', { objects: abc, prepare })
    assert.deepEqual(
      [exit, requests.filter(request => request.startsWith('watch'))],
      [0, ['watch FlinkCluster/default', `watch ${key('a')}`, `watch ${key('b')}`]],
    )
  })

  it('takes those that are named where the user may not list', async () => {
    const prepare = (fake: ReturnType<typeof manyScene>['fake']) =>
      fake.fail('list', refusal(403, 'Forbidden', 'cannot list'))
    const { exit, stdout } = await playMany('take a b --yes', { objects: abc, prepare })
    assert.deepEqual([exit, stdout], [0, head + done('a') + done('b')])
  })

  it('tells a bug when the others are done, with their results', async () => {
    const parts = { objects: abc }
    const { fake, world, end } = manyScene(parts)
    fake.fail(`get ${key('b')}`, new TypeError('x is not a function') as never)
    const { exit, stdout, stderr } = await program(world, 'take --all --yes')
    await end()
    assert.deepEqual([exit, stdout], [70, head + done('a') + done('c')])
    assert.match(stderr, /^error: this is a bug in kubectl-flinksp[\s\S]*x is not a function/)
  })

  it('leaves no way to Flink open, and opens one for those alone that need it', async () => {
    const { rest } = await playMany('take --all --yes', { objects: abc, deeds: { a: 'fails', b: 'fails' } })
    assert.deepEqual([rest.reached.length, rest.open], [2, 0])
  })

  it('shows how far each is, and in the end how each ended', async () => {
    const { fake, world, end } = manyScene({
      objects: [...jobs('a', 'b', 'c'), stopped],
      deeds: { b: 'fails', c: 'starts' },
    })
    let rows: () => readonly LiveRow[] = () => []
    const live: World['person']['live'] = async shown => {
      rows = shown
      return { end: () => undefined }
    }
    const seen = new Set<string>()
    const person = { ...world.person, live }
    const states = () =>
      rows().map(({ name, state, detail }) => [name.slice('flinkcluster/'.length), state, detail])
    const running = take.run(
      { ...everyJob, choice: { by: 'name', jobs: named('a', 'b', 'c', 'stopped') } },
      { ...world, person },
    )
    await until(() => {
      for (const [name, state] of states()) seen.add(`${name} ${state}`)
      return (
        fake.requests.includes(`create ${recordKey('a')}`) && seen.has('c InProgress') && seen.has('b Failed')
      )
    })
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    assert.deepEqual(states(), [
      ['c', 'InProgress', ''],
      ['b', 'Failed', 'disk full'],
      [
        'stopped',
        'Refused',
        'error: cannot take a savepoint of flinkcluster/stopped: its job is not running (Succeeded)',
      ],
      ['a', 'Completed', location('a')],
    ])
    assert.deepEqual(
      ['a Asking', 'a Requested'].filter(each => !seen.has(each)),
      [],
    )
    world.interrupt()
    await running
    await end()
  })
})

const named = (...names: readonly string[]) => names.map(name => ({ name }))
const everyJob = {
  via: 'auto',
  wait: true,
  timeoutMs: 60_000,
  dryRun: 'none',
  afterCurrent: false,
  record: true,
  yes: true,
  concurrency: 8,
} as const
