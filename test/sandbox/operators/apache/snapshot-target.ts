import { type Fields, fieldsAt, textAt } from '../../../../src/domain/fields.ts'
import { isApiError } from '../../kubernetes/api.ts'
import type { FlinkClient } from '../flink-client.ts'
import { lookAt } from './flink-cluster.ts'
import { type JobKind, kindPath } from './kinds.ts'
import type { ApacheOperator } from './operator-context.ts'
import { readApacheJob, savepointDirectory } from './resource.ts'
import type { Snapshot } from './snapshot.ts'

/** The job that a snapshot is of. */
export interface Target {
  readonly namespace: string
  readonly cluster: string
  readonly jobId: string
  readonly running: boolean
  readonly directory: string | undefined
}

/** undefined: there is no such job. */
export async function targetOf(
  operator: ApacheOperator,
  { spec, namespace }: Snapshot,
): Promise<Target | undefined> {
  const { kind, name } = fieldsAt(spec, 'jobReference')
  if (kind !== 'FlinkDeployment' && kind !== 'FlinkSessionJob') return undefined
  const body = await found(operator, kind, namespace, String(name))
  if (body === undefined) return undefined
  const job = readApacheJob(kind, body)
  // Up to 1.15 only the session cluster's own directory counts for a session job (FLINK-39814).
  const cluster =
    kind === 'FlinkSessionJob' ? await found(operator, 'FlinkDeployment', namespace, job.cluster) : undefined
  return {
    namespace,
    cluster: job.cluster,
    jobId: job.status?.jobStatus.jobId ?? '',
    running: textAt(body, 'status', 'jobStatus', 'state') === 'RUNNING',
    directory: savepointDirectory(cluster ? readApacheJob('FlinkDeployment', cluster) : job),
  }
}

async function found(
  { api }: ApacheOperator,
  kind: JobKind,
  namespace: string,
  name: string,
): Promise<Fields | undefined> {
  try {
    return await api.get(`${kindPath(kind, namespace)}/${name}`)
  } catch (error) {
    if (isApiError(error, 404)) return undefined
    throw error
  }
}

export async function flinkOf(operator: ApacheOperator, target: Target): Promise<FlinkClient | undefined> {
  return (await lookAt(operator, target)).flink
}
