import type { Inspection } from '../domain/inspection.ts'
import type { RestVertex } from '../domain/rest.ts'
import type { OperatorsFrom, OperatorWidth } from '../domain/verification.ts'
import { operatorIdOf } from './operator-id.ts'

/** The operators that a job has, as far as somebody tells of them. */
export interface JobGraph {
  readonly from: OperatorsFrom
  /** false: it has others besides, of which nothing is known. */
  readonly whole: boolean
  readonly operators: readonly GraphOperator[]
}

export interface GraphOperator extends OperatorWidth {
  /** Under which its state may lie; the first is its own. */
  readonly ids: readonly string[]
  readonly name?: string
  readonly uid?: string
}

/**
 * What a savepoint or checkpoint of the job holds: it has an entry for each operator of the job, also for those without
 * state (flink-runtime PendingCheckpoint.acknowledgeTask).
 */
export function graphOfSavepoint(
  { operators, location }: Pick<Inspection, 'operators' | 'location'>,
  source: 'checkpoint' | 'savepoint',
): JobGraph {
  return {
    from: { source, location },
    whole: true,
    operators: operators.map(({ id, name, uid, parallelism, maxParallelism }) => ({
      ids: [id],
      parallelism,
      maxParallelism,
      ...(name && { name }),
      ...(uid && { uid }),
    })),
  }
}

/** A vertex has the id of the operator that its chain begins with; of those behind it Flink tells neither id nor uid. */
export function graphOfVertices(vertices: readonly RestVertex[]): JobGraph {
  return {
    from: { source: 'vertices' },
    whole: false,
    operators: vertices.map(({ id, ...vertex }) => ({ ids: [id], ...vertex })),
  }
}

/** The uids that somebody says are all of the job's. */
export function graphOfUids(uids: readonly string[]): JobGraph {
  return {
    from: { source: 'uids' },
    whole: true,
    operators: [...new Set(uids)].map(uid => ({ uid, ids: idsOf(uid) })),
  }
}

/**
 * One uid of a sink stands for several operators (flink-streaming-java SinkTransformationTranslator; `Sink <uid> Committer`
 * in 1.15.0). What looks like an id may be one that the job adopts (setUidHash).
 */
function idsOf(uid: string): string[] {
  const own = /^[0-9a-f]{32}$/.test(uid) ? [uid, operatorIdOf(uid)] : [operatorIdOf(uid)]
  const parts = [`Sink Committer: ${uid}`, `Sink ${uid} Committer`, `Sink ${uid} Global Committer`]
  return [...own, ...parts.map(operatorIdOf)]
}
