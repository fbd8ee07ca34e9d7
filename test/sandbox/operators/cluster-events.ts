import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import { sameJson } from './cluster.ts'

export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** What the operators call the parts of status.components in their Events (seen on v1alpha1, tag -9 and Spotify v0.6). */
const componentNames = {
  jobManagerStatefulSet: 'JobManager StatefulSet',
  jobManagerDeployment: 'JobManager deployment',
  jobManager: 'JobManager StatefulSet',
  configMap: 'ConfigMap',
  jobManagerService: 'JobManager service',
  taskManagerStatefulSet: 'TaskManager StatefulSet',
  taskManagerDeployment: 'TaskManager deployment',
  taskManager: 'TaskManager',
  job: 'Job',
}

/** The Events of one status write (controllers/flinkcluster_updater.go createStatusChangeEvents, util.go getSavepointEvent, getControlEvent). */
export function eventsOf(before: Fields, after: Fields): ClusterEvent[] {
  const savepoint = fieldsAt(after, 'savepoint')
  const control = fieldsAt(after, 'control')
  return [
    ...Object.entries(componentNames).flatMap(([component, name]) =>
      stateEvent(
        name,
        textAt(before, 'components', component, 'state'),
        textAt(after, 'components', component, 'state'),
      ),
    ),
    ...stateEvent('Cluster', textAt(before, 'state'), textAt(after, 'state')),
    ...(sameJson(fieldsAt(before, 'savepoint'), savepoint) ? [] : savepointEvent(savepoint)),
    ...(sameJson(fieldsAt(before, 'control'), control) ? [] : controlEvent(control)),
  ]
}

function stateEvent(what: string, before: string | undefined, after: string | undefined): ClusterEvent[] {
  if (!after || before === after) return []
  const message = before ? `${what} status changed: ${before} -> ${after}` : `${what} status: ${after}`
  return [{ type: 'Normal', reason: 'StatusUpdate', message }]
}

function savepointEvent(savepoint: Fields): ClusterEvent[] {
  const message = textAt(savepoint, 'message') ?? ''
  const short = message.length > 100 ? `${message.slice(0, 100)}...` : message
  const reason = (textAt(savepoint, 'triggerReason') ?? '').replace(/^(job cancel|update)$/, 'for $1')
  switch (savepoint['state']) {
    case 'InProgress': {
      const text = `Triggered savepoint ${reason}: triggerID ${textAt(savepoint, 'triggerID')}.`
      return [{ type: 'Normal', reason: 'SavepointTriggered', message: text }]
    }
    case 'Succeeded':
      return [{ type: 'Normal', reason: 'SavepointCreated', message: 'Successfully savepoint created' }]
    case 'Failed':
      return [{ type: 'Warning', reason: 'SavepointFailed', message: `Savepoint creation failed: ${short}` }]
    case 'TriggerFailed':
      return [
        {
          type: 'Warning',
          reason: 'SavepointFailed',
          message: `Failed to trigger savepoint ${reason}: ${short}`,
        },
      ]
    default:
      return []
  }
}

function controlEvent(control: Fields): ClusterEvent[] {
  const name = textAt(control, 'name') ?? ''
  const message = textAt(control, 'message')
  switch (control['state']) {
    case 'Requested':
    case 'Progressing':
      return [{ type: 'Normal', reason: 'ControlRequested', message: `Requested new user control ${name}` }]
    case 'InProgress':
      return [{ type: 'Normal', reason: 'ControlInProgress', message: `In progress user control ${name}` }]
    case 'Succeeded':
      // "Succesfully" is theirs.
      return [
        { type: 'Normal', reason: 'ControlSucceeded', message: `Succesfully completed user control ${name}` },
      ]
    case 'Failed': {
      const text = `User control ${name} failed${message ? `: ${message}` : ''}`
      return [{ type: 'Warning', reason: 'ControlFailed', message: text }]
    }
    default:
      return []
  }
}
