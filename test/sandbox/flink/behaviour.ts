/** How a Flink stub behaves, and what it does wrong; all off by default. Also the body of POST /stub/behaviour, where each key is optional. */
export interface Behaviour {
  /** How long a savepoint takes; of one under way, too. */
  savepointMs: number
  /** Savepoints fail: `uncreatable directory`, or any text as the reason; empty: they do not. */
  failSavepoints: string
  /** So many further savepoints fail with "Not all required tasks are currently running." */
  notAllTasksRunning: number
  /** POST …/savepoints is refused with this HTTP status; 0: it is not. */
  refuseSavepoints: number
  /** Requests are taken and never answered. */
  silent: boolean
  /** Running jobs complete a checkpoint so often; 0: never. */
  checkpointEveryMs: number
}

export type BehaviourChange = Partial<Behaviour> & {
  /** The process ends as if it had crashed. */
  die?: boolean
  /** The running job goes to FAILED with this text as its reason. */
  failJob?: string
  /** The running job reaches its end: FINISHED. */
  finishJob?: boolean
  /** Running jobs complete one checkpoint now. */
  checkpoint?: boolean
  /** Running jobs fail and survive it: they go on from their newest checkpoint, under the same id. */
  recoverJob?: boolean
}

export function goodBehaviour(): Behaviour {
  return {
    savepointMs: 5,
    failSavepoints: '',
    notAllTasksRunning: 0,
    refuseSavepoints: 0,
    silent: false,
    checkpointEveryMs: 0,
  }
}
