/** Who owns the savepoint that a job was started from (flink-core RestoreMode, since 1.15). */
export type ClaimMode = 'NO_CLAIM' | 'CLAIM' | 'LEGACY'

/** As the configuration of a job says it (flink-core StateRecoveryOptions, and SavepointConfigOptions before 1.20); undefined: it does not. */
export function claimModeIn(configuration: Readonly<Record<string, unknown>>): ClaimMode | undefined {
  const said =
    configuration['execution.state-recovery.claim-mode'] ?? configuration['execution.savepoint-restore-mode']
  const mode = typeof said === 'string' ? said.trim().toUpperCase() : undefined
  return mode === 'NO_CLAIM' || mode === 'CLAIM' || mode === 'LEGACY' ? mode : undefined
}
