import { after, before, describe } from 'mocha'
import { declare } from '../contract/scenario.ts'
import { scenarios } from '../contract/scenarios.ts'
import { type RealEnvironment, realEnvironment } from './environment.ts'
import { notRun } from './not-run.ts'
import type { DialectName } from './server.ts'

for (const dialect of ['gcp-9', 'spotify', 'gcp-2', 'gcp-v1alpha1'] satisfies DialectName[]) {
  describe(`the contract on a real control plane, with the ${dialect} operator`, () => {
    let environment: RealEnvironment

    before(async function () {
      environment = await realEnvironment(dialect)
      // Most scenarios read Flink's answers, and history reads them by the service proxy alone.
      if (environment.noProxy !== undefined) notRun(this, environment.noProxy)
    })
    declare(scenarios, dialect, () => environment)
    after(() => environment?.stop())
  })
}
