import type { Scenario } from './scenario.ts'
import { takeFailures } from './scenarios/take-failures.ts'
import { takeRefusals } from './scenarios/take-refusals.ts'
import { takeWaits } from './scenarios/take-waits.ts'
import { takeWays } from './scenarios/take-ways.ts'

/** The contract: what holds on every API server. */
export const scenarios: readonly Scenario[] = [...takeWays, ...takeRefusals, ...takeFailures, ...takeWaits]
