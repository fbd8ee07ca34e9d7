import type { Candidate } from './candidate.ts'
import type { ApiStatus } from './failure.ts'
import type { Fields } from './fields.ts'
import type { Places } from './places.ts'
import type { Printable } from './printable.ts'
import type { Resource, ResourceRef } from './resource.ts'
import type { RestAnswer, RestPlace, RestQuestion } from './rest.ts'

/** A kind as the API server serves it. `plural` is its place in URLs. */
export interface ServedKind {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
}

/**
 * One write to the API server; the only way this program changes anything there. A `strategic` patch that the
 * server refuses with 415 is sent again as a merge patch, and the refusal remembered. A patch or update carries
 * `metadata.resourceVersion` (or a JSON-patch test) as its precondition.
 */
export type Write =
  | {
      readonly verb: 'patch'
      readonly ref: ResourceRef
      readonly subresource?: 'status'
      readonly type: 'strategic' | 'merge' | 'json'
      readonly body: Fields | readonly Fields[]
    }
  | { readonly verb: 'create'; readonly ref: ResourceRef; readonly body: Fields }
  | { readonly verb: 'update'; readonly ref: ResourceRef; readonly body: Fields }

/** `late`: what we did is being put back, which is carried out also after Ctrl-C, within moments. */
export interface WriteOptions {
  readonly dryRun?: boolean
  readonly late?: boolean
}

/** What a watch brings. `deleted` ends it. */
export type Sighting =
  | { readonly type: 'object'; readonly object: Resource }
  | { readonly type: 'deleted' }
  /** The stream was lost and is being taken up again; for a person to read. */
  | { readonly type: 'resumed'; readonly reason: string }

/** What became of one of many objects. */
export interface CollectionChange {
  readonly type: 'object' | 'deleted'
  readonly object: Resource
}

/** What a watch of many objects brings. */
export type CollectionSighting =
  | CollectionChange
  /** The stream was lost and is being taken up again; for a person to read. */
  | { readonly type: 'resumed'; readonly reason: string }

/** Which objects of a kind: by label, by field, as kubectl writes them. */
export interface Selector {
  readonly labels?: string
  readonly fields?: string
}

export interface ListPage {
  readonly items: readonly Resource[]
  readonly resourceVersion: string
}

/**
 * The API server. Every method throws a Failure, worded as kubectl words it, whose `status` is the server's answer if
 * it gave one. Objects are parsed and bounded; their texts are as hostile as the server sent them.
 */
export interface Cluster {
  /** The namespace of the command: `--namespace`, else the context's, else `default`. */
  readonly namespace: string
  /** `https://host:port`, to name the server in messages and caches. */
  readonly server: string
  /**
   * The served version of a kind (`FlinkCluster`, group `flinkoperator.k8s.io`), from cached discovery; undefined where the
   * server has none. That it has none is asked anew, unless what was `remembered` of it will do.
   */
  served(group: string, kind: string, absence?: 'remembered'): Promise<ServedKind | undefined>
  /** `late`: for a late write, whose conflict has to be looked at. */
  get(ref: ResourceRef, options?: Pick<WriteOptions, 'late'>): Promise<Resource>
  /** All objects of a kind, in pages of 500, in one namespace or (undefined) everywhere. A `continue` that expired starts over and says nothing twice. */
  list(kind: ServedKind, namespace: string | undefined, selector?: Selector): AsyncIterable<ListPage>
  /** Carries the write out (with `dryRun`, `dryRun=All`) and gives the object as the server then has it. `at` is the server's own Date, epoch ms. */
  write(write: Write, options?: WriteOptions): Promise<{ object: Resource; at?: number }>
  /**
   * The object as it changes after `resourceVersion`: resumed after a dropped stream, 410 Gone (get, then watch), an API
   * server restart or an expired token, with growing pauses, until `signal`. Throws only what waiting cannot mend (403, 401 twice).
   */
  watch(ref: ResourceRef, resourceVersion: string, signal: AbortSignal): AsyncIterable<Sighting>
  /**
   * As `watch`, for all objects of a kind in one namespace or (undefined) everywhere, after the list whose first page has
   * this `resourceVersion`, until `signal`. One that a label selector no longer chooses is `deleted`. `listed`: what the
   * list held; without it, one of these that goes while the server forgets its history (410) is not missed.
   */
  watchAll(
    kind: ServedKind,
    namespace: string | undefined,
    resourceVersion: string,
    signal: AbortSignal,
    selector?: Selector,
    listed?: Iterable<Pick<Resource, 'apiVersion' | 'kind' | 'metadata'>>,
  ): AsyncIterable<CollectionSighting>
  /** Deletes exactly this object, as it was read: another uid or a newer version is a conflict (409). */
  remove(object: Resource, options?: WriteOptions): Promise<void>
  /**
   * SelfSubjectAccessReview, remembered per server, user and namespace for a day. `recheckNo`: a remembered no is asked about
   * again, since the right may have been given meanwhile.
   */
  may(
    verb: string,
    resource: { group: string; plural: string; subresource?: string; namespace: string; name?: string },
    options?: { recheckNo?: boolean },
  ): Promise<boolean>
  /** What a container has written, a line at a time, until the end of what is there or `signal`. Lines are cut where they are too long. */
  logs(wish: LogWish, signal: AbortSignal): AsyncIterable<string>
  /** GET of any path on the server, parsed as JSON (OpenAPI, CRDs). */
  read(path: string): Promise<Fields>
  /** What was remembered for this server under `key` (no longer ago than `withinMs`), and a way to remember it; a cache that cannot be read or written is an empty one. */
  recall(key: string, withinMs?: number): Promise<string | undefined>
  remember(key: string, value: string): Promise<void>
}

/** What of a container's log is wanted. */
export interface LogWish {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly sinceSeconds: number
  /** So many of the last lines. */
  readonly lines: number
  /** Of the container before it was started again. */
  readonly previous?: boolean
}

/** How far to go for an answer: `proxy` makes no port-forward. */
export type RestReach = 'proxy' | 'any'

/** Flink's REST API of one job. Never throws for what Flink or the way to it did: that is an answer. */
export interface FlinkRest {
  ask(question: RestQuestion, limits: { timeoutMs: number; signal?: AbortSignal }): Promise<RestAnswer>
  /** Ends the port-forward, if one was made. */
  close(): Promise<void>
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Resolves after `ms`, or at once with `signal`; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Manifests on this machine. Every method throws a Failure that names the file. */
export interface Manifests {
  /** The one object in a YAML or JSON file, or (`-`) on standard input; bounded, and without anything but plain values. */
  read(path: string): Promise<Fields>
  /** Writes the object as YAML into a new file of the working directory, whole or not at all; gives its path. */
  keep(name: string, object: Fields): Promise<string>
}

/** A file in an archive. */
export interface ArchivedFile {
  /** Relative, of plain characters, with `/`. */
  readonly path: string
  readonly text: string
}

/** Where an archive goes: a file, or (`-`) standard output. */
export interface ArchiveTarget {
  readonly file: string
  /** What is there already may be replaced. */
  readonly overwrite: boolean
}

/** Archives on this machine. Every method throws a Failure that names the file. */
export interface Archives {
  /** Throws where it could not be written there: asked before anything is gathered. */
  check(target: ArchiveTarget): Promise<void>
  /** A .tar.gz of these, whole or not at all. `at`: epoch ms. */
  write(
    target: ArchiveTarget,
    files: readonly ArchivedFile[],
    at: number,
  ): Promise<{ readonly file: string; readonly sizeBytes: number }>
}

/** What the kubeconfig calls its contexts, clusters and users. */
export interface KubeconfigNames {
  readonly contexts: readonly (Candidate & { readonly namespace?: string })[]
  readonly clusters: readonly Candidate[]
  readonly users: readonly Candidate[]
}

/** A line of a table that is drawn again while somebody waits. */
export interface LiveRow {
  readonly name: string
  readonly state: string
  /** Epoch ms. */
  readonly since: number
  readonly detail: string
}

/** The person at the terminal, and what they are told while they wait. Everything here goes to stderr. */
export interface Person {
  /** A line that matters: kept with `-q`. */
  warn(text: string): void
  /** A hint or progress: silenced by `-q`. */
  tell(text: string): void
  /** A value as a table would print it, before a question about it: kept with `-q`. */
  show(value: Printable): Promise<void>
  /** Asked only where stdin and stderr are a terminal: undefined means that nobody can be asked, or that `signal` ended the question. */
  confirm(text: string, signal?: AbortSignal): Promise<boolean | undefined>
  /** A table that is drawn again and again from `rows` until its `end`, which takes it away; undefined where nobody looks on. */
  live(rows: () => readonly LiveRow[]): Promise<{ end(): void } | undefined>
}

/** Everything outside the program. `cluster` reads the kubeconfig when it is first called. */
export interface World {
  cluster(): Promise<Cluster>
  /** The names in the kubeconfig; no server is asked. */
  kubeconfig(): Promise<KubeconfigNames>
  /** `restUrl`: the address given by `--rest-url`, else the way through the cluster. */
  rest(place: RestPlace, reach: RestReach): Promise<FlinkRest>
  readonly manifests: Manifests
  readonly archives: Archives
  /** As seen from this machine, with the credentials of whoever runs this. */
  readonly places: Places
  /**
   * As seen by a job: `file:` paths are those of its JobManager's pod, read there by exec; whatever has another scheme is read from
   * here, as `places` does.
   */
  placesOf(place: RestPlace): Promise<Places>
  readonly clock: Clock
  readonly person: Person
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
  /** 32 hex characters nobody has used. */
  newId(): string
  /** From now on what is no longer needed is collected soon, at the cost of speed: for work that would otherwise take room for each of many jobs. */
  spareMemory(): Promise<void>
}

/** Did the API server itself refuse with this code? */
export function refusedWith(error: unknown, code: number): error is Error & { status: ApiStatus } {
  return error instanceof Error && (error as { status?: ApiStatus }).status?.code === code
}
