import type { DialectName } from '../sandbox/operators/operator.ts'
import { type SandboxEnvironment, sandboxEnvironment } from './sandbox-environment.ts'
import { declare, everyKind } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { table } from './table.ts'

const dialects = [...everyKind, 'gcp-2', 'gcp-v1alpha1'] satisfies DialectName[]

after(() => console.log(`\n${table(scenarios)}`))

for (const dialect of dialects) {
  describe(`The contract on the sandbox, with the ${dialect} operator`, () => {
    let environment: SandboxEnvironment

    before(async () => {
      environment = await sandboxEnvironment(dialect)
    })
    declare(scenarios, dialect, () => environment)
    after(() => environment.close())
  })
}
