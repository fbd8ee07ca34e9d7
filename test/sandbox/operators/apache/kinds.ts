import type { ApacheDialectName } from './features.ts'

/** The kinds that stand for a job. */
export type JobKind = 'FlinkDeployment' | 'FlinkSessionJob'

export type ApacheKind = JobKind | 'FlinkStateSnapshot'

export const apacheVersion = 'flink.apache.org/v1beta1'

const plurals: Readonly<Record<ApacheKind, string>> = {
  FlinkDeployment: 'flinkdeployments',
  FlinkSessionJob: 'flinksessionjobs',
  FlinkStateSnapshot: 'flinkstatesnapshots',
}

/** Of all objects of a kind, or of those of one namespace. */
export function kindPath(kind: ApacheKind, namespace?: string): string {
  const within = namespace ? `namespaces/${namespace}/` : ''
  return `/apis/${apacheVersion}/${within}${plurals[kind]}`
}

export function finalizerOf(kind: ApacheKind): string {
  return `${plurals[kind]}.flink.apache.org/finalizer`
}

/** The kind of the jobs that a sandbox of this dialect is about. */
export function jobKindOf(dialect: ApacheDialectName): JobKind {
  return dialect === 'apache-1.15-session' ? 'FlinkSessionJob' : 'FlinkDeployment'
}
