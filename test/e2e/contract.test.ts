import { after, before, describe } from 'mocha'
import type { Environment } from '../contract/environment.ts'
import { declare } from '../contract/scenario.ts'
import { scenarios } from '../contract/scenarios.ts'
import { realEnvironment } from './environment.ts'
import type { Stoppable } from './parts.ts'
import type { DialectName } from './server.ts'

for (const dialect of ['gcp-9', 'spotify'] satisfies DialectName[]) {
  describe(`the contract on a real control plane, with the ${dialect} operator`, () => {
    let environment: Environment & Stoppable

    before(async () => {
      environment = await realEnvironment(dialect)
    })
    declare(scenarios, dialect, () => environment)
    after(() => environment?.stop())
  })
}
