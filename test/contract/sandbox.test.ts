import type { DialectName } from '../sandbox/operators/operator.ts'
import { type SandboxEnvironment, sandboxEnvironment } from './sandbox-environment.ts'
import { declare } from './scenario.ts'
import { scenarios } from './scenarios.ts'

for (const dialect of ['gcp-9', 'spotify', 'gcp-2', 'gcp-v1alpha1'] satisfies DialectName[]) {
  describe(`The contract on the sandbox, with the ${dialect} operator`, () => {
    let environment: SandboxEnvironment

    before(async () => {
      environment = await sandboxEnvironment(dialect)
    })
    declare(scenarios, dialect, () => environment)
    after(() => environment.close())
  })
}
