import type { Scenario } from './scenario.ts'
import { takeWays } from './scenarios/take-ways.ts'

/** The contract: what holds on every API server. */
export const scenarios: readonly Scenario[] = [...takeWays]
