import type { Address } from '../objects.ts'
import { type Reason, saidBy, type Verb } from '../reasons.ts'

/** Is there no such object? */
export function isAbsent(error: unknown): boolean {
  return statusOf(error) === 404
}

/** An empty object has no first byte. */
export function isBeyondEnd(error: unknown): boolean {
  return statusOf(error) === 416
}

const rights: Readonly<Record<Verb, string>> = {
  read: 'storage.objects.get',
  list: 'storage.objects.list',
  delete: 'storage.objects.delete',
}

const logIn = 'log in: gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS'

/** Why Google Cloud Storage gave nothing; undefined: not known. */
export function explain(error: unknown, verb: Verb, { bucket }: Address): Reason | undefined {
  const said = saidBy(error)
  if (/could not load the default credentials|unable to detect a project id/i.test(said))
    return { text: 'no Google credentials were found', hints: [logIn] }
  if (/invalid_grant|invalid_rapt|reauth|token has been expired|refresh token/i.test(said))
    return { text: 'the Google credentials have expired', hints: [logIn] }
  return byStatus(statusOf(error), said, verb, bucket)
}

function byStatus(status: number, said: string, verb: Verb, bucket: string): Reason | undefined {
  if (status === 404) return { text: `there is no bucket ${bucket}` }
  if (status === 401) return { text: 'the Google credentials are not accepted', hints: [logIn] }
  if (status === 403)
    return {
      text: /does not have|permission/i.test(said) ? `access denied: ${said}` : 'access denied',
      hints: [`the Google credentials found here need ${rights[verb]}`],
    }
  if (status === 429 || status === 503)
    return { text: `the store is too busy to answer (${status})`, hints: ['try again in a while'] }
  return undefined
}

function statusOf(error: unknown): number {
  const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown }
  return Number(code) || Number(status) || 0
}
