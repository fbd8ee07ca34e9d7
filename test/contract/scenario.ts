import type { DialectName } from '../sandbox/operators/operator.ts'
import type { Environment } from './environment.ts'
import { type Operating, openStage, type Stage } from './stage.ts'
import { note } from './table.ts'

/** A sentence about the product, and what shows that it holds. */
export interface Scenario {
  readonly title: string
  /** Both of today's operators of FlinkCluster, unless it says otherwise. */
  readonly on?: DialectName | readonly DialectName[]
  /** Why it is not played on every kind of job: what it speaks of others do not have. */
  readonly because?: string
  readonly operating?: Operating
  /** Begun before the others, because it waits long. */
  readonly slow?: boolean
  readonly play: (stage: Stage) => Promise<void>
}

/** Every kind of job, with the operators of today: where a scenario speaks of nothing that one of them has alone. */
export const everyKind: readonly DialectName[] = [
  'gcp-9',
  'spotify',
  'apache-1.15',
  'apache-1.15-session',
  'apache-1.7',
]

/** Those whose operator starts a job that exists from another savepoint. */
export const restoringInPlace = everyKind.filter(dialect => dialect !== 'apache-1.7')

/** Scenarios that hold on every operator are not played on those that few people still run. */
const today: readonly DialectName[] = ['gcp-9', 'spotify']

export function isPlayedOn({ on = today }: Scenario, dialect: DialectName): boolean {
  return [on].flat().includes(dialect)
}

/** How many scenarios are begun before their turn: nearly all of their time is waiting. */
const ahead = 4

/**
 * Declares a test for each scenario. Each has a namespace and an operator of its own, so that they do not meet. A test that
 * mocha tries again is played again from the start.
 */
export function declare(
  scenarios: readonly Scenario[],
  dialect: DialectName,
  environment: () => Environment,
): void {
  const ours = scenarios.filter(scenario => isPlayedOn(scenario, dialect))
  const begun = new Map<Scenario, Promise<void>>()
  const begin = (scenario: Scenario | undefined): Promise<void> => {
    if (scenario === undefined) return Promise.resolve()
    const playing = begun.get(scenario) ?? playOn(environment(), scenario)
    // Whoever awaits its turn hears of its failure.
    playing.catch(() => undefined)
    begun.set(scenario, playing)
    return playing
  }
  for (const [number, scenario] of ours.entries()) {
    it(scenario.title, async () => {
      note(dialect, scenario.title, 'FAILED')
      for (const one of ours.slice(number + 1).filter(({ slow }) => slow)) void begin(one)
      for (const next of ours.slice(number + 1, number + 1 + ahead)) void begin(next)
      await begin(scenario).finally(() => begun.delete(scenario))
      note(dialect, scenario.title, 'holds')
    })
  }
  after(() => Promise.allSettled(begun.values()))
}

async function playOn(environment: Environment, { operating, play }: Scenario): Promise<void> {
  const stage = await openStage(environment, operating)
  try {
    await play(stage)
  } finally {
    await stage.close()
  }
}
