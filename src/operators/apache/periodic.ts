import type { AutomaticSavepoints } from '../../domain/job.ts'
import type { Resource } from '../../domain/resource.ts'
import { utc } from '../../domain/time.ts'
import { type Configuration, configurationOf, flinkDuration, setting } from './configuration.ts'
import { hasSnapshots, type OperatorName } from './operator.ts'
import { type SavepointInfo, timeAt } from './savepoint-info.ts'

export const periodicKey = 'kubernetes.operator.periodic.savepoint.interval'
export const periodicCheckpointKey = 'kubernetes.operator.periodic.checkpoint.interval'

/** The interval, or the schedule that stands in its place (Quartz, since 1.7). */
export function periodicSetting(
  configuration: Configuration,
  key = periodicKey,
): { everySeconds: number } | { schedule: string } | undefined {
  const text = setting(configuration, key)
  if (text === undefined) return undefined
  const ms = flinkDuration(text)
  if (ms === undefined) return { schedule: text }
  return ms > 0 ? { everySeconds: ms / 1_000 } : undefined
}

/**
 * The savepoints that the operator takes by itself. It counts from the last one or from the creation of the object, and
 * keeps that time in memory alone from 1.10 on (SnapshotTriggerTimestampStore.java): then the next one cannot be told.
 */
export function periodicSavepoints(
  { spec, status, metadata }: Resource,
  info: SavepointInfo,
  operator: OperatorName | undefined,
): AutomaticSavepoints | undefined {
  const periodic = periodicSetting(configurationOf(spec))
  if (!periodic || !('everySeconds' in periodic)) return undefined
  const { everySeconds } = periodic
  const jobStatus = status['jobStatus'] as { state?: unknown } | undefined
  if (jobStatus?.state !== 'RUNNING' || (hasSnapshots(operator) && info.lastPeriodic === undefined))
    return { everySeconds }
  const created = utc(metadata.creationTimestamp)
  const since = Math.max(info.lastPeriodic ?? 0, created === undefined ? 0 : Date.parse(created))
  const nextAt = since === 0 ? undefined : timeAt(since + everySeconds * 1_000)
  return { everySeconds, ...(nextAt !== undefined && { nextAt }) }
}
