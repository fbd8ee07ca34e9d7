import { type Failure, failure, untilIdle } from '../../../domain/failure.ts'
import { flagAt } from '../../../domain/fields.ts'
import { shellWord } from '../../../domain/shell.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { abilitiesOf, operatorName } from '../operator.ts'
import { isBusy } from '../take/choose-take.ts'
import { autoChanges, restarts } from './changes.ts'

/** Why the settings of this job cannot be changed now, and what to do. Where nothing would be changed, nothing is refused. */
export function autoRefusal(wish: AutomaticWish): Failure | undefined {
  return unknownField(wish) ?? unchangeable(wish) ?? missingAge(wish) ?? notRunning(wish) ?? occupied(wish)
}

function unknownField(wish: AutomaticWish): Failure | undefined {
  if (wish.checkpointsEverySeconds !== undefined)
    return cannot(
      wish,
      'its operator takes no checkpoints by itself: Flink does',
      'set execution.checkpointing.interval in spec.flinkProperties',
    )
  if (wish.maxStateAgeSeconds === undefined || wish.build === undefined || wish.build === 'spotify')
    return undefined
  return cannot(
    wish,
    `its operator (${wish.build}) knows no maxStateAgeToRestoreSeconds: that is Spotify's`,
    'leave --max-state-age out',
  )
}

/** The webhooks (controllers/…/flinkcluster_validate.go): "the cluster properties are immutable", "updating job is not allowed when spec.job.savepointsDir was not provided". */
function unchangeable(wish: AutomaticWish): Failure | undefined {
  const { facts, resource } = wish
  const operator = operatorName(wish.build)
  if (facts.session) return cannot(wish, 'it is a session cluster, whose jobs the operator does not know')
  if (operator !== undefined && !abilitiesOf(operator).restoresInPlace)
    return cannot(
      wish,
      `its operator (${operator}) refuses every change of the spec: it has to be deleted and created again`,
      ...recreation(wish),
    )
  if (flagAt(resource.spec, 'job', 'cancelRequested') === true)
    return cannot(
      wish,
      'spec.job.cancelRequested is true, after which no change of the object is let through',
      ...recreation(wish),
    )
  if (facts.directory === undefined)
    return cannot(
      wish,
      'spec.job.savepointsDir is not set, and the operator lets no change through without it, not even one that sets it',
      ...recreation(wish),
    )
  return undefined
}

/** Spotify's webhook wants the one with the other (apis/flinkcluster/v1beta1/flinkcluster_validate.go). */
function missingAge(wish: AutomaticWish): Failure | undefined {
  const { build, onFailure, facts, maxStateAgeSeconds } = wish
  const has = maxStateAgeSeconds ?? facts.maxStateAgeSeconds
  if (build !== 'spotify' || onFailure !== 'restore' || facts.restartsAfterFailure || has !== undefined)
    return undefined
  return cannot(
    wish,
    'its operator takes the policy FromSavepointOnFailure only together with maxStateAgeToRestoreSeconds',
    'say how old a savepoint may be: --max-state-age 24h',
  )
}

/** A change of the spec, or a policy that restarts, would start a job that is stopped. */
function notRunning(wish: AutomaticWish): Failure | undefined {
  const { facts, onFailure } = wish
  const starts = restarts(wish) || (onFailure === 'restore' && !facts.restartsAfterFailure && facts.stopped)
  if (!starts || facts.running) return undefined
  const reason = `its job is not running (${facts.state || 'no state yet'}): the change would start it`
  if (!facts.stopped) return cannot(wish, reason, 'wait until it runs, and then change it')
  return cannot(
    wish,
    reason,
    `start it first: kubectl flinksp restore ${facts.shown} latest -n ${facts.job.namespace}`,
  )
}

function occupied(wish: AutomaticWish): Failure | undefined {
  const { facts } = wish
  if (!restarts(wish)) return undefined
  if (facts.nextRevision !== facts.currentRevision)
    return cannot(
      wish,
      `an update is under way already (${facts.currentRevision ?? 'no revision'} to ${facts.nextRevision ?? 'none'})`,
      'wait until it is through, and look: kubectl flinksp status',
    )
  return isBusy(facts)
    ? untilIdle(cannot(wish, 'a savepoint is in flight, which the restart would lose'))
    : undefined
}

function cannot({ facts }: AutomaticWish, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot change the automatic savepoints of ${facts.shown}: ${reason}`, ...hints)
}

/**
 * The commands that do it where the object cannot be changed; savepointGeneration, if kept, takes an unasked savepoint (seen
 * on GCP tag -2). Without savepointsDir no operator takes a savepoint, neither the first one here nor by itself later.
 */
function recreation(wish: AutomaticWish): string[] {
  const { facts, directory } = wish
  if (facts.directory === undefined && directory === undefined)
    return [
      'it can be done with a new object, which needs a directory for its savepoints: say which with --directory DIR, and the commands are named here',
    ]
  const { shown, job } = facts
  const file = `${job.name}.yaml`
  const into =
    facts.directory === undefined && directory !== undefined
      ? ` --target-directory ${shellWord(directory)}`
      : ''
  const values = autoChanges({ ...wish, taken: 'LOCATION' })
    .filter(({ path }) => !path.endsWith('.fromSavepoint'))
    .map(({ path, to }) => (to === undefined ? `remove ${path}` : `set ${path}: ${to}`))
  return [
    'with a new object it can be done:',
    `  kubectl flinksp take ${shown} -n ${job.namespace}${into}`,
    `  kubectl get ${shown} -n ${job.namespace} -o yaml > ${file}`,
    `  in ${file}: remove status, metadata.uid, metadata.resourceVersion, spec.job.savepointGeneration and spec.job.cancelRequested,`,
    `  set spec.job.fromSavepoint to the location of that savepoint, and ${values.join(', ')}`,
    `  kubectl delete ${shown} -n ${job.namespace} --wait`,
    `  kubectl create -f ${file}`,
  ]
}
