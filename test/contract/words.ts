import { type Fields, fieldsAt } from '../../src/domain/fields.ts'
import type { DialectName } from '../sandbox/operators/dialect.ts'
import { isApache } from '../sandbox/operators/dialects.ts'
import { at } from './any-kind.ts'
import { annotationOf, controlAnnotation, jobState, valueAt } from './facts.ts'

/** The few words that differ from one kind of job to the next, where the product does the same. */
export interface Words {
  /** Of the spec, where a savepoint is asked for as what to start from. */
  readonly fromField: string
  /** Warned of once a job is restored or resumed from the n-th savepoint. */
  readonly sticky: (savepoint: number, name?: string) => readonly string[]
  /** What a dry run of a stop would change. */
  readonly stopChanges: readonly Fields[]
  /** A stop stands in the object. */
  readonly isStopAsked: (object: Fields) => boolean
  /** Its operator has carried it out. */
  readonly isStopped: (object: Fields) => boolean
  readonly stopJoined: string
  readonly stopTimedOut: string
  readonly stopTakenBack: string
  /** One try failed with this cause, and the operator repeats it. */
  readonly stopFailed: (cause: string) => string
  /** How the savepoint of a stop is known. */
  readonly stopSavepoint: Fields
  /** Automatic savepoints as a plan sets them, and as they stand in the object. */
  readonly everyChange: (seconds: number) => Fields
  readonly every: (object: Fields) => unknown
  readonly isRestartedOnFailure: (object: Fields) => boolean
  /** Why a change of the settings does not get through while savepoints fail, and what was changed by it. */
  readonly changeBlocked: (cause: string) => string
  readonly changed: string
  /** Another one for each start of the job. */
  readonly startOf: (object: Fields) => unknown
}

const interval = 'kubernetes.operator.periodic.savepoint.interval'

const configured = (object: Fields, key: string) => fieldsAt(object, 'spec', 'flinkConfiguration')[key]

const flinkCluster: Words = {
  fromField: 'spec.job.fromSavepoint',
  sticky: (savepoint, name = 'orders') => [
    `Warning: spec.job.fromSavepoint of flinkcluster/${name} stays set: every later change of its spec starts the job from ${at(savepoint)} again, until the field is changed or removed`,
  ],
  stopChanges: [{ path: `metadata.annotations['${controlAnnotation}']`, to: 'job-cancel' }],
  isStopAsked: object => annotationOf(object) === 'job-cancel',
  isStopped: object => jobState(object) === 'Cancelled',
  stopJoined: 'a job-cancel is under way already: waiting for that one',
  stopTimedOut: 'it may still stop',
  stopTakenBack: `kubectl annotate flinkcluster/orders -n NAMESPACE ${controlAnnotation}-`,
  stopFailed: cause =>
    `the savepoint of flinkcluster/orders failed: ${cause}; the operator tries again by itself`,
  stopSavepoint: { trigger: 'cancel', generation: 1 },
  everyChange: seconds => ({ path: 'spec.job.autoSavepointSeconds', to: seconds }),
  every: object => valueAt(object, 'spec.job.autoSavepointSeconds'),
  isRestartedOnFailure: object => valueAt(object, 'spec.job.restartPolicy') === 'FromSavepointOnFailure',
  changeBlocked: () =>
    'the operator insists on a savepoint first, and it fails: the restart waits for one that succeeds, and goes on by itself then',
  changed: 'changed: spec.job.savepointsDir is file:DIR/elsewhere',
  startOf: object => valueAt(object, 'status.components.job.id'),
}

const apache: Words = {
  fromField: 'spec.job.initialSavepointPath',
  sticky: () => [],
  stopChanges: [{ path: 'spec.job.state', from: 'running', to: 'suspended' }],
  isStopAsked: object => valueAt(object, 'spec.job.state') === 'suspended',
  isStopped: object => valueAt(object, 'status.lifecycleState') === 'SUSPENDED',
  stopJoined: 'the job is being suspended already: waiting for that',
  stopTimedOut: 'the operator goes on trying',
  stopTakenBack: `kubectl patch flinkcluster/orders -n NAMESPACE --type=merge -p '{"spec":{"job":{"state":"running"}}}'`,
  stopFailed: cause =>
    `flinkcluster/orders could not be suspended: ${cause}; the operator tries again by itself`,
  stopSavepoint: { trigger: 'update' },
  everyChange: seconds => ({ path: `spec.flinkConfiguration['${interval}']`, to: `${seconds} s` }),
  every: object => configured(object, interval),
  isRestartedOnFailure: object => configured(object, 'kubernetes.operator.job.restart.failed') === 'true',
  changeBlocked: cause =>
    `flinkcluster/orders could not be stopped for the change: ${cause}; the operator tries again by itself`,
  changed: 'changed: spec.flinkConfiguration',
  startOf: object => valueAt(object, 'status.jobStatus.startTime'),
}

export function wordsOf({ dialect }: { readonly dialect: DialectName }): Words {
  return isApache(dialect) ? apache : flinkCluster
}
