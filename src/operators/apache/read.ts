import { claimModeIn } from '../../domain/claim-mode.ts'
import { type Fields, fieldsAt, flagAt, integerAt, textAt } from '../../domain/fields.ts'
import type { JobFacts, SavepointAttempt } from '../../domain/job.ts'
import { sameLocation } from '../../domain/location.ts'
import { type Resource, refOf, shortName } from '../../domain/resource.ts'
import type { RestPlace } from '../../domain/rest.ts'
import { type Configuration, configurationOf, savepointDirectoryKeys, setting } from './configuration.ts'
import { operatorOfObject } from './detect.ts'
import type { ApacheFacts, Pair } from './facts.ts'
import { settingsBack } from './kept-settings.ts'
import { listedSavepoints } from './listed.ts'
import { hasSnapshots, type OperatorName } from './operator.ts'
import { periodicCheckpoints, periodicSavepoints } from './periodic.ts'
import { type Reconciled, reconciledOf } from './reconciled.ts'
import { type SavepointInfo, savepointInfoOf, timeAt } from './savepoint-info.ts'
import { statusError } from './status-error.ts'

/** Kept by `stop`: the upgradeMode from before, which is put back once the job runs again. */
export const upgradeModeAnnotation = 'flinksp/upgrade-mode'

/** A FlinkDeployment or FlinkSessionJob in operator-neutral words. `operator`: its release, where that is known from elsewhere. */
export function readJob(resource: Resource, operator = operatorOfObject(resource)): ApacheFacts {
  const { spec, status } = resource
  const reconciled = reconciledOf(status)
  const info = savepointInfoOf(fieldsAt(status, 'jobStatus'))
  const own = ownParts(resource, reconciled, info)
  const facts: ApacheFacts = {
    ...own,
    ...neutralParts(resource, own),
    ...present('automatic', periodicSavepoints(resource, info, operator)),
    ...present('automaticCheckpoints', periodicCheckpoints(resource)),
    ...present('attempt', attemptOf(info)),
    ...restart(own, operator),
    ...request(own),
    ...present('specFromSavepoint', declared(own)),
    allowNonRestoredState: flagAt(spec, 'job', 'allowNonRestoredState') ?? false,
  }
  return { ...facts, listed: listedSavepoints(facts, reconciled) }
}

type OwnParts = Omit<ApacheFacts, keyof JobFacts>

function ownParts(resource: Resource, reconciled: Reconciled, info: SavepointInfo): OwnParts {
  const { spec, status, metadata } = resource
  const job = fieldsAt(spec, 'job')
  const path = textAt(status, 'jobStatus', 'upgradeSavepointPath')
  const { generation } = reconciled
  const startedMs = Number(textAt(status, 'jobStatus', 'startTime') ?? 0)
  return {
    savepoints: info,
    nonce: pair(job, reconciled.job, integerAt, 'savepointTriggerNonce'),
    redeploy: pair(job, reconciled.job, integerAt, 'savepointRedeployNonce'),
    initialPath: pair(job, reconciled.job, textAt, 'initialSavepointPath'),
    wish: {
      wanted: textAt(job, 'state') ?? 'running',
      ...present('reconciled', textAt(reconciled.job, 'state')),
    },
    ...present('upgradePath', path === lastStateMark ? undefined : path),
    lifecycle: textAt(status, 'lifecycleState') ?? '',
    ...present('jobManager', textAt(status, 'jobManagerDeploymentStatus')),
    ...present('error', statusError(textAt(status, 'error'))),
    upgradeMode: textAt(job, 'upgradeMode') ?? 'stateless',
    lastState:
      textAt(status, 'lifecycleState') === 'SUSPENDED' &&
      textAt(reconciled.job, 'state') === 'suspended' &&
      textAt(reconciled.job, 'upgradeMode') === 'last-state',
    annotated: upgradeModeAnnotation in metadata.annotations,
    setByStop: settingsBack(resource).map(({ key }) => key),
    ...(generation !== undefined && { caughtUp: generation >= metadata.generation }),
    ...(Number.isSafeInteger(startedMs) && startedMs > 0 && { startedMs }),
  }
}

/** Stands in upgradeSavepointPath where the job goes on from its high-availability metadata: no path (AbstractJobReconciler.java). */
const lastStateMark = 'KUBERNETES_OPERATOR_LAST_STATE'

function pair<Value>(
  spec: Fields,
  reconciled: Fields,
  read: (from: Fields, field: string) => Value | undefined,
  field: string,
): Pair<Value> {
  return { ...present('wanted', read(spec, field)), ...present('reconciled', read(reconciled, field)) }
}

const ended = new Set(['FINISHED', 'CANCELED', 'FAILED', 'SUSPENDED'])

function neutralParts(resource: Resource, own: OwnParts) {
  const { spec, status, kind, metadata } = resource
  const configuration = configurationOf(spec)
  const state = textAt(status, 'jobStatus', 'state') ?? ''
  const suspended = own.lifecycle === 'SUSPENDED'
  return {
    job: { ...refOf(resource), uid: metadata.uid },
    shown: shortName({ kind, name: metadata.name }),
    state,
    running: state === 'RUNNING',
    // Between two deployments it says FINISHED too, and the wanted spec is not carried out yet (seen on 1.15.0).
    stopped:
      suspended || (ended.has(state) && own.caughtUp !== false && own.wish.reconciled === own.wish.wanted),
    session: kind === 'FlinkDeployment' && !('job' in spec),
    restartsAfterFailure: configuration['kubernetes.operator.job.restart.failed'] === 'true',
    misspelled: [],
    ...present('flinkJobId', textAt(status, 'jobStatus', 'jobId')),
    ...present('startTime', timeAt(own.startedMs)),
    ...present('directory', setting(configuration, ...savepointDirectoryKeys)),
    restartCount: 0,
    ...present('claimMode', claimModeIn(configuration)),
    rest: restPlace(resource, configuration),
  }
}

/** Once it was carried out a path is inert: only another savepointRedeployNonce makes it count again (seen on 1.15.0). */
function declared({ initialPath: { wanted, reconciled }, upgradePath }: OwnParts): string | undefined {
  const counts = reconciled === undefined || upgradePath === undefined || sameLocation(wanted, upgradePath)
  return counts ? wanted : undefined
}

/** A nonce that was not carried out yet is a request that waits, or is under way. */
function request({ nonce: { wanted, reconciled } }: OwnParts) {
  return {
    specGeneration: wanted ?? 0,
    statusGeneration: reconciled ?? 0,
    ...present('pendingGeneration', wanted === reconciled ? undefined : wanted),
  }
}

/** From 1.10 on only upgradeSavepointPath counts; before, the last savepoint, whoever asked for it (seen on 1.15.0 and 1.7.0). */
function restart(own: OwnParts, operator: OperatorName | undefined) {
  const { last } = own.savepoints
  const kept = last && { location: last.location, time: timeAt(last.at) }
  const known = own.upgradePath ?? (hasSnapshots(operator) ? undefined : kept?.location)
  const point = own.lastState ? undefined : known
  const from = own.upgradePath ?? (last?.trigger === undefined ? last?.location : undefined)
  // Of a job that is suspended it is what it was suspended with, unless a restore that was carried out declares it.
  const left =
    own.lifecycle === 'SUSPENDED' && !own.lastState && !sameLocation(from, own.initialPath.reconciled)
  const origin = left ? undefined : from
  return {
    ...present('savepointLocation', point),
    ...present('savepointTime', point !== undefined && point === kept?.location ? kept.time : undefined),
    ...present('restartPoint', point),
    ...present('statusFromSavepoint', origin),
  }
}

function attemptOf({ inFlight }: SavepointInfo): SavepointAttempt | undefined {
  if (!inFlight) return undefined
  const { id, at, trigger, format } = inFlight
  return {
    state: 'InProgress',
    triggerId: id,
    ...present('reason', trigger),
    ...present('triggerTime', timeAt(at)),
    ...present('format', format),
  }
}

/** Service `<name>-rest`, port `rest`; a session job is in the cluster of its deploymentName (flink-kubernetes ExternalServiceDecorator). */
function restPlace({ kind, metadata, spec }: Resource, configuration: Configuration): RestPlace {
  const name = kind === 'FlinkSessionJob' ? (textAt(spec, 'deploymentName') ?? '') : metadata.name
  const port = Number(configuration['rest.port'] ?? 8081)
  return {
    namespace: metadata.namespace,
    service: `${name}-rest`,
    port: 'rest',
    tls: configuration['security.ssl.rest.enabled'] === 'true',
    podLabels: { app: name, component: 'jobmanager' },
    podPort: Number.isInteger(port) && port > 0 && port < 65_536 ? port : 8081,
  }
}

function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value })
}
