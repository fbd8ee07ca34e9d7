import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'mocha'
import { runJob, untilIdle } from './flink-clusters.ts'
import type { Stoppable } from './parts.ts'
import { documentedRules, grant, type Rule, without } from './rights.ts'
import { jobs, type RightsCase, rightsCases } from './rights-cases.ts'
import { type Stack, startStubStack } from './stack.ts'

const titleOf = ({ words, lacks }: RightsCase) =>
  lacks === undefined
    ? `${words} with exactly the documented rights`
    : `${words} without ${[lacks].flat().join(', ')}`

describe('rights on a real API server, as docs/rbac.yaml gives them', () => {
  let stack: Stack & Stoppable
  let rules: Readonly<Record<string, readonly Rule[]>>

  before(async () => {
    rules = await documentedRules()
    const users = rightsCases.map((_, number) => ({ name: `user-${number}` }))
    stack = await startStubStack({ dialect: 'spotify', users })
    const start = (name: string) =>
      runJob(stack, {
        name,
        jarFile: './job.jar',
        className: 'Job',
        args: [],
        savepointsDir: `file://${join(stack.directory, name)}`,
      })
    await Promise.all(jobs.map(start))
    await printed('take', 'orders', 'payments', '--yes')
    await printed('take', 'payments', 'refunds', '--yes', '--record=false')
  })
  after(() => stack?.stop())
  // A take whose wait was refused leaves its savepoint going on.
  beforeEach(() => Promise.all(jobs.map(name => untilIdle(stack, name))))

  async function printed(...words: readonly string[]): Promise<void> {
    const { code, stderr } = await stack.kubectl(['flinksp', ...words])
    assert.equal(code, 0, stderr)
  }

  for (const [number, example] of rightsCases.entries()) {
    it(titleOf(example), async () => {
      const { words, roles, lacks = [], code, stdout, stderr } = example
      const documented = roles.flatMap(role => rules[role] ?? [])
      const user = `user-${number}`
      await grant(stack.controlPlane, user, [lacks].flat().reduce(without, documented))
      const ended = await stack.kubectl(['flinksp', ...words.split(' ')], user)
      assert.equal(ended.code, code, ended.stderr)
      assert.match(ended.stdout, stdout)
      assert.match(ended.stderr, stderr)
    })
  }
})
