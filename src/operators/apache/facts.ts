import type { JobFacts } from '../../domain/job.ts'
import type { SavepointInfo } from './savepoint-info.ts'
import type { StatusError } from './status-error.ts'

/** What the protocols of this operator read beside the neutral facts. */
export interface ApacheFacts extends JobFacts {
  readonly savepoints: SavepointInfo
  /** spec.job.savepointTriggerNonce, and the one that the operator has carried out. */
  readonly nonce: Pair<number>
  /** The same of savepointRedeployNonce. */
  readonly redeploy: Pair<number>
  /** The same of initialSavepointPath. */
  readonly initialPath: Pair<string>
  /** The same of spec.job.state, where the default is running. */
  readonly wish: Pair<string>
  /** Where savepoint upgrades leave the path that is started from next; a mark that is no path is not told. */
  readonly upgradePath?: string
  /** SUSPENDED, DEPLOYED, STABLE, FAILED … */
  readonly lifecycle: string
  /** READY, DEPLOYING, MISSING, ERROR …; session jobs have none. */
  readonly jobManager?: string
  readonly error?: StatusError
  /** savepoint, last-state or stateless, as declared. */
  readonly upgradeMode: string
  /** The operator has carried out this spec; undefined: it does not say. */
  readonly caughtUp?: boolean
  /**
   * Suspended with its last state, high-availability metadata in place of a savepoint: it goes on from there, whatever
   * upgradeSavepointPath says, which is written by the next deployment alone (AbstractJobReconciler.java, ApplicationReconciler.java).
   */
  readonly lastState: boolean
  readonly startedMs?: number
  /** `stop` has kept an upgradeMode beside the one that it needs. */
  readonly annotated: boolean
  /** Keys of spec.flinkConfiguration that are as a stop has set them for itself. */
  readonly setByStop: readonly string[]
}

export interface Pair<Value> {
  readonly wanted?: Value
  readonly reconciled?: Value
}

/** The facts of a job of this operator, as its `read` gave them to a command. */
export function ownFacts(facts: JobFacts): ApacheFacts {
  if ('lifecycle' in facts) return facts as ApacheFacts
  throw new Error(`the facts of ${facts.shown} are another operator's`)
}
