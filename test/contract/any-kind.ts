import type { Fields } from '../../src/domain/fields.ts'
import { valueAt } from './facts.ts'
import type { Ended } from './program.ts'
import type { Rule } from './rights.ts'
import { printedOrders } from './screens.ts'
import type { Stage } from './stage.ts'
import { until } from './until.ts'

/** Where the n-th savepoint of the scenario is. */
export const at = (savepoint: number, name = 'orders') => `file:DIR/${name}/SAVEPOINT-${savepoint}`

/** How long a savepoint took is not known everywhere; nor does every operator leave the same warnings. */
export const withoutDuration = ({ exit, stdout }: Ended) => ({
  exit,
  stdout: stdout.replace(/ \(AGE\)$/gm, ''),
})

/** The same of a whole screen. */
export const untimed = (ended: Ended): Ended => ({ ...ended, ...withoutDuration(ended) })

/** A restore that had to delete the object names the file in which it kept it, and what it waited for. */
export const inPlace = (ended: Ended): Ended => ({
  ...untimed(ended),
  stderr: ended.stderr.replace(/^(manifest: |waiting until what its operator had made is gone).*\n/gm, ''),
})

/** What a take of it prints. */
export const taken = (savepoint: number, name?: string) => ({
  exit: 0,
  stdout: `${printedOrders} savepoint completed: ${at(savepoint, name)}\n`,
})

/** Up to 1.7 the Apache operator restores no job that exists. */
export const recreating = ({ dialect }: Pick<Stage, 'dialect'>) =>
  dialect === 'apache-1.7' ? ' --recreate' : ''

/** How far the job has counted that runs now. */
export function count({ flink }: Stage): number {
  const job = flink().jobs.find(({ state }) => state === 'RUNNING')
  return job ? (flink().count(job.id) ?? 0) : 0
}

/** Its operator says that its job has failed. */
export const isFailed = (object: Fields) =>
  valueAt(object, 'status.components.job.state') === 'Failed' ||
  valueAt(object, 'status.jobStatus.state') === 'FAILED'

/** Resolves once the object of that name is gone. */
export async function untilGone({ object }: Stage, name?: string): Promise<void> {
  await until(() =>
    object(name).then(
      () => false,
      () => true,
    ),
  )
}

/** The ConfigMap of what was done with `orders`. */
export async function recordPathOf({ object, namespace }: Stage): Promise<string> {
  const kind = String((await object())['kind']).toLowerCase()
  return `/api/v1/namespaces/${namespace}/configmaps/flinksp-${kind}-orders`
}

const verbs = ['get', 'list', 'watch', 'patch', 'create', 'update', 'delete']

/** All that can be done with jobs of any kind, and with what an operator keeps of their savepoints. */
export const anyJobs: readonly Rule[] = [
  { apiGroups: ['flinkoperator.k8s.io'], resources: ['flinkclusters'], verbs },
  {
    apiGroups: ['flink.apache.org'],
    resources: ['flinkdeployments', 'flinksessionjobs', 'flinkstatesnapshots'],
    verbs,
  },
]
