import type { ObjectEvent } from '../domain/event.ts'
import type { Failure } from '../domain/failure.ts'
import type { Fields } from '../domain/fields.ts'
import type { JobFacts, JobKind } from '../domain/job.ts'
import type { Change, ChangePlan, Restore } from '../domain/plan.ts'
import type { ServedKind } from '../domain/ports.ts'
import type { Protocol } from '../domain/protocol.ts'
import type { Resource } from '../domain/resource.ts'
import type { JobRef, RestoreTarget, Savepoint, Trigger } from '../domain/savepoint.ts'

/** Which of the programs that serve a kind: `gcp-9`, `spotify`. Only the operator's own folder knows what its names mean. */
export type Build = string

/**
 * All that the product knows of the operators of one kind of job. A further kind is a folder that has this, and a line in
 * index.ts; no command changes. What a command may not need is loaded when it is asked for.
 */
export interface JobOperator {
  readonly kind: JobKind
  readonly builds: readonly Build[]
  /** Told by the object's own fields. */
  buildOf(resource: Resource): Build | undefined
  /** Told by the schema that the server has for the kind (of a CRD, or of the server's OpenAPI document). */
  buildOfSchema(schema: Fields): Build | undefined
  /** The object in operator-neutral words. Without `build`: as far as the object itself tells who serves it. */
  read(resource: Resource, build?: Build): JobFacts
  /** Where the operator keeps what the job was started from: a label selector of its ControllerRevisions, if it makes any. */
  revisions?(name: string): string
  /** Where its objects say where savepoints go, for a person. */
  readonly directoryField: string
  /** What a restore declares in the spec (`fromSavepoint`) counts again with every later change of it. */
  readonly sticky?: true
  /** Its objects do not tell of savepoints that failed: only its Events do. */
  readonly failuresInEvents?: true
  /** What else it leaves beside the object; absent: nothing. */
  traces?(): Promise<Traces>
  /** Objects beside the job's that are savepoints themselves; absent: the operator has none. */
  snapshots?(): Promise<SnapshotSource>
  taking(): Promise<Taking>
  restoring(): Promise<Restoring>
  creating(): Promise<Creating>
  stopping(): Promise<Stopping>
  automating(): Promise<Automating>
  diagnosing(): Promise<Diagnosing>
  verifying(): Promise<Verifying>
  bundling(): Promise<Bundling>
}

/** What an operator says of savepoints beside the object. */
export interface Traces {
  /** What the job was to be started from, by one of the operator's ControllerRevisions. */
  origin(revision: Resource): string | undefined
  /** What its Events say of savepoints that failed. `events` are those of one object, in the order in which they began. */
  failures(events: readonly ObjectEvent[]): readonly FailedAttempt[]
}

/** A kind of which each object is a savepoint of a job in the same namespace. Labels tell too little: all of them have to be listed. */
export interface SnapshotSource {
  readonly group: string
  readonly kind: string
  /** Whose it is; undefined: it does not say. */
  jobOf(snapshot: Resource): Pick<JobRef, 'kind' | 'name'> | undefined
  /** The savepoint, or checkpoint, of this job that it stands for. */
  savepoint(snapshot: Resource, job: JobRef): Savepoint
}

/** A savepoint that failed, as an Event tells. */
export interface FailedAttempt {
  /** Epoch ms: when it was triggered, where that is known, else when it failed. */
  readonly at: number
  readonly message: string
  readonly triggerId?: string
  readonly trigger?: Trigger
}

export interface TakeWish {
  readonly via: Via
  /** `--target-directory` or `--format` was given, or a job of Flink's named: many operators take none of these. */
  readonly forFlink: boolean
  /** A job of Flink's was named (`--job-id`, `--job-name`): only Flink itself knows it. */
  readonly flinkJob?: boolean
}

export type Via = 'auto' | 'generation' | 'annotation' | 'snapshot' | 'nonce' | 'rest'

/** What only the server can tell; asked only where the answer matters. */
export interface Inquiries {
  mayPatchStatus(): Promise<boolean>
  /** Cached discovery has this kind. */
  serves(group: string, kind: string): Promise<boolean>
}

/** How a savepoint will be asked for, or why not. */
export type TakeWay =
  | { readonly way: Exclude<Via, 'auto'> }
  /** Another savepoint is in flight: `--after-current` waits for it, and then this is chosen again. */
  | { readonly way: 'busy'; readonly failure: Failure }
  | { readonly way: 'refused'; readonly failure: Failure }

/** A take whose way is chosen. */
export interface TakeOrder {
  readonly build: Build | undefined
  readonly via: Exclude<Via, 'auto' | 'rest'>
  readonly wait: boolean
  /** undefined: the person is asked. */
  readonly withdraw?: boolean
  /** 32 hex characters nobody has used, for what is created. */
  readonly nonce: string
  /** `--name`, `--target-directory` and `--format`, where the operator takes them. */
  readonly name?: string
  readonly directory?: string
  readonly format?: 'CANONICAL' | 'NATIVE'
}

/** The answers where nobody is to be asked. */
export const uninquired: Inquiries = { mayPatchStatus: async () => false, serves: async () => true }

/** How the operator is asked for a savepoint. */
export interface Taking {
  choose(facts: JobFacts, build: Build | undefined, wish: TakeWish, inquiries: Inquiries): Promise<TakeWay>
  /** Any way but `rest`, which is the same for all operators. */
  protocol(options: TakeOrder): Protocol<unknown, Savepoint>
  /** What the first write changes. */
  changes(via: Exclude<Via, 'auto' | 'rest'>, facts: JobFacts): readonly Change[]
  /** No wait is shorter than this, whatever --timeout says. */
  leastTimeoutMs(build: Build | undefined): number
  /** The way of a safety savepoint: one that leaves no request behind if it fails. */
  readonly safe: Exclude<Via, 'generation' | 'rest'>
  /** Writes nothing, and ends when no savepoint of the job has been in flight for a second. */
  idle(build: Build | undefined): Protocol<unknown, undefined>
}

/** What a restore is planned from: the job as it is, what it is to become, and what was said on the command line. */
export interface RestoreWish {
  readonly resource: Resource
  readonly facts: JobFacts
  readonly build: Build | undefined
  readonly target: RestoreTarget
  readonly allowNonRestoredState: boolean
  /** What makes a patch different from the one before it, where all else is the same. */
  readonly nonce: string
  /** false: ended as soon as the patch is written. */
  readonly wait: boolean
  /** A savepoint of the running job is taken first. */
  readonly safety: boolean
  readonly allowUnknownLocation: boolean
  /** What the stop that is resumed from had set, as anybody may have written it down; what of it is still so goes back. */
  readonly setForStop?: readonly Change[]
  /** A stopped job goes on from what its stop left: refusals and remedies say `resume`. */
  readonly resumed?: true
  /** Epoch ms. */
  readonly now: number
}

/** How far a restore came, for `Restore`. */
export type RestoreProgress = Pick<Restore, 'state' | 'proof' | 'failure' | 'updateSavepoint'>

/** How the operator starts a job from a savepoint. */
export interface Restoring {
  /** Why the object cannot be changed so that the job starts from it; `--recreate` may do it all the same. */
  refusal(wish: RestoreWish): string | undefined
  changes(wish: RestoreWish): readonly Change[]
  /** What has to be done to the object before the patch. */
  preparations(wish: RestoreWish): readonly string[]
  /** What the operator does once the object is patched. */
  steps(wish: RestoreWish): readonly string[]
  /** What may surprise, beyond what is so for every operator. */
  risks(wish: RestoreWish): readonly string[]
  /** The patch, and the wait for the proof. */
  protocol(wish: RestoreWish): Protocol<unknown, RestoreProgress>
}

/** An object that is to be created with the savepoint in it: the same one again after it was deleted, or a further one. */
export interface CreationWish
  extends Pick<RestoreWish, 'facts' | 'build' | 'target' | 'allowNonRestoredState' | 'nonce' | 'wait'> {
  /** The job that is deleted or copied; a manifest from a file stands for itself. */
  readonly resource: Resource
  readonly how: 'recreate' | 'create'
}

/** Objects that the operator made. */
export interface Remains {
  readonly kind: ServedKind
  readonly labels: string
}

/** How an object is created so that its job starts from a savepoint. */
export interface Creating {
  /**
   * The object with the savepoint put in, without what only the server writes or would take an unasked savepoint. With a
   * `nonce` it is a change even where the savepoint stands there already.
   */
  manifest(
    object: Fields,
    wish: Pick<RestoreWish, 'target' | 'allowNonRestoredState' | 'setForStop'> & { readonly nonce?: string },
  ): Fields
  /** Why no job can have this name. */
  badName(name: string, build: Build | undefined): string | undefined
  /** What the two objects have in common, and two jobs may not: each in words. */
  shared(one: Fields, other: Fields): readonly string[]
  /** What may surprise, beyond what is so for every operator. */
  risks(wish: CreationWish): readonly string[]
  /** The operator itself has put this finalizer there, and takes it away once the object is deleted; absent: it has none. */
  ownFinalizer?(name: string): boolean
  /** What has to be gone, after an object of this name was deleted, before there may be another. */
  remains(name: string): readonly Remains[]
  /** Writes nothing: the wait for the proof of an object that was just created. */
  created(
    wish: Pick<CreationWish, 'build' | 'target' | 'allowNonRestoredState' | 'nonce' | 'wait'>,
  ): Protocol<unknown, RestoreProgress>
}

export interface StopWish {
  readonly resource: Resource
  readonly facts: JobFacts
  readonly build: Build | undefined
  /** Flink sends its sources' last records on before it stops (`/stop` with drain). */
  readonly drain: boolean
  /** 32 hex characters nobody has used: the trigger id, where Flink itself is asked. */
  readonly triggerId: string
  readonly wait: boolean
  /** `--target-directory` and `--format`: only Flink itself takes these. */
  readonly directory?: string
  readonly format?: 'CANONICAL' | 'NATIVE'
}

/** How a job is stopped with a savepoint: never gone without one. */
export interface Stopping {
  /** What will be done, or why it cannot be. */
  plan(wish: StopWish): ChangePlan | Failure
  /** Ends once the savepoint is complete and Flink or the operator has ended the job after it. */
  protocol(wish: StopWish): Protocol<unknown, Savepoint>
  /** Another savepoint is in flight: `--after-current` waits for it, and then all is thought over again. */
  busy?(wish: StopWish): Failure | undefined
  /** Flink itself is asked; where the wish names no directory it has to have one of its own. */
  asksFlink?(wish: StopWish): boolean
  /** No wait is shorter than this, whatever --timeout says. */
  leastTimeoutMs?(build: Build | undefined): number
  /** Driven once the savepoint is recorded: puts back what was set for the stop, and ends when the operator shows the job stopped. */
  settle?(wish: StopWish): Protocol<unknown, undefined>
  /** The savepoint with which the operator itself has stopped the job that is stopped now, if that is how it ended. */
  left?(facts: JobFacts): string | undefined
  /** Why the stopped job goes on from no savepoint, and how it does, where the operator has kept its state in another way. */
  leftNone?(facts: JobFacts): Failure | undefined
}

/** What `auto` is asked to set; undefined: left as it is. */
export interface AutomaticWish {
  readonly resource: Resource
  readonly facts: JobFacts
  readonly build: Build | undefined
  /** `off`: none are taken any more. */
  readonly everySeconds?: number | 'off'
  /** The same of checkpoints, which only some operators take by themselves. */
  readonly checkpointsEverySeconds?: number | 'off'
  readonly directory?: string
  readonly onFailure?: 'restore' | 'stop'
  readonly maxStateAgeSeconds?: number
  /** A savepoint taken just before, where the operator would not take one of its own (`takesFirst`). */
  readonly taken?: string
  /** What makes a patch different from the one before it, where all else is the same. */
  readonly nonce: string
  readonly wait: boolean
}

/** How automatic savepoints and the restart policy are set. */
export interface Automating {
  /** What will be done, or why it cannot be; `none`: everything is so already. */
  plan(wish: AutomaticWish): ChangePlan | Failure | 'none'
  /** What the operator makes of the patch is waited for, which needs the right to watch. */
  waits(wish: AutomaticWish): boolean
  /** A savepoint has to be taken first, so that the restart that the change causes gives nothing up. */
  takesFirst(wish: AutomaticWish): boolean
  /** The patch, and the wait until the job runs again with the new settings (or at once, where nothing restarts). Its result is the savepoint that the operator took by itself for it. */
  protocol(wish: AutomaticWish): Protocol<unknown, Savepoint | undefined>
  /** What of the settings does not have the effect that one would think, a sentence each. */
  problems(resource: Resource, facts: JobFacts, build: Build | undefined, now: number): readonly string[]
}

/** What `status` has to say of a job, beyond what is so for every operator and what Automating says. */
export interface Diagnosing {
  /** What will not go as one would think, a sentence each. */
  problems(facts: JobFacts, build: Build | undefined): readonly string[]
}

/** What the object asks of a savepoint that is to start its job. */
export interface Verifying {
  demands(resource: Resource): Demands
}

/** What tells of a fault, beside the object. */
export interface Bundling {
  /** What the operator made for the job. */
  made(resource: Resource): readonly Remains[]
  /** Another object that the job lives in: a session cluster. */
  livesIn?(
    resource: Resource,
  ): { readonly group: string; readonly kind: string; readonly name: string } | undefined
  /** The operator's own pods, by the labels that its manifests and charts give them. */
  readonly operatorLabels: string
  /** Where these install it. */
  readonly operatorNamespaces: readonly string[]
}

/** As far as the object tells it; an operator of the job may have its own. */
export interface Demands {
  readonly parallelism?: number
  /** Set for all operators (pipeline.max-parallelism): Flink then takes no other from a savepoint. */
  readonly maxParallelism?: number
  /** `1.18`, `1.18.1` */
  readonly flinkVersion?: string
}
