import type { Savepoint } from '../domain/savepoint.ts'

/** A file of a savepoint that is there. */
export interface HeldFile {
  readonly location: string
  /** Normalised: by which it is found again. */
  readonly place: string
  readonly bytes: number
  readonly modifiedAt?: number
}

/** What lies at the location of a savepoint. */
export interface Holding {
  /** Of its directory. */
  readonly location: string
  readonly place: string
  /**
   * broken: files that it needs are not there. unreadable: what it needs is not known. remains: it has no `_metadata` (any more), and files
   * that Flink wrote. absent: there is no savepoint.
   */
  readonly state: 'whole' | 'broken' | 'unreadable' | 'remains' | 'absent'
  /** Of what is broken or unreadable. */
  readonly reason?: string
  /** It was seen as a directory in the one above it: it is no symbolic link. */
  readonly directory: boolean
  readonly type?: Savepoint['type']
  readonly format?: 'CANONICAL' | 'NATIVE'
  readonly operators: readonly string[]
  /** `_metadata` first, unless only remains are there. What is its own: what it names in its directory, or in one that was made for it alone. */
  readonly files: readonly HeldFile[]
  /** All files that it names, normalised. */
  readonly references: readonly string[]
  /** It names files that are not its own. */
  readonly elsewhere: boolean
}

/** A savepoint of the job that is pruned. */
export interface Candidate {
  readonly savepoint: Savepoint
  readonly holding: Holding
  /** recorded: somebody wrote down that this job took it. metadata: what it holds and its name say so. none: nothing does. */
  readonly tie: 'recorded' | 'metadata' | 'none'
  /** Why it must stay, whatever its age: who uses it. */
  readonly uses: readonly string[]
  /** Its FlinkStateSnapshot; `disposes`: the operator deletes the savepoint with it. */
  readonly snapshot?: { readonly name: string; readonly disposes: boolean }
}

/** A savepoint or checkpoint that stays whatever is planned: of another job, or a checkpoint. */
export interface Bystander {
  readonly location: string
  readonly references: readonly string[]
  /** Why what it references is not known. */
  readonly unreadable?: string
}
