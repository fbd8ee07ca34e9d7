import type { Agent } from 'node:http'
import type { RestPlace } from './rest.ts'

/** The two ways through the API server to a job's JobManager. Both throw a Failure where there is no way. */
export interface Passage {
  /** The API server's service proxy: where it is, and what a request to it must carry. */
  proxied(place: RestPlace): Promise<{ url: string; agent: Agent; headers: Record<string, string> }>
  /** A port-forward of our own to a JobManager pod, open until `close`. */
  forwarded(place: RestPlace, signal: AbortSignal): Promise<{ url: string; close(): Promise<void> }>
}
