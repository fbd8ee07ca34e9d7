import type { JobFacts } from '../../../domain/job.ts'
import type { Change } from '../../../domain/plan.ts'
import type { Protocol } from '../../../domain/protocol.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { TakeOrder, Taking, Via } from '../../job-operator.ts'
import { ownFacts } from '../facts.ts'
import { hasSnapshots, operatorName } from '../operator.ts'
import { awaitIdle } from './await-idle.ts'
import { takeByNonce } from './by-nonce.ts'
import { takeBySnapshot } from './by-snapshot.ts'
import { chooseTake } from './choose-take.ts'

/** How the Apache operator is asked for a savepoint of a FlinkDeployment or FlinkSessionJob. */
export const taking: Taking = {
  choose: (facts, build, wish, inquiries) =>
    chooseTake(ownFacts(facts), operatorName(build), wish, inquiries),
  protocol,
  changes,
  leastTimeoutMs: () => 0,
  // Either leaves nothing behind that fires later, and which of them there is shows when it is chosen.
  safe: 'auto',
  idle: awaitIdle,
}

function protocol({ build, via, ...order }: TakeOrder): Protocol<unknown, Savepoint> {
  const operator = operatorName(build)
  if (via === 'snapshot') return takeBySnapshot({ operator, ...order })
  if (via !== 'nonce') throw new Error(`the Apache operator is not asked by ${via}`)
  const { wait } = order
  // Without a wait nobody has to know which snapshots are there already.
  const snapshots = wait && (operator === undefined || hasSnapshots(operator))
  return takeByNonce({ operator, snapshots, wait })
}

function changes(via: Exclude<Via, 'auto' | 'rest'>, facts: JobFacts): Change[] {
  const { job, nonce } = ownFacts(facts)
  if (via === 'snapshot')
    return [
      {
        path: 'flinkstatesnapshot',
        to: `one of ${job.kind} ${job.name}, backoffLimit 0, disposeOnDelete false`,
      },
    ]
  const { wanted, reconciled } = nonce
  const from = wanted === undefined ? {} : { from: wanted }
  return [{ path: 'spec.job.savepointTriggerNonce', ...from, to: Math.max(wanted ?? 0, reconciled ?? 0) + 1 }]
}
