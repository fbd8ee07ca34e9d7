import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'mocha'
import { runJob, untilIdle } from './flink-clusters.ts'
import type { Stoppable } from './parts.ts'
import { documentedRules, grant, type Rule, without } from './rights.ts'
import { type Stack, startStubStack } from './stack.ts'

interface Case {
  readonly command: 'take' | 'history' | 'restore'
  /** The right that is missing; nothing: exactly the documented ones. */
  readonly lacks?: string
  readonly code: number
  readonly stdout: RegExp
  readonly stderr: RegExp
}

const forbidden = (verb: string, resource = 'flinkclusters', group = 'flinkoperator.k8s.io') =>
  `${resource}(\\.${group.replaceAll('.', '\\.')})? "[^"]+" is forbidden: User "\\w[\\w-]*" cannot ${verb} resource`

const taken = /^flinkcluster\.flinkoperator\.k8s\.io\/orders savepoint completed: file:\S+ \(\d+s\)\n$/
const listed = /^ *NAME .*LOCATION\n(.*\n)+$/
const nothing = /^$/

const cases: readonly Case[] = [
  { command: 'take', code: 0, stdout: taken, stderr: /^(?!.*[Ww]arning)/s },
  {
    command: 'take',
    lacks: 'get flinkclusters',
    code: 1,
    stdout: nothing,
    stderr: new RegExp(`^Error from server \\(Forbidden\\): ${forbidden('get')}`, 'm'),
  },
  {
    command: 'take',
    lacks: 'patch flinkclusters',
    code: 1,
    stdout: nothing,
    stderr: new RegExp(`^Error from server \\(Forbidden\\): ${forbidden('patch')}`, 'm'),
  },
  {
    command: 'take',
    lacks: 'watch flinkclusters',
    code: 1,
    stdout: nothing,
    stderr: new RegExp(`^Error from server \\(Forbidden\\): ${forbidden('watch')}`, 'm'),
  },
  {
    command: 'take',
    lacks: 'configmaps',
    code: 0,
    stdout: taken,
    stderr:
      /^Warning: not recorded in configmap\/flinksp-flinkcluster-orders: Error from server \(Forbidden\)/m,
  },
  { command: 'take', lacks: 'services/proxy', code: 0, stdout: taken, stderr: /^(?!.*[Ww]arning)/s },
  { command: 'history', code: 0, stdout: listed, stderr: nothing },
  {
    command: 'history',
    lacks: 'get flinkclusters',
    code: 1,
    stdout: nothing,
    stderr: new RegExp(`^Error from server \\(Forbidden\\): ${forbidden('get')}`, 'm'),
  },
  {
    command: 'history',
    lacks: 'configmaps',
    code: 0,
    stdout: listed,
    stderr: new RegExp(forbidden('get', 'configmaps', '')),
  },
  { command: 'history', lacks: 'services/proxy', code: 0, stdout: listed, stderr: /Flink|REST/ },
  {
    command: 'history',
    lacks: 'controllerrevisions',
    code: 0,
    stdout: listed,
    stderr: /^what ControllerRevisions say is not in this list: Error from server \(Forbidden\): .*\n$/,
  },
  {
    command: 'history',
    lacks: 'events',
    code: 0,
    stdout: listed,
    stderr: /^what Events say is not in this list: Error from server \(Forbidden\): .*\n$/,
  },
  { command: 'restore', code: 0, stdout: /restored from file:/, stderr: /.*/s },
  {
    command: 'restore',
    lacks: 'patch flinkclusters',
    code: 1,
    stdout: nothing,
    stderr: new RegExp(`^Error from server \\(Forbidden\\): ${forbidden('patch')}`, 'm'),
  },
  {
    command: 'restore',
    lacks: 'services/proxy',
    code: 0,
    stdout: /restored from file:/,
    stderr: /Flink|REST/,
  },
]

const titleOf = ({ command, lacks }: Case) =>
  lacks === undefined ? `${command} with exactly the documented rights` : `${command} without ${lacks}`

describe('rights on a real API server, as docs/rbac.yaml gives them', () => {
  let stack: Stack & Stoppable
  let rules: Readonly<Record<string, readonly Rule[]>>

  before(async () => {
    rules = await documentedRules()
    const users = cases.map((_, number) => ({ name: `user-${number}` }))
    stack = await startStubStack({ dialect: 'spotify', users })
    await runJob(stack, {
      name: 'orders',
      jarFile: './job.jar',
      className: 'Job',
      args: [],
      savepointsDir: `file://${join(stack.directory, 'savepoints')}`,
    })
    const first = await stack.kubectl(['flinksp', 'take', 'flinkcluster/orders'])
    assert.equal(first.code, 0, first.stderr)
  })
  after(() => stack?.stop())
  // A take whose wait was refused leaves its savepoint going on.
  beforeEach(() => untilIdle(stack, 'orders'))

  for (const [number, example] of cases.entries()) {
    it(titleOf(example), async () => {
      const { command, lacks, code, stdout, stderr } = example
      const all = rules[command] ?? []
      const user = `user-${number}`
      await grant(stack.controlPlane, user, lacks === undefined ? all : without(all, lacks))
      const more = command === 'restore' ? ['latest', '--yes'] : []
      const ended = await stack.kubectl(['flinksp', command, 'flinkcluster/orders', ...more], user)
      assert.equal(ended.code, code, ended.stderr)
      assert.match(ended.stdout, stdout)
      assert.match(ended.stderr, stderr)
    })
  }
})
