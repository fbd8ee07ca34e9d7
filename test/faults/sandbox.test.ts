import { type SandboxEnvironment, sandboxEnvironment } from '../contract/sandbox-environment.ts'
import type { DialectName } from '../sandbox/operators/operator.ts'
import { declare } from './declare.ts'
import { families } from './families/index.ts'
import { everyWay } from './fault.ts'
import type { Place } from './scene.ts'
import { faultTable } from './table.ts'

describe('Faults on the sandbox', () => {
  const shared = new Map<DialectName, Promise<SandboxEnvironment>>()
  const opened: Promise<SandboxEnvironment>[] = []

  function open(dialect: DialectName): Promise<SandboxEnvironment> {
    const environment = sandboxEnvironment(dialect)
    opened.push(environment)
    return environment
  }

  declare(families, 'sandbox', everyWay, async (dialect, { alone }) => {
    if (alone) return placeOn(await open(dialect))
    const environment = shared.get(dialect) ?? open(dialect)
    shared.set(dialect, environment)
    return placeOn(await environment)
  })
  after(async () => {
    for (const environment of opened) await (await environment).close()
    console.log(`\n${faultTable()}`)
  })
})

function placeOn(environment: SandboxEnvironment): Place {
  const { refuseConnections: down, forgetHistory, dropWatches } = environment.faults
  const forget = () => {
    forgetHistory()
    dropWatches()
  }
  return { ground: 'sandbox', environment, faults: { down, forget } }
}
