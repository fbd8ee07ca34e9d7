import assert from 'node:assert/strict'
import manifest from '../package.json' with { type: 'json' }
import type { CommandResult } from '../src/commands/command.ts'
import { Failure, failure } from '../src/domain/failure.ts'
import type { World } from '../src/domain/ports.ts'
import { main } from '../src/main.ts'
import type { Terminal } from '../src/view/terminal.ts'
import { type ProbeOptions, probe, registryOf } from './cli/fake-commands.ts'
import { fakeTerminal, fakeWorld } from './cli/fake-terminal.ts'
import { completed, failed } from './view/samples.ts'

type Run = (options: ProbeOptions, world: World) => Promise<CommandResult>
type Surroundings = {
  isTerminal?: Partial<Terminal['isTerminal']>
  env?: Record<string, string>
  answer?: string
  interrupted?: AbortSignal
}

/** The whole program around one command. */
async function program(line: string, run: Run, around: Surroundings = {}) {
  const io = fakeTerminal(around)
  const { seen, makeWorld } = fakeWorld(around.interrupted)
  const exit = await main(line.split(' '), io, makeWorld, registryOf(probe(run)))
  return { exit, ...io.printed, ...seen }
}

async function ended(line: string, run: Run, around: Surroundings = {}) {
  const { exit, stdout, stderr } = await program(line, run, around)
  return { exit, stdout, stderr }
}

const savepoint: CommandResult = { value: { kind: 'Savepoint', value: completed } }
const line =
  'flinkcluster.flinkoperator.k8s.io/orders savepoint completed: gs://b/sp/savepoint-c0c55c-63ed75ba89c1 (12s)\n'

describe('The program', () => {
  it('prints what a command found on stdout, and ends with 0', async () => {
    assert.deepEqual(await ended('probe orders', async () => savepoint), {
      exit: 0,
      stdout: line,
      stderr: '',
    })
  })

  it('prints help without making a world', async () => {
    const { exit, stderr, wish } = await program('probe --help', async () => savepoint)
    assert.deepEqual({ exit, stderr, wish }, { exit: 0, stderr: '', wish: undefined })
  })

  it('gives the connection to the world, and closes it', async () => {
    const { wish, closed } = await program('probe orders -n prod --rest-url=http://x', async () => savepoint)
    assert.deepEqual(
      { connection: wish?.connection, restUrl: wish?.restUrl, closed },
      { connection: { namespace: 'prod' }, restUrl: 'http://x', closed: true },
    )
  })

  it('closes the world after a bug too', async () => {
    const { exit, closed } = await program('probe orders', () => Promise.reject(new Error('oh')))
    assert.deepEqual({ exit, closed }, { exit: 70, closed: true })
  })

  it('refuses a wrong command line with 2, and makes no world for a wrong -o', async () => {
    assert.deepEqual(await ended('probe orders --bogus', async () => savepoint), {
      exit: 2,
      stdout: '',
      stderr: "error: unknown flag: --bogus\nSee 'kubectl flinksp probe --help' for usage.\n",
    })
    const { exit, stderr, wish } = await program('probe orders -o jsonpath={.a', async () => savepoint)
    assert.deepEqual(
      { exit, stderr, wish },
      { exit: 2, stderr: 'error: error parsing jsonpath {.a, unclosed action\n', wish: undefined },
    )
  })

  const codes = [
    ['usage', 2],
    ['not-asked', 1],
    ['no', 3],
    ['timed-out', 4],
    ['interrupted', 130],
  ] as const
  for (const [code, exit] of codes) {
    it(`ends with ${exit} where the failure is "${code}"`, async () => {
      const thrown = () => Promise.reject(failure(code, 'it did not work', 'try this'))
      const stderr = 'error: it did not work\ntry this\n'
      assert.deepEqual(await ended('probe orders', thrown), { exit, stdout: '', stderr })
    })
  }

  it('prints the value of a failure for machines only', async () => {
    const result: CommandResult = {
      value: { kind: 'Savepoint', value: failed },
      failure: failure('no', 'the savepoint failed'),
    }
    const stdouts: [string, string][] = [
      ['table', ''],
      ['wide', ''],
      ['name', ''],
      ['jsonpath={.state}', 'Failed'],
      ['custom-columns=S:.state', 'S\nFailed\n'],
    ]
    for (const [output, stdout] of stdouts) {
      assert.deepEqual(await ended(`probe orders -o ${output}`, async () => result), {
        exit: 3,
        stdout,
        stderr: 'error: the savepoint failed\n',
      })
    }
    const { stdout } = await ended('probe orders -o json', async () => result)
    assert.equal(JSON.parse(stdout).failure.rootCause, 'Disk quota exceeded')
  })

  it('says on stderr that a list is empty, but not to machines', async () => {
    const result: CommandResult = {
      value: { kind: 'SavepointList', value: { items: [] } },
      empty: 'No resources found in prod namespace.',
    }
    const told = { exit: 0, stdout: '', stderr: 'No resources found in prod namespace.\n' }
    assert.deepEqual(await ended('probe orders', async () => result), told)
    assert.deepEqual(await ended('probe orders -o wide', async () => result), told)
    assert.deepEqual(await ended('probe orders -o name', async () => result), { ...told, stderr: '' })
    assert.equal((await ended('probe orders -o yaml', async () => result)).stderr, '')
  })

  it('keeps warnings and errors with -q, and nothing else', async () => {
    const run: Run = async (_, { person }) => {
      person.tell('waiting for the operator')
      person.warn('Warning: the record could not be written')
      return { failure: failure('timed-out', 'timed out', 'look with kubectl flinksp history') }
    }
    assert.equal(
      (await ended('probe orders', run)).stderr,
      'waiting for the operator\nWarning: the record could not be written\nerror: timed out\nlook with kubectl flinksp history\n',
    )
    assert.equal(
      (await ended('probe orders -q', run)).stderr,
      'Warning: the record could not be written\nerror: timed out\n',
    )
  })

  it('lets no text from the cluster steer the terminal through stderr', async () => {
    const run: Run = async (_, { person }) => {
      person.tell('a\u001b[2Jb')
      person.warn('c\u202ed')
      throw failure('no', 'e\u001b]0;x\u0007f', 'g\u009b31mh')
    }
    assert.equal((await ended('probe orders', run)).stderr, 'ab\ncd\nerror: ef\ngh\n')
  })

  it('colours warnings and states where the stream is a terminal', async () => {
    const run: Run = async (_, { person }) => {
      person.warn('Warning: careful')
      return { value: { kind: 'SavepointList', value: { items: [failed] } } }
    }
    const isTerminal = { stdout: true, stderr: true }
    const coloured = await ended('probe orders --no-headers', run, { isTerminal })
    assert.deepEqual(coloured, {
      exit: 0,
      stdout: '-     \u001b[31mFailed\u001b[39m   scheduled   4h    -     Disk quota exceeded\n',
      stderr: '\u001b[33mWarning:\u001b[39m careful\n',
    })
    const mute = await ended('probe orders --no-headers', run, { isTerminal, env: { NO_COLOR: '1' } })
    assert.equal(mute.stderr, 'Warning: careful\n')
  })

  it('asks a person at a terminal, and nobody elsewhere', async () => {
    const run: Run = async (_, { person }) => ({
      failure: failure('no', String(await person.confirm('Go on?'))),
    })
    const isTerminal = { stdin: true, stderr: true }
    const asked = async (answer: string) => (await ended('probe orders', run, { isTerminal, answer })).stderr
    assert.deepEqual(
      [await asked('y'), await asked(' YES '), await asked('yesterday'), await asked('')],
      [true, true, false, false].map(yes => `Go on? [y/N]: error: ${yes}\n`),
    )
    assert.equal(
      (await ended('probe orders', run, { isTerminal: { stdin: true } })).stderr,
      'error: undefined\n',
    )
  })

  it('calls a request that Ctrl-C cut off an interruption', async () => {
    const cutOff = () => Promise.reject(new DOMException('cut off', 'AbortError'))
    assert.deepEqual(await ended('probe orders', cutOff, { interrupted: AbortSignal.abort() }), {
      exit: 130,
      stdout: '',
      stderr: 'error: interrupted\n',
    })
  })

  it('shows a bug with its stack and where to report it, and ends with 70', async () => {
    const { exit, stdout, stderr } = await ended('probe orders', () =>
      Promise.reject(new TypeError('x is not y')),
    )
    const [first, second, third, fourth] = stderr.split('\n')
    assert.deepEqual(
      { exit, stdout, first, second, third },
      {
        exit: 70,
        stdout: '',
        first: `error: this is a bug in kubectl-flinksp v${manifest.version} (node v26.10.0, linux/x64)`,
        second: `Please report it, with the lines below, at ${manifest.bugs.url}`,
        third: 'TypeError: x is not y',
      },
    )
    assert.match(fourth ?? '', /^ +at /)
  })

  it('adds to hints with commands the flags that lead to the same server, and no token', async () => {
    const run = async () => {
      throw failure('timed-out', 'timed out', 'to look: kubectl flinksp history orders -n shop')
    }
    const hinted = 'error: timed out\nto look: kubectl flinksp history orders -n shop\n'
    const flags = "--context=it's --token=secret --as-group=a --as-group=b --insecure-skip-tls-verify -nshop"
    assert.deepEqual(
      {
        same: (await ended(`probe orders ${flags}`, run)).stderr,
        default: (await ended('probe orders -nshop --token=secret', run)).stderr,
        quiet: (await ended(`probe orders -q ${flags}`, run)).stderr,
      },
      {
        same: `${hinted}give kubectl here too: --as-group a --as-group b --context 'it'\\''s' --insecure-skip-tls-verify\n`,
        default: hinted,
        quiet: 'error: timed out\n',
      },
    )
  })

  it('shows what caused a failure with -v', async () => {
    const thrown = () =>
      Promise.reject(new Failure('not-asked', 'error: unreachable', { cause: 'ECONNRESET' }))
    assert.equal(
      (await ended('probe orders -v1', thrown)).stderr,
      'error: unreachable\ncaused by: ECONNRESET\n',
    )
  })
})
