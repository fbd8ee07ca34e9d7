import { type SandboxEnvironment, sandboxEnvironment } from '../contract/sandbox-environment.ts'
import type { DialectName } from '../sandbox/operators/operator.ts'
import { declare } from './declare.ts'
import { families } from './families/index.ts'
import type { Place } from './scene.ts'
import { faultTable } from './table.ts'

const dialects: readonly DialectName[] = ['spotify', 'gcp-9', 'apache-1.15', 'apache-1.7']

describe('Faults on the sandbox', () => {
  const environments = new Map<DialectName, SandboxEnvironment>()

  before(async () => {
    for (const dialect of dialects) environments.set(dialect, await sandboxEnvironment(dialect))
  })
  declare(families, 'sandbox', dialects, dialect => placeOn(environments.get(dialect)))
  after(async () => {
    for (const environment of environments.values()) await environment.close()
    console.log(`\n${faultTable()}`)
  })
})

function placeOn(environment: SandboxEnvironment | undefined): Place {
  if (environment === undefined) throw new Error('no such environment')
  const { refuseConnections: down, forgetHistory, dropWatches } = environment.faults
  const forget = () => {
    forgetHistory()
    dropWatches()
  }
  return { ground: 'sandbox', environment, faults: { down, forget } }
}
