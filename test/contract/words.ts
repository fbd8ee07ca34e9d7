import { type Fields, fieldsAt } from '../../src/domain/fields.ts'
import { without } from '../../src/domain/manifest.ts'
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
  /** What a restore in place from there changes: as a plan has it, and in the words of one that did not end well. */
  readonly restoreChanges: (location: string) => readonly Fields[]
  readonly restoreChanged: (location: string) => string
  readonly createdFrom: (location: string) => string
  /** spec.job of an object that is created again with the savepoint in it. */
  readonly recreated: (job: Fields, location: unknown) => Fields
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
  restoreChanges: location => [
    { path: 'spec.job.fromSavepoint', to: location },
    { path: 'spec.job.allowNonRestoredState', from: false, to: false },
  ],
  restoreChanged: location => `changed: spec.job.fromSavepoint is ${location}, allowNonRestoredState false`,
  createdFrom: location =>
    `created: flinkcluster/orders, whose spec.job.fromSavepoint is ${location}, allowNonRestoredState false`,
  recreated: (job, location) => ({
    ...without(job, 'savepointGeneration'),
    fromSavepoint: location,
    allowNonRestoredState: false,
  }),
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
  restoreChanges: location => [
    { path: 'spec.job.initialSavepointPath', to: location },
    { path: 'spec.job.savepointRedeployNonce', to: 1 },
    { path: 'spec.job.allowNonRestoredState', from: false, to: false },
  ],
  restoreChanged: location =>
    `changed: spec.job.initialSavepointPath is ${location}, savepointRedeployNonce 1, allowNonRestoredState false, state running`,
  createdFrom: location => `created: flinkcluster/orders, whose spec.job.initialSavepointPath is ${location}`,
  recreated: (job, location) => ({
    ...without(job, 'savepointTriggerNonce'),
    initialSavepointPath: location,
    allowNonRestoredState: false,
  }),
  startOf: object => valueAt(object, 'status.jobStatus.startTime'),
}

export function wordsOf({ dialect }: { readonly dialect: DialectName }): Words {
  return isApache(dialect) ? apache : flinkCluster
}
