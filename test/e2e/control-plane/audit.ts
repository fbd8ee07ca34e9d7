import { readFile } from 'node:fs/promises'

/** One request as the API server wrote it down when it answered it (a watch: when it began to answer). */
export interface AuditedRequest {
  readonly verb: string
  readonly uri: string
  readonly code: number
  readonly userAgent: string
  /** What was sent, where it is a write of an object of the Apache operator's. */
  readonly body?: unknown
  /** RFC 3339 with microseconds, the server's clock. */
  readonly receivedAt: string
  readonly answeredAt: string
}

/** Everybody's requests but those of `quiet` and of the server itself, once each. */
export function auditPolicy(quiet: string): string {
  return `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, users: ["${quiet}", "system:apiserver"]}
- {level: Request, verbs: [create, update, patch], resources: [{group: flink.apache.org}]}
- {level: Metadata}
`
}

/** The requests of one user out of an audit log, in the order of their arrival. */
export async function auditedRequests(path: string, user: string): Promise<AuditedRequest[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const requests = new Map<string, AuditedRequest>()
  for (const line of text.split('\n').slice(0, -1)) {
    const event = JSON.parse(line)
    if (event.user?.username !== user) continue
    // A watch is written down twice, when it begins and when it ends.
    if (requests.has(event.auditID)) continue
    requests.set(event.auditID, {
      verb: event.verb,
      uri: event.requestURI,
      code: event.responseStatus?.code ?? 0,
      userAgent: event.userAgent ?? '',
      ...(event.requestObject !== undefined && { body: event.requestObject }),
      receivedAt: event.requestReceivedTimestamp,
      answeredAt: event.stageTimestamp,
    })
  }
  return [...requests.values()].sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))
}
