import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'mocha'
import { runExamples } from './apache/examples.ts'
import { runJob, untilIdle } from './flink-clusters.ts'
import { podLogs } from './kubelet/pod-logs.ts'
import type { Stoppable } from './parts.ts'
import { documentedRules, grant, type Rule, without } from './rights.ts'
import { type RightsCase, rightsCases, rightsJobs } from './rights-cases.ts'
import { apacheRightsCases } from './rights-cases-apache.ts'
import type { DialectName } from './server.ts'
import { type Stack, startStubStack } from './stack.ts'

const titleOf = ({ words, lacks }: RightsCase) =>
  lacks === undefined
    ? `${words} with exactly the documented rights`
    : `${words} without ${[lacks].flat().join(', ')}`

interface Suite {
  readonly dialect: DialectName
  readonly cases: readonly RightsCase[]
  /** Makes the jobs, with what the cases find there. */
  prepare(stack: Stack): Promise<void>
  /** Before each case. */
  settle(stack: Stack): Promise<unknown>
}

const suites: readonly Suite[] = [
  {
    dialect: 'spotify',
    cases: rightsCases,
    async prepare(stack) {
      const start = (name: string) =>
        runJob(stack, {
          name,
          jarFile: './job.jar',
          className: 'Job',
          args: [],
          savepointsDir: `file://${join(stack.directory, name)}`,
        })
      await Promise.all(rightsJobs.map(start))
      await printed(stack, 'take', 'orders', 'payments', '--yes')
      await printed(stack, 'take', 'payments', 'refunds', '--yes', '--record=false')
      await operatorPod(stack, { app: 'flink-operator', 'control-plane': 'controller-manager' })
    },
    // A take whose wait was refused leaves its savepoint going on.
    settle: stack => Promise.all(rightsJobs.map(name => untilIdle(stack, name))),
  },
  {
    dialect: 'apache-1.15',
    cases: apacheRightsCases,
    async prepare(stack) {
      await runExamples(stack, 'apache-1.15', ['orders', 'payments'])
      await runExamples(stack, 'apache-1.15-session', ['refunds'])
      await printed(stack, 'take', 'orders', 'payments', 'refunds', '--yes')
      await operatorPod(stack, { 'app.kubernetes.io/name': 'flink-kubernetes-operator' })
    },
    settle: () => Promise.resolve(),
  },
]

/** Where a bundle looks for it, with a log that can be read. */
async function operatorPod({ controlPlane, directory }: Stack, labels: Readonly<Record<string, string>>) {
  const metadata = { name: 'operator-1', namespace: 'default', labels }
  const containers = [{ name: 'main', image: 'example.com/operator:1' }]
  await controlPlane.api.ask('POST', '/api/v1/namespaces/default/pods', { metadata, spec: { containers } })
  await podLogs(controlPlane, directory)(metadata, ['INFO default/orders'])
}

async function printed(stack: Stack, ...words: readonly string[]): Promise<void> {
  const { code, stderr } = await stack.kubectl(['flinksp', ...words])
  assert.equal(code, 0, stderr)
}

for (const { dialect, cases, prepare, settle } of suites) {
  describe(`rights on a real API server with the ${dialect} operator, as docs/rbac.yaml gives them`, () => {
    let stack: Stack & Stoppable
    let rules: Readonly<Record<string, readonly Rule[]>>

    before(async () => {
      rules = await documentedRules()
      stack = await startStubStack({ dialect, users: cases.map((_, number) => ({ name: `user-${number}` })) })
      await prepare(stack)
    })
    after(() => stack?.stop())
    beforeEach(() => settle(stack))

    for (const [number, example] of cases.entries()) {
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
}
