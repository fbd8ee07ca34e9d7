import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Kind } from './kind.ts'
import type { Kinds } from './kinds.ts'
import type { KubeObject } from './object.ts'
import type { RequestInfo } from './request-info.ts'
import type { Store } from './store.ts'
import type { User } from './users.ts'

/** Where a pod's port really is, or undefined where nothing listens. */
export type Dial = (pod: KubeObject, port: number) => { host: string; port: number } | undefined

/** What every handler works on. */
export interface Api {
  readonly store: Store
  readonly kinds: Kinds
  readonly dial: Dial
  readonly bookmarkMillis: number
  /** Ends every open watch when aborted; replaced by a new one. */
  readonly watches: Set<() => void>
  readonly snapshots: Map<string, readonly KubeObject[]>
}

/** One request for a resource, past authentication and authorization. */
export interface Call {
  readonly api: Api
  readonly kind: Kind
  readonly info: RequestInfo
  readonly target: NonNullable<RequestInfo['resource']>
  readonly query: URLSearchParams
  readonly user: User
  readonly request: IncomingMessage
  readonly response: ServerResponse
  body(): Promise<Buffer>
  /** Adds a Warning header. */
  warn(text: string): void
}

export const isDryRun = (call: Pick<Call, 'query'>) => call.query.get('dryRun') === 'All'
