import { claimModeIn } from '../../domain/claim-mode.ts'
import { type Fields, fieldsAt, flagAt, integerAt, textAt } from '../../domain/fields.ts'
import type { Control, JobFacts, SavepointAttempt } from '../../domain/job.ts'
import { type Resource, refOf, shortName } from '../../domain/resource.ts'
import type { RestPlace } from '../../domain/rest.ts'
import { automaticSavepoints, misspelledFields } from './auto/automatic.ts'
import { operatorOfObject } from './detect.ts'
import { abilitiesOf, type OperatorName } from './operator.ts'

/** The annotation by which a FlinkCluster is commanded (both operators, api/v1beta1/flinkcluster_types.go ControlAnnotation). */
export const controlAnnotation = 'flinkclusters.flinkoperator.k8s.io/user-control'

/** Failed and Lost may come back under FromSavepointOnFailure (controllers/flinkcluster_util.go isJobStopped). */
const stoppedStates = new Set(['Succeeded', 'Failed', 'Cancelled', 'Lost', 'DeployFailed', 'Suspended'])

/** A FlinkCluster of any operator in operator-neutral words. `operator`: who serves it, where that is known from elsewhere. */
export function readFlinkCluster(resource: Resource, operator = operatorOfObject(resource)): JobFacts {
  const spec = fieldsAt(resource.spec, 'job')
  const status = fieldsAt(resource.status, 'components', 'job')
  const state = textAt(status, 'state') ?? ''
  const specGeneration = integerAt(spec, 'savepointGeneration') ?? 0
  const statusGeneration = integerAt(status, 'savepointGeneration') ?? 0
  const savepointLocation = textAt(status, 'savepointLocation')
  const fromSavepoint = textAt(spec, 'fromSavepoint')
  const statusFromSavepoint = textAt(status, 'fromSavepoint')
  return {
    job: { ...refOf(resource), uid: resource.metadata.uid },
    shown: shortName({ kind: resource.kind, name: resource.metadata.name }),
    state,
    running: state === 'Running',
    stopped: stoppedStates.has(state),
    session: !('job' in resource.spec),
    restartsAfterFailure: textAt(spec, 'restartPolicy') === 'FromSavepointOnFailure',
    ...present('automatic', automaticSavepoints(spec, status, operator)),
    ...present('maxStateAgeSeconds', integerAt(spec, 'maxStateAgeToRestoreSeconds')),
    misspelled: misspelledFields(spec),
    ...present('flinkJobId', textAt(status, 'id')),
    ...present('startTime', textAt(status, 'startTime')),
    ...present('directory', textAt(spec, 'savepointsDir')),
    specGeneration,
    statusGeneration,
    ...present('savepointLocation', savepointLocation),
    ...present('savepointTime', textAt(status, 'savepointTime') ?? textAt(status, 'lastSavepointTime')),
    ...present('savepointTriggerId', textAt(status, 'lastSavepointTriggerID')),
    ...present('specFromSavepoint', fromSavepoint),
    allowNonRestoredState: flagAt(spec, 'allowNonRestoredState') ?? false,
    ...present('statusFromSavepoint', statusFromSavepoint),
    ...present('attempt', attemptOf(fieldsAt(resource.status, 'savepoint'))),
    ...present('control', controlOf(fieldsAt(resource.status, 'control'))),
    ...present('command', listens(operator) ? resource.metadata.annotations[controlAnnotation] : undefined),
    ...present('pendingGeneration', specGeneration > statusGeneration ? specGeneration : undefined),
    ...present('restartPoint', restartPoint(operator, savepointLocation, statusFromSavepoint, fromSavepoint)),
    restartCount: integerAt(status, 'restartCount') ?? 0,
    ...present('claimMode', claimModeIn(fieldsAt(resource.spec, 'flinkProperties'))),
    ...present('currentRevision', revisionOf(resource.status, 'currentRevision')),
    ...present('nextRevision', revisionOf(resource.status, 'nextRevision')),
    ...present('submitterExitCode', integerAt(status, 'submitterExitCode')),
    rest: restPlace(resource),
  }
}

/**
 * GCP restarts only with a savepointLocation (controllers/flinkcluster_util.go shouldRestartJob); Spotify falls back on
 * what the job was started from (controllers/flinkcluster/flinkcluster_converter.go convertFromSavepoint).
 */
function restartPoint(
  operator: OperatorName | undefined,
  savepointLocation: string | undefined,
  started: string | undefined,
  declared: string | undefined,
): string | undefined {
  return operator === 'spotify' ? (savepointLocation ?? started ?? declared) : savepointLocation
}

/** GCP <= -2 lets the annotation stand there for ever: no command at all (seen on tag -2). */
function listens(operator: OperatorName | undefined): boolean {
  return operator === undefined || abilitiesOf(operator).annotation
}

/** Spotify nests what GCP (>= -6) has at the top of the status (api/v1beta1/flinkcluster_types.go). */
function revisionOf(status: Fields, which: 'currentRevision' | 'nextRevision'): string | undefined {
  return textAt(status, 'revision', which) ?? textAt(status, which)
}

function attemptOf(savepoint: Fields): SavepointAttempt | undefined {
  const state = textAt(savepoint, 'state')
  if (!state) return undefined
  const format = textAt(savepoint, 'formatType')
  return {
    state,
    ...present('triggerId', textAt(savepoint, 'triggerID')),
    ...present('reason', textAt(savepoint, 'triggerReason')),
    ...present('message', textAt(savepoint, 'message')),
    ...present('requestTime', textAt(savepoint, 'requestTime')),
    ...present('triggerTime', textAt(savepoint, 'triggerTime')),
    ...present('flinkJobId', textAt(savepoint, 'jobID')),
    ...(format === 'CANONICAL' || format === 'NATIVE' ? { format } : {}),
  }
}

function controlOf(control: Fields): Control | undefined {
  const name = textAt(control, 'name')
  if (!name) return undefined
  return {
    name,
    state: textAt(control, 'state') ?? '',
    ...present('updateTime', textAt(control, 'updateTime')),
    ...present('message', textAt(control, 'message')),
    ...present('triggerId', textAt(control, 'details', 'savepointTriggerID')),
  }
}

/** Service `<name>-jobmanager`, port `ui`; JobManager pods by three labels (controllers/flinkcluster_converter.go, both operators). */
function restPlace(resource: Resource): RestPlace {
  const { name, namespace } = resource.metadata
  const properties = fieldsAt(resource.spec, 'flinkProperties')
  return {
    namespace,
    service: `${name}-jobmanager`,
    port: 'ui',
    tls: properties['security.ssl.rest.enabled'] === 'true',
    podLabels: { cluster: name, app: 'flink', component: 'jobmanager' },
    podPort: integerAt(resource.spec, 'jobManager', 'ports', 'ui') ?? 8081,
  }
}

function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value })
}
