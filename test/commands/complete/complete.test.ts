import assert from 'node:assert/strict'
import { commandsOn } from '../../../src/commands/index.ts'
import { fakeTerminal } from '../../cli/fake-terminal.ts'
import { type FakeCluster, fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { fakeWorld, until } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { type Ended, program } from '../../support/program.ts'
import { earlier, recordOf, taken } from '../history/samples.ts'

const served = [
  { apiVersion: 'flinkoperator.k8s.io/v1beta1', kind: 'FlinkCluster', plural: 'flinkclusters' },
  { apiVersion: 'flink.apache.org/v1beta1', kind: 'FlinkDeployment', plural: 'flinkdeployments' },
  { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces' },
]

function deployment(name: string, lifecycleState = 'STABLE') {
  return {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    metadata: { name, namespace: 'default', uid: `uid-of-deployment-${name}` },
    spec: { job: { jarURI: 'local:///job.jar' } },
    status: { lifecycleState, jobStatus: { state: 'RUNNING' } },
  }
}

function namespace(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

function server(
  objects: readonly object[] = [spotifyCluster(taken), recordOf([{ ...earlier, name: 'before-v2' }])],
) {
  return fakeCluster({ kinds: served, objects: objects as never })
}

const kubeconfig = {
  contexts: [
    { word: 'gke_shop_eu_a', description: 'gke, shop', namespace: 'shop' },
    { word: 'two words', description: 'none' },
  ],
  clusters: [{ word: 'gke', description: 'https://1.2.3.4' }],
  users: [{ word: 'arn:aws:iam::1:user/me' }],
}

/** What is offered at the end of this line, and what the server was asked for it. */
async function offered(line: string, cluster: FakeCluster = server()) {
  const world = fakeWorld({ cluster, kubeconfig })
  const { exit, stderr, stdout } = await program(world, `__complete ${line}`)
  assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
  assert.deepEqual([...world.person.warned, ...world.person.told, ...world.person.asked], [])
  return { words: stdout.split('\n').slice(0, -1), requests: cluster.requests }
}

const only = async (line: string, cluster?: FakeCluster) => (await offered(line, cluster)).words
const nothing = [':4']

describe('Completion without a server', () => {
  const lines: readonly (readonly [string, readonly string[]])[] = [
    [
      're',
      [
        'restore\tRestart a job from a savepoint',
        'resume\tStart a stopped job again from what its stop left',
        ':36',
      ],
    ],
    ['-n shop hi', ['history\tList the savepoints of a job, or of all jobs', ':36']],
    [
      'help ver',
      ['verify\tWould this savepoint start this job?', 'version\tPrint the version of the plugin', ':36'],
    ],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell', 'kubectl', ':36']],
    ['completion zsh ', nothing],
    ['take orders --via ', ['auto', 'generation', 'annotation', 'snapshot', 'nonce', 'rest', ':36']],
    ['take orders --via=re', ['--via=rest', ':36']],
    ['take orders --wait=', ['--wait=true', '--wait=false', ':36']],
    ['take orders -o j', ['json', 'jsonpath=', ':36']],
    ['take orders -o jsonp', ['jsonpath=', ':38']],
    ['history orders --sources record,s', ['record,status', 'record,snapshots', ':36']],
    ['take orders --timeout ', nothing],
    ['take orders --note ', nothing],
    ['auto orders --on-failure ', ['restore', 'stop', ':36']],
    ['auto orders --every o', ['off', ':36']],
    ['restore orders --filename ', [':0']],
    ['restore --kubeconfig=', [':0']],
    ['take --cache-dir /tm', [':16']],
    ['inspect ./sp', [':0']],
    ['prune orders orders ', nothing],
    ['version ', nothing],
    ['nonsense ', nothing],
    ['take --nonsense orders ', nothing],
    ['take --wait=perhaps ', nothing],
    ['restore ../etc ', nothing],
  ]
  for (const [line, words] of lines)
    it(`offers ${words.length - 1} words for "${line}"`, async () => {
      assert.deepEqual(await offered(line, server([])), { words, requests: [] })
    })

  it('knows for each command what its words name, and which flags name a file', async () => {
    const registry = commandsOn(fakeTerminal().machine)
    const commands = await Promise.all(registry.names.map(name => registry.load(name)))
    const wordless = commands.filter(command => !command?.operands).map(command => command?.usage)
    assert.deepEqual(wordless, ['version', 'options'])
    const flags = commands.flatMap(command => (command && 'flags' in command ? command.flags : []))
    const named = flags.filter(({ value }) => /^(FILE|PLAN|MANIFEST)$/.test(value ?? ''))
    assert.deepEqual(new Set(named.map(({ holds }) => holds)), new Set(['file']))
  })

  it('offers flags with what they do, the own ones of a command first, and none twice', async () => {
    const words = await only('status --max-age 6h --w')
    assert.deepEqual(
      words.map(word => word.split('\t')[0]),
      ['--watch', ':36'],
    )
    const all = (await only('status --max-age 6h -')).map(word => word.split('\t')[0])
    assert.deepEqual(all.includes('--max-age'), false)
    assert.deepEqual([all.indexOf('--watch') < all.indexOf('--as'), all.includes('--as-group')], [true, true])
    assert.deepEqual(await only('status --as-group a --as-gr'), [
      '--as-group\tGroup to impersonate for the operation; repeat the flag for several groups.',
      ':36',
    ])
  })
})

describe('Completion of names', () => {
  it('offers jobs with their states, at the cost of a list', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(), spotifyCluster({ name: 'other' })] })
    assert.deepEqual(await offered('take ', cluster), {
      words: ['orders\tRunning', 'other\tRunning', ':4'],
      requests: ['list FlinkCluster/default'],
    })
    assert.deepEqual(await only('take ot', cluster), ['other\tRunning', ':4'])
    assert.deepEqual(await only('take orders ', cluster), ['other\tRunning', ':4'])
    assert.deepEqual(await only('stop orders ', cluster), nothing)
  })

  it('says the kind where there are several, and names it where a name alone would mean two jobs', async () => {
    const { spec: _, ...sessionCluster } = deployment('a-session-cluster')
    const cluster = server([
      spotifyCluster(),
      deployment('orders'),
      deployment('other', 'UPGRADING'),
      sessionCluster,
    ])
    assert.deepEqual(await only('take ', cluster), [
      'flinkcluster/orders\tFlinkCluster, Running',
      'flinkdeployment/orders\tFlinkDeployment, RUNNING',
      'other\tFlinkDeployment, RUNNING',
      ':4',
    ])
    assert.deepEqual(await only('take fc/', cluster), ['fc/orders\tRunning', ':4'])
    assert.deepEqual(await only('take flinkdep/o', cluster), [
      'flinkdep/orders\tRUNNING',
      'flinkdep/other\tRUNNING',
      ':4',
    ])
    assert.deepEqual(await only('history flinkdeployments orders ', cluster), ['other\tRUNNING', ':4'])
    assert.deepEqual(await only('take nokind/', cluster), nothing)
  })

  it('takes what stands behind -- for no flag', async () => {
    assert.deepEqual(await only('take -- --w'), nothing)
    assert.deepEqual(await only('take -- or'), ['orders\tFlinkCluster, Running', ':4'])
  })

  it('asks for kinds that the server did not have, where it has no jobs of the others', async () => {
    const cluster = server([deployment('orders')])
    const late: FakeCluster['served'] = async (group, kind, absence) =>
      absence === 'remembered' && kind !== 'FlinkCluster' ? undefined : cluster.served(group, kind)
    assert.deepEqual(await only('take ', { ...cluster, served: late }), [
      'orders\tFlinkDeployment, RUNNING',
      ':4',
    ])
  })

  it('offers kinds once something of one is typed, to go on behind them', async () => {
    assert.deepEqual(await only('take flinkd'), ['flinkdeployment/\tKIND/NAME', ':6'])
  })

  it('offers savepoints by their names, newest first, with their ages', async () => {
    const latest = '59m old, manual, gs://bucket/orders/savepoint-ef5f05-550496d6e5a5'
    const before = '23h old, manual, gs://bucket/orders/savepoint-ef5f05-3e115b017916'
    for (const line of [
      'restore fc/orders ',
      'verify fc/orders ',
      'inspect fc/orders ',
      'inspect fc/orders --diff latest ',
    ])
      assert.deepEqual(await offered(line), {
        words: [
          `latest\t${latest}`,
          `latest~1\t${before}`,
          `before-v2\t${before}`,
          `gen:5\t${latest}`,
          `gen:4\t${before}`,
          ':36',
        ],
        requests: ['get FlinkCluster/default/orders', 'get ConfigMap/default/flinksp-flinkcluster-orders'],
      })
    assert.deepEqual(await only('restore orders gen:4'), [`gen:4\t${before}`, ':36'])
  })

  it('offers what the kubeconfig names, and of it what can be typed', async () => {
    assert.deepEqual(await offered('--context ', server([])), {
      words: ['gke_shop_eu_a\tgke, shop', ':4'],
      requests: [],
    })
    assert.deepEqual(await only('take --cluster='), ['--cluster=gke\thttps://1.2.3.4', ':4'])
    assert.deepEqual(await only('take --user arn'), ['arn:aws:iam::1:user/me', ':4'])
  })

  it('offers namespaces, for who may not list them those of the kubeconfig', async () => {
    const cluster = server([namespace('shop'), namespace('default')])
    assert.deepEqual(await only('take -n ', cluster), ['default', 'shop', ':4'])
    assert.deepEqual(await only('-n=s', cluster), ['-n=shop', ':4'])
    cluster.fail('list Namespace', refusal(403, 'Forbidden', 'no'))
    assert.deepEqual(await only('take -n ', cluster), ['shop', ':4'])
  })

  it('drops names that a shell or a terminal has a meaning for, and makes descriptions harmless', async () => {
    const evil = ['\u001b[2J', 'a b', '$(id)', '`id`', 'a;b', 'a\nb', '-n', "it's", '~root', 'x'.repeat(300)]
    const objects = evil.map((name, at) => ({
      ...spotifyCluster({ name }),
      metadata: { name, namespace: 'default', uid: `${at}` },
    }))
    const odd = {
      ...spotifyCluster({ name: 'odd' }),
      status: { components: { job: { state: '\u001b]0;x\u0007Run\tning\nand' } } },
    }
    assert.deepEqual(await only('take ', fakeCluster({ objects: [...objects, odd] })), [
      'odd\tRun ning...',
      ':4',
    ])
  })

  it('offers nothing where the server refuses, or has no such job', async () => {
    const cluster = server()
    assert.deepEqual(await only('restore nobody ', cluster), nothing)
    cluster.fail('list', refusal(403, 'Forbidden', 'no'))
    assert.deepEqual(await only('take ', cluster), nothing)
    assert.deepEqual(await only('take flinkd', cluster), nothing)
  })

  it('waits no longer than it may for a server that does not answer', async () => {
    const cluster = server()
    const world = fakeWorld({ cluster: { ...cluster, list: () => never } })
    let ended: Ended | undefined
    void program(world, '__complete take ').then(end => {
      ended = end
    })
    await until(() => world.clock.sleeping().length === 1)
    assert.deepEqual(world.clock.sleeping(), [280])
    world.clock.advance(280)
    await until(() => ended !== undefined)
    assert.deepEqual(ended, { exit: 0, stdout: ':4\n', stderr: '' })
  })
})

const never: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
}
