import type { Json } from './object.ts'

/** Which requests are meant; everything given must hold. `path` is matched against path and query. */
export interface Match {
  readonly method?: string
  readonly path?: string | RegExp
  readonly user?: string
}

export interface FaultyAnswer {
  readonly code: number
  /** Kubernetes' reason; with `message` it makes a Status. */
  readonly reason?: string
  readonly message?: string
  /** Instead of a Status: any JSON, or a text sent as it is. */
  readonly body?: Json | string
  readonly headers?: Record<string, string>
}

/** What can be made to go wrong. */
export interface Faults {
  /** Cuts every open watch. */
  dropWatches(): void
  /** Refuses connections, and cuts the open ones, for so long; resolves when the server listens again. */
  refuseConnections(millis: number): Promise<void>
  /** Answers the next request that matches with this, and not from the store. */
  answerOnce(match: Match, answer: FaultyAnswer): void
  /** The same for every request that matches, until the returned function is called. */
  answer(match: Match, answer: FaultyAnswer): () => void
  /** Sends a Warning header with what matches, until the returned function is called. */
  warn(match: Match, text: string): () => void
  /** Lets matching requests wait until the returned function is called. */
  hold(match: Match): () => void
  /** Forgets the history: older resourceVersions and continue tokens get 410. */
  forgetHistory(): void
}

export interface Seen {
  readonly method: string
  readonly path: string
  readonly user: string
}

interface Entry<T> {
  readonly match: Match
  readonly what: T
  once: boolean
}

/** The part of the faults that looks at requests. */
export function createInterceptors() {
  const answers = new Set<Entry<FaultyAnswer>>()
  const warnings = new Set<Entry<string>>()
  const holds = new Set<Entry<Promise<void>>>()
  const add = <T>(entries: Set<Entry<T>>, match: Match, what: T, once = false) => {
    const entry = { match, what, once }
    entries.add(entry)
    return () => void entries.delete(entry)
  }
  return {
    answer: (match: Match, answer: FaultyAnswer, once: boolean) => add(answers, match, answer, once),
    warn: (match: Match, text: string) => add(warnings, match, text),
    hold(match: Match) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const remove = add(holds, match, promise)
      return () => {
        remove()
        resolve()
      }
    },
    answerFor(seen: Seen): FaultyAnswer | undefined {
      const found = [...answers].find(({ match }) => matches(match, seen))
      if (found?.once) answers.delete(found)
      return found?.what
    },
    warningsFor: (seen: Seen) =>
      [...warnings].filter(({ match }) => matches(match, seen)).map(({ what }) => what),
    async released(seen: Seen) {
      await Promise.all([...holds].filter(({ match }) => matches(match, seen)).map(({ what }) => what))
    },
  }
}

function matches({ method, path, user }: Match, seen: Seen): boolean {
  const pathMatches =
    path === undefined || (typeof path === 'string' ? seen.path.includes(path) : path.test(seen.path))
  return (
    pathMatches &&
    (method === undefined || method === seen.method) &&
    (user === undefined || user === seen.user)
  )
}

export type Interceptors = ReturnType<typeof createInterceptors>

/** The Status (or body) of a faulty answer. */
export function faultBody({ code, reason = '', message = '', body }: FaultyAnswer): Json | string {
  if (body !== undefined) return body
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
}
