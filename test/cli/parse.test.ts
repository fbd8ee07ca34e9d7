import assert from 'node:assert/strict'
import { type Invocation, parse, type Run } from '../../src/cli/parse.ts'
import { Failure } from '../../src/domain/failure.ts'
import type { World } from '../../src/domain/ports.ts'
import { type ProbeOptions, probe, registryOf } from './fake-commands.ts'

const world = {} as World

/** What the command got, and what the program keeps for itself. */
async function read(argv: string[], interactive = false) {
  let got: ProbeOptions | undefined
  const registry = registryOf(
    probe(async options => {
      got = options
      return {}
    }),
  )
  const invocation: Invocation = await parse(argv, registry, interactive)
  if ('print' in invocation) throw new Error(`printed: ${invocation.print}`)
  const { run, ...rest }: Run = invocation
  await run(world)
  return { options: got, rest }
}

const options: ProbeOptions = {
  words: ['orders'],
  via: 'auto',
  note: undefined,
  wait: true,
  yes: undefined,
  timeout: 900_000,
  limit: undefined,
  everywhere: false,
  interactive: false,
}
const rest: Omit<Run, 'run'> = {
  name: 'probe',
  connection: {},
  output: '',
  noHeaders: false,
  allNamespaces: false,
  quiet: false,
  verbosity: 0,
  color: 'auto',
}

const commandLines: [string[], Partial<ProbeOptions>, Partial<Omit<Run, 'run'>>][] = [
  [['probe', 'orders'], {}, {}],
  [['probe', '0123'], { words: ['0123'] }, {}],
  [['probe', '1e3', '-'], { words: ['1e3', '-'] }, {}],
  [['probe', 'constructor', '__proto__'], { words: ['constructor', '__proto__'] }, {}],
  [['probe', '--via=rest', 'orders'], { via: 'rest' }, {}],
  [['probe', '--via', 'rest', 'orders'], { via: 'rest' }, {}],
  [['probe', 'orders', '--via', 'rest', '--via', 'auto'], { via: 'auto' }, {}],
  [['probe', 'orders', '--note', '0123'], { note: '0123' }, {}],
  [['probe', 'orders', '--note='], { note: '' }, {}],
  [['probe', 'orders', '--note', ''], { note: '' }, {}],
  [['probe', 'orders', '--note=a=b,c'], { note: 'a=b,c' }, {}],
  [['probe', 'orders', '--note=--yes'], { note: '--yes' }, {}],
  [['probe', 'orders', '--note', '-y'], { note: '-y' }, {}],
  [['probe', 'orders', '--note', '- before v2'], { note: '- before v2' }, {}],
  [['probe', 'orders', '-o', '-x'], {}, { output: '-x' }],
  [['probe', 'orders', '--note=two\nlines'], { note: 'two\nlines' }, {}],
  [['probe', 'orders', '--wait=false'], { wait: false }, {}],
  [['probe', 'orders', '--wait=F'], { wait: false }, {}],
  [['probe', 'orders', '--wait=false', '--wait'], { wait: true }, {}],
  [['probe', 'orders', '--wait', '--wait=0'], { wait: false }, {}],
  [['probe', '--yes', 'orders'], { yes: true }, {}],
  [['probe', '-y', 'orders'], { yes: true }, {}],
  [['probe', '-y=false', 'orders'], { yes: false }, {}],
  [['probe', 'orders', '--timeout', '90'], { timeout: 90_000 }, {}],
  [['probe', 'orders', '--timeout=1h30m'], { timeout: 5_400_000 }, {}],
  [['probe', 'orders', '--timeout=0'], { timeout: 0 }, {}],
  [['probe', 'orders', '--limit', '5'], { limit: 5 }, {}],
  [['probe', '--', '--yes', '-x'], { words: ['--yes', '-x'] }, {}],
  [['probe', 'orders', '--', 'more'], { words: ['orders', 'more'] }, {}],
  [['probe', '-A', 'orders'], { everywhere: true }, { allNamespaces: true }],
  [['probe', 'orders', '-oname'], {}, { output: 'name' }],
  [['probe', 'orders', '-o', 'name'], {}, { output: 'name' }],
  [['probe', 'orders', '-o=name'], {}, { output: 'name' }],
  [['probe', 'orders', '--output', 'jsonpath={.a}{"\\n"}'], {}, { output: 'jsonpath={.a}{"\\n"}' }],
  [
    ['probe', 'orders', '-yqAowide'],
    { yes: true, everywhere: true },
    { quiet: true, allNamespaces: true, output: 'wide' },
  ],
  [['probe', 'orders', '-v6'], {}, { verbosity: 6 }],
  [['probe', 'orders', '--v=6', '--color', 'never'], {}, { verbosity: 6, color: 'never' }],
  [['probe', 'orders', '--no-headers'], {}, { noHeaders: true }],
  [['probe', 'orders', '--rest-url', 'http://x'], {}, { restUrl: 'http://x' }],
  [['probe', 'orders', '-nprod'], {}, { connection: { namespace: 'prod' } }],
  [
    ['-n', 'prod', '--context=east', 'probe', 'orders'],
    {},
    { connection: { namespace: 'prod', context: 'east' } },
  ],
  [['-q', 'probe', 'orders'], {}, { quiet: true }],
  [['probe', 'orders', '--context', ''], {}, {}],
  [
    [
      'probe',
      'orders',
      '--as',
      'bob',
      '--as-group=a',
      '--as-group',
      'b,c',
      '--as-uid=7',
      '--as-user-extra=k=v',
    ],
    {},
    { connection: { as: 'bob', asGroup: ['a', 'b,c'], asUid: '7', asUserExtra: ['k=v'] } },
  ],
  [
    ['probe', 'orders', '--kubeconfig=/k', '--cluster=c', '--user=u', '-s', 'https://h:6443', '--token=t'],
    {},
    { connection: { kubeconfig: '/k', cluster: 'c', user: 'u', server: 'https://h:6443', token: 't' } },
  ],
  [
    [
      ...['probe', 'orders', '--client-certificate=/c', '--client-key=/k', '--certificate-authority=/a'],
      ...['--tls-server-name=n', '--insecure-skip-tls-verify', '--cache-dir=/d', '--disable-compression=1'],
      '--request-timeout=2m',
    ],
    {},
    {
      connection: {
        clientCertificate: '/c',
        clientKey: '/k',
        certificateAuthority: '/a',
        tlsServerName: 'n',
        insecureSkipTlsVerify: true,
        cacheDir: '/d',
        disableCompression: true,
        requestTimeoutMs: 120_000,
      },
    },
  ],
]

const see = "See 'kubectl flinksp probe --help' for usage."
const refused: [string[], string, string?][] = [
  [['probe', 'orders', '--bogus'], 'error: unknown flag: --bogus'],
  [['probe', 'orders', '--bogus=a=b'], 'error: unknown flag: --bogus'],
  [['probe', 'orders', '--no-wait'], 'error: unknown flag: --no-wait'],
  [['probe', 'orders', '--rest.url=x'], 'error: unknown flag: --rest.url'],
  [['probe', 'orders', '--restUrl=x'], 'error: unknown flag: --restUrl'],
  [['probe', 'orders', '--__proto__=x'], 'error: unknown flag: --__proto__'],
  [['probe', 'orders', '--username=x'], 'error: unknown flag: --username'],
  [['probe', 'orders', '-Z'], "error: unknown shorthand flag: 'Z' in -Z"],
  [['probe', 'orders', '-qZ'], "error: unknown shorthand flag: 'Z' in -qZ"],
  [['probe', 'orders', '--=x'], 'error: unknown flag: --'],
  [['probe', 'orders', '---'], 'error: unknown flag: ---'],
  [['probe', 'orders', '-1'], "error: unknown shorthand flag: '1' in -1"],
  [['probe', 'orders', '--note'], 'error: flag needs an argument: --note'],
  [['probe', 'orders', '-o'], 'error: flag needs an argument: --output'],
  [['probe', 'orders', '--note', '--yes'], 'error: flag needs an argument: --note'],
  [
    ['probe', 'orders', '--wait=maybe'],
    'error: invalid argument "maybe" for "--wait" flag: must be true or false',
  ],
  [['probe', 'orders', '-y='], 'error: invalid argument "" for "-y, --yes" flag: must be true or false'],
  [
    ['probe', 'orders', '--via=soon'],
    'error: invalid argument "soon" for "--via" flag: must be one of: auto, rest',
  ],
  ...['x', '', '-5s', '1.5', '5d', '1e3', '99999999999999999999h'].map((text): [string[], string] => [
    ['probe', 'orders', `--timeout=${text}`],
    `error: invalid argument "${text}" for "--timeout" flag: time: invalid duration "${text}"`,
  ]),
  [
    ['probe', 'orders', '--timeout', '-5s'],
    'error: invalid argument "-5s" for "--timeout" flag: time: invalid duration "-5s"',
  ],
  ...['x', '', '-1', '1.5', '0x10', '99999999999999999999'].map((text): [string[], string] => [
    ['probe', 'orders', `--limit=${text}`],
    `error: invalid argument "${text}" for "--limit" flag: must be a whole number, not below zero`,
  ]),
  [['probe'], 'error: which job?', "See 'kubectl flinksp probe -h' for help and examples"],
  [['help', 'bogus'], 'error: unknown help topic "bogus"', "See 'kubectl flinksp --help' for usage."],
  [['options', 'x'], 'error: extra arguments: [x]', "See 'kubectl flinksp options --help' for usage."],
  [['--bogus'], 'error: unknown flag: --bogus', "See 'kubectl flinksp --help' for usage."],
  ...[
    'bogus',
    'status',
    'auto',
    'stop',
    'resume',
    'inspect',
    'verify',
    'prune',
    'completion',
    'toString',
  ].map((name): [string[], string, string] => [
    [name, 'orders'],
    `error: unknown command "${name}" for "kubectl flinksp"`,
    "See 'kubectl flinksp --help' for usage.",
  ]),
]

describe('The command line', () => {
  for (const [argv, expectedOptions, expectedRest] of commandLines) {
    it(`reads ${JSON.stringify(argv.join(' '))}`, async () => {
      assert.deepEqual(await read(argv), {
        options: { ...options, ...expectedOptions },
        rest: { ...rest, ...expectedRest },
      })
    })
  }

  it('says whether somebody can be asked', async () => {
    assert.deepEqual((await read(['probe', 'orders'], true)).options, { ...options, interactive: true })
  })

  for (const [argv, message, hint = see] of refused) {
    it(`refuses ${JSON.stringify(argv.join(' '))}`, async () => {
      await assert.rejects(read(argv), error => {
        assert(error instanceof Failure)
        assert.deepEqual([error.code, error.message, error.hints], ['usage', message, [hint]])
        return true
      })
    })
  }

  it('words a bad --request-timeout as kubectl does', async () => {
    await assert.rejects(read(['probe', 'orders', '--request-timeout=soon']), {
      code: 'usage',
      message:
        'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    })
  })
})
