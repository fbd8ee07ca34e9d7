import assert from 'node:assert/strict'
import { allNamespacesFlag, globalFlags, helpFlag, outputFlags } from '../../src/cli/common-flags.ts'
import { connectionFlags } from '../../src/cli/connection-flags.ts'
import type { Flag } from '../../src/commands/command.ts'
import { commandsOn } from '../../src/commands/index.ts'
import { fakeTerminal } from './fake-terminal.ts'

/** `kubectl options` of 1.32, and as-user-extra of 1.34: what a plugin must not use for anything else. */
const kubectls = [
  ...[
    'as',
    'as-group',
    'as-uid',
    'as-user-extra',
    'cache-dir',
    'certificate-authority',
    'client-certificate',
  ],
  ...['client-key', 'cluster', 'context', 'disable-compression', 'insecure-skip-tls-verify', 'kubeconfig'],
  ...[
    'log-flush-frequency',
    'match-server-version',
    'n',
    'namespace',
    'password',
    'profile',
    'profile-output',
  ],
  ...['request-timeout', 's', 'server', 'tls-server-name', 'token', 'user', 'username', 'v', 'vmodule'],
  'warnings-as-errors',
]
const spellings = (flags: readonly { name: string; alias?: string }[]) =>
  flags.flatMap(({ name, alias }) => [name, ...(alias && alias !== name ? [alias] : [])])

describe('The flags', () => {
  it('for the connection are those of kubectl', () => {
    const left = [
      'log-flush-frequency',
      'match-server-version',
      'password',
      'profile',
      'profile-output',
      'username',
    ]
    const ours = [...left, 'v', 'vmodule', 'warnings-as-errors', ...spellings(connectionFlags)]
    assert.deepEqual(ours.toSorted(), kubectls.toSorted())
  })

  it('of every command are none of kubectl’s, and no two are spelt alike', async () => {
    const registry = commandsOn(fakeTerminal().machine)
    const common = [...outputFlags, ...globalFlags, allNamespacesFlag, helpFlag]
    for (const name of registry.names) {
      const command = await registry.load(name)
      const own = command && 'flags' in command ? command.flags : []
      const all = spellings([...own, ...common])
      assert.deepEqual(
        { name, collisions: all.filter(flag => kubectls.includes(flag) && flag !== 'v'), spelt: all },
        { name, collisions: [], spelt: [...new Set(all)] },
      )
    }
  })

  it('that several commands have say the same in all, but for what is different', async () => {
    const words = new Map<string, Set<string>>()
    for (const { name, describe } of await ownFlags())
      words.set(name, (words.get(name) ?? new Set()).add(describe))
    const unlike = [...words].filter(([, described]) => described.size > 1).map(([name]) => name)
    assert.deepEqual(unlike.toSorted(), [
      'all',
      'allow-unknown-location',
      'files',
      'record',
      'since',
      'timeout',
      'watch',
      'yes',
    ])
  })

  it('have defaults that they would take', async () => {
    const flags = (await ownFlags()).filter(flag => flag.default !== undefined)
    for (const flag of flags) assert.match(flag.default ?? '', takes(flag), `--${flag.name}`)
  })
})

async function ownFlags(): Promise<Flag[]> {
  const registry = commandsOn(fakeTerminal().machine)
  const commands = await Promise.all(registry.names.map(name => registry.load(name)))
  return commands.flatMap(command => (command && 'flags' in command ? command.flags : []))
}

function takes({ type, choices }: Flag): RegExp {
  if (choices) return new RegExp(`^(${choices.join('|')})$`)
  return { text: /^.+$/, boolean: /^(true|false)$/, duration: /^(\d+(h|m|s|ms))+$|^0$/, integer: /^\d+$/ }[
    type
  ]
}
