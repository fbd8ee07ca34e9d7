import { fieldsAt, integerAt, textAt } from '../../../src/domain/fields.ts'
import { controlAnnotation, type FlinkCluster, sameJson } from './cluster.ts'
import { forbidden, type Refusal } from './refusal.ts'

const annotation = `, annotation: ${controlAnnotation}`

export interface WebhookDialect {
  /** A control that another may not replace. */
  readonly busyControl: string
  readonly stoppedStates: readonly string[]
  /** job-cancel on a stopped job is refused with this code. */
  readonly cancelRefusedWith: number
}

/** status.components.job.state, '' where there is no job yet. */
export function jobState({ status }: FlinkCluster): string {
  return textAt(status, 'components', 'job', 'state') ?? ''
}

/** validate.go checkControlAnnotations, the same in both operators but for what WebhookDialect says. */
export function checkControl(
  dialect: WebhookDialect,
  old: FlinkCluster,
  next: FlinkCluster,
): Refusal | undefined {
  const { userControl } = next
  if (userControl === '') return undefined
  if (userControl !== old.userControl && textAt(old.status, 'control', 'state') === dialect.busyControl) {
    return forbidden(`change is not allowed for control in progress${annotation}`)
  }
  if (userControl !== 'savepoint' && userControl !== 'job-cancel') {
    return forbidden(
      `invalid value for annotation key: ${controlAnnotation}, value: ${userControl}, available values: savepoint, job-cancel`,
    )
  }
  if (next.job === undefined)
    return forbidden(`${userControl} is not allowed for session cluster${annotation}`)
  const state = jobState(next)
  const stopped = state === '' || dialect.stoppedStates.includes(state)
  if (userControl === 'savepoint') {
    if (!next.job.savepointsDir) {
      return forbidden(`savepoint is not allowed without spec.job.savepointsDir${annotation}`)
    }
    const message = `savepoint is not allowed because job is not started yet or already stopped${annotation}`
    return stopped ? forbidden(message) : undefined
  }
  const message = `job-cancel is not allowed because job is not started yet or already terminated${annotation}`
  return stopped ? { code: dialect.cancelRefusedWith, message } : undefined
}

export type Verdict = Refusal | 'accepted' | undefined

export function cancelIsTakenBack(old: FlinkCluster, next: FlinkCluster): boolean {
  return old.job?.cancelRequested === true && next.job?.cancelRequested !== true
}

/** validate.go checkCancelRequested: alone, or not at all, and never back. */
export function checkCancelRequested(old: FlinkCluster, next: FlinkCluster): Verdict {
  if (cancelIsTakenBack(old, next)) {
    return forbidden('updating cancelRequested from true to false is not allowed')
  }
  if ((old.job?.cancelRequested ?? false) === (next.job?.cancelRequested ?? false)) return undefined
  return onlyThisChanged('cancelRequested', old, next)
    ? 'accepted'
    : forbidden('you cannot update cancelRequested with others at the same time')
}

/** A savepointGeneration that changes may become status + 1 only. */
export function checkGeneration(old: FlinkCluster, next: FlinkCluster): Refusal | undefined {
  const is = next.job?.savepointGeneration ?? 0
  if (is === (old.job?.savepointGeneration ?? 0)) return undefined
  const allowed = (integerAt(old.status, 'components', 'job', 'savepointGeneration') ?? 0) + 1
  return is === allowed ? undefined : forbidden(`you can only update savepointGeneration to ${allowed}`)
}

/** validate.go checkSavepointGeneration: status + 1, and nothing else in the spec. */
export function checkSavepointGeneration(old: FlinkCluster, next: FlinkCluster): Verdict {
  if ((next.job?.savepointGeneration ?? 0) === (old.job?.savepointGeneration ?? 0)) return undefined
  const refused = checkGeneration(old, next)
  if (refused) return refused
  return onlyThisChanged('savepointGeneration', old, next)
    ? 'accepted'
    : forbidden('you cannot update savepointGeneration with others at the same time')
}

export function onlyThisChanged(field: string, old: FlinkCluster, next: FlinkCluster): boolean {
  const without = ({ spec }: FlinkCluster) => ({
    ...spec,
    job: { ...fieldsAt(spec, 'job'), [field]: undefined },
  })
  return sameJson(without(old), without(next))
}

/** validate.go validateJobUpdate, the part that both have. */
export function checkJobUpdate(old: FlinkCluster, next: FlinkCluster): Refusal | undefined {
  if ((old.job === undefined) !== (next.job === undefined)) {
    const [was, is] = [old, next].map(({ job }) => JSON.stringify(JSON.stringify(job?.body ?? null)))
    return forbidden(
      `you cannot change cluster type between session cluster and job cluster, old spec.job: ${was}, new spec.job: ${is}`,
    )
  }
  if (old.job === undefined) return undefined
  if (!old.job.savepointsDir) {
    return forbidden('updating job is not allowed when spec.job.savepointsDir was not provided')
  }
  return next.job?.savepointsDir ? undefined : forbidden('removing savepointsDir is not allowed')
}

/** validate.go validateJob, as far as updates and our examples meet it. */
export function checkCreate(next: FlinkCluster): Refusal | undefined {
  return next.job?.cancelRequested
    ? forbidden('property `cancelRequested` cannot be set to true for a new job')
    : undefined
}
