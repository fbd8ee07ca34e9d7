import assert from 'node:assert/strict'
import { after, before, describe, it } from 'mocha'
import { contractUsers } from '../contract/environment.ts'
import { declare } from '../contract/scenario.ts'
import { scenarios } from '../contract/scenarios.ts'
import { isApache } from '../sandbox/operators/dialects.ts'
import { noSchemas, writesAccepted } from './apache/schemas.ts'
import { type RealEnvironment, realEnvironment } from './environment.ts'
import { notRun } from './not-run.ts'
import type { DialectName } from './server.ts'

const dialects: readonly DialectName[] = [
  'gcp-9',
  'spotify',
  'gcp-2',
  'gcp-v1alpha1',
  'apache-1.7',
  'apache-1.15',
  'apache-1.15-session',
]

for (const dialect of dialects) {
  describe(`the contract on a real control plane, with the ${dialect} operator`, function () {
    // Five scenarios at once, their operators two hundred times as fast as real ones, share two cores with an API server: one
    // whose step comes too late is played again, and the last lines say so. On the sandbox none is.
    this.retries(1)
    let environment: RealEnvironment

    before(async function () {
      environment = await realEnvironment(dialect)
      // Most scenarios read Flink's answers, and history reads them by the service proxy alone.
      if (environment.noProxy !== undefined) notRun(this, environment.noProxy)
    })
    declare(scenarios, dialect, () => environment)

    if (isApache(dialect)) {
      const release = dialect === 'apache-1.7' ? '1.7.0' : '1.15.0'
      it(`every write was one that the schemas of ${release} accept, strictly`, async function () {
        if (noSchemas !== undefined) return notRun(this, noSchemas)
        const users = ['admin', ...contractUsers.map(({ name }) => name)]
        assert.ok((await writesAccepted(environment.controlPlane, release, users)) > 10)
      })
    }
    after(() => environment?.stop())
  })
}
