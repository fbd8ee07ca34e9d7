import type { Build } from '../job-operator.ts'

/**
 * The releases of apache/flink-kubernetes-operator that differ in savepoints, each named by the first of them: up to 1.7, 1.8
 * and 1.9, and from 1.10 on (seen on 1.7.0 and 1.15.0).
 */
export const operatorNames = ['apache-1.7', 'apache-1.8', 'apache-1.10'] as const

export type OperatorName = (typeof operatorNames)[number]

/** The build by its name; asked only with names out of `operatorNames`. */
export function operatorName(build: Build | undefined): OperatorName | undefined {
  const found = operatorNames.find(name => name === build)
  if (build !== undefined && !found) throw new Error(`${build} is no release of the Apache operator`)
  return found
}

/** spec.job.savepointRedeployNonce is known: below 1.8 the API server prunes it, and nothing happens (seen on 1.7.0). */
export function redeploys(operator: OperatorName | undefined): boolean {
  return operator !== 'apache-1.7'
}

/** Savepoints are objects of their own, and jobStatus.upgradeSavepointPath is the restart point (>= 1.10). */
export function hasSnapshots(operator: OperatorName | undefined): boolean {
  return operator === 'apache-1.10'
}
