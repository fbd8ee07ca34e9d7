import type { Inquiries, TakeWay, TakeWish } from '../../job-operator.ts'
import { busy, refused } from '../endings.ts'
import type { ApacheFacts } from '../facts.ts'
import { hasSnapshots, type OperatorName } from '../operator.ts'

/** The kind of the objects by which savepoints are asked for since 1.10. */
export const snapshotKind = 'FlinkStateSnapshot'

/** The way a take goes: by a FlinkStateSnapshot where there are any, else by savepointTriggerNonce. */
export async function chooseTake(
  facts: ApacheFacts,
  operator: OperatorName | undefined,
  wish: TakeWish,
  inquiries: Inquiries,
): Promise<TakeWay> {
  const { via } = wish
  if (via === 'rest' || (via === 'auto' && (facts.session || wish.flinkJob === true))) return { way: 'rest' }
  const reason = cannotWork(facts, wish)
  if (reason) return reason
  const snapshots = await servesSnapshots(facts, operator, inquiries)
  if (via === 'snapshot' && !snapshots)
    return no(
      facts,
      'this cluster has no FlinkStateSnapshots (operator >= 1.10)',
      'ask by nonce: --via nonce',
    )
  if (via === 'auto' && isUnplaced(facts)) return { way: 'rest' }
  if (via === 'auto' && !snapshots && wish.forFlink) return { way: 'rest' }
  // Flink takes several one after the other (seen on 1.15.0).
  if (snapshots && via !== 'nonce') return { way: 'snapshot' }
  if (isBusy(facts)) return { way: 'busy', failure: busy(facts) }
  return invalid(facts) ?? { way: 'nonce' }
}

function cannotWork(facts: ApacheFacts, wish: TakeWish): TakeWay | undefined {
  if (wish.via === 'generation' || wish.via === 'annotation')
    return no(facts, `--via ${wish.via} is of the operators of FlinkCluster`, 'leave the choice: --via auto')
  if (facts.session)
    return no(
      facts,
      'it is a session cluster; its jobs are FlinkSessionJobs',
      'name the job: flinksessionjob/NAME, or ask Flink: --via rest with --job-id or --job-name',
    )
  if (!facts.running) return no(facts, `its job is not running (${facts.state || 'no state yet'})`)
  if (wish.via === 'nonce' && wish.forFlink)
    return no(facts, 'a nonce says neither directory nor format', 'ask in another way: --via auto')
  if (wish.via === 'auto' || wish.forFlink || !isUnplaced(facts)) return undefined
  return no(
    facts,
    'state.savepoints.dir is not set in spec.flinkConfiguration',
    'say where to: --target-directory DIR, or set state.savepoints.dir',
  )
}

/** A session job is written to where its session cluster says, which is another object. */
function isUnplaced({ directory, job }: ApacheFacts): boolean {
  return directory === undefined && job.kind === 'FlinkDeployment'
}

async function servesSnapshots(
  { job }: ApacheFacts,
  operator: OperatorName | undefined,
  { serves }: Inquiries,
): Promise<boolean> {
  if (operator !== undefined && !hasSnapshots(operator)) return false
  return serves(job.apiVersion.split('/')[0] ?? '', snapshotKind)
}

/** One in flight by the operator's own fields, or a nonce that was not looked at yet: a second nonce would take its place (seen on 1.7.0). */
export function isBusy({ savepoints, pendingGeneration }: ApacheFacts): boolean {
  return savepoints.inFlight !== undefined || pendingGeneration !== undefined
}

/** The operator goes on with the last spec that was valid, and looks at no nonce (seen on 1.7.0). */
function invalid(facts: ApacheFacts): TakeWay | undefined {
  const { error } = facts
  if (error?.type !== 'ValidationException') return undefined
  return no(facts, `its spec is not valid: ${error.message}`, 'mend the spec, or ask Flink: --via rest')
}

function no(facts: ApacheFacts, reason: string, ...hints: string[]): TakeWay {
  return { way: 'refused', failure: refused(facts, reason, ...hints) }
}
