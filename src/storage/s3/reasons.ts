import type { Address } from '../objects.ts'
import { type Reason, saidBy, type Verb } from '../reasons.ts'

/** The parts of an error of AWS's client that tell what happened. */
interface ServiceError {
  readonly name?: string
  readonly Code?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number }
  /** Where the bucket is, in the words of an answer to GET. */
  readonly Region?: string
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

/** Is there no such object? A missing bucket has a name of its own, but for HEAD, whose answers have no words. */
export function isAbsent(error: unknown): boolean {
  const name = nameOf(error)
  return name === 'NoSuchKey' || name === 'NotFound' || (name !== 'NoSuchBucket' && statusOf(error) === 404)
}

/** Was it refused without saying why? */
export function isWordless(error: unknown): boolean {
  const status = statusOf(error)
  return (status === 400 || status === 401 || status === 403) && regionIn(error) === undefined
}

/** An empty object has no first byte. */
export function isBeyondEnd(error: unknown): boolean {
  return nameOf(error) === 'InvalidRange' || statusOf(error) === 416
}

/** Where the bucket is, when the answer says that it is not here. It becomes part of a host's name. */
export function regionIn(error: unknown): string | undefined {
  const status = statusOf(error)
  if (status !== 301 && status !== 307 && status !== 400) return undefined
  const { $response, Region } = error as ServiceError
  const region = $response?.headers?.['x-amz-bucket-region'] ?? Region
  return region !== undefined && /^[a-z0-9-]{1,32}$/.test(region) ? region : undefined
}

const rights: Readonly<Record<Verb, string>> = {
  read: 's3:GetObject',
  list: 's3:ListBucket',
  delete: 's3:DeleteObject',
}

type Known = (error: unknown, verb: Verb, at: Address) => Reason

const denied: Known = (error, verb) => {
  const said = /not authorized/i.test(saidBy(error)) ? `: ${saidBy(error)}` : ''
  const more = verb === 'read' ? '; without s3:ListBucket, what is not there is denied too' : ''
  return {
    text: `access denied${said}`,
    hints: [`the AWS credentials found here need ${rights[verb]}${more}`],
  }
}

const busy: Known = error => ({
  text: `the store is too busy to answer (${nameOf(error) || statusOf(error)})`,
  hints: ['try again in a while'],
})

const inOtherRegion: Known = (error, _verb, { bucket }) => ({
  text: `the bucket ${bucket} is in another region (${nameOf(error) || statusOf(error)})`,
  hints: ['set AWS_REGION to it'],
})

/** By the names of errors: AWS's own list, and what those who speak as S3 does answer. */
const byName: readonly (readonly [RegExp, Known])[] = [
  [/^(CredentialsProviderError|TokenProviderError)$/, noCredentials],
  [
    /^(ExpiredToken(Exception)?|TokenRefreshRequired|RequestExpired|UnauthorizedException)$/,
    error => ({ text: `the AWS credentials have expired (${nameOf(error)})`, hints: [logIn] }),
  ],
  [
    /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|InvalidClientTokenId|UnrecognizedClientException)$/,
    error => ({ text: `the AWS credentials are not accepted (${nameOf(error)})`, hints: [chooseOthers] }),
  ],
  [/^RequestTimeTooSkewed$/, () => ({ text: 'the clock of this machine is wrong (RequestTimeTooSkewed)' })],
  [
    /^NoSuchBucket$/,
    (_error, _verb, { bucket }) => ({ text: `there is no bucket ${bucket}`, hints: [elsewhere] }),
  ],
  [
    /^(SlowDown|ServiceUnavailable|TooManyRequests(Exception)?|Throttling(Exception)?|RequestLimitExceeded)$/,
    busy,
  ],
  [/^(AccessDenied(Exception)?|AllAccessDisabled|Forbidden|UnauthorizedAccess)$/, denied],
  [/^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint)/, inOtherRegion],
  [
    /^InvalidObjectState$/,
    () => ({ text: 'it is archived', hints: ['aws s3api restore-object brings it back'] }),
  ],
]

const byStatus: Readonly<Record<number, Known>> = {
  301: inOtherRegion,
  401: denied,
  403: denied,
  429: busy,
  503: busy,
}

/** Why S3, or a server that speaks as S3 does, gave nothing; undefined: not known. */
export function explain(error: unknown, verb: Verb, at: Address): Reason | undefined {
  const name = nameOf(error)
  const known = byName.find(([pattern]) => pattern.test(name))?.[1] ?? byStatus[statusOf(error)]
  return known?.(error, verb, at)
}

const logIn = 'log in again: aws sso login, or whatever gave the credentials'
const chooseOthers = 'AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose others'
const elsewhere = 'if it is not in AWS: AWS_ENDPOINT_URL_S3 is the address of the store'

function noCredentials(error: unknown): Reason {
  if (/expired|sso login/i.test(saidBy(error)))
    return { text: `the AWS credentials have expired: ${saidBy(error)}`, hints: [logIn] }
  // Of a profile that is not there, say. Of the last of all ways to find some there is nothing to say.
  const said = /could not load credentials from any providers/i.test(saidBy(error))
    ? ''
    : `: ${saidBy(error)}`
  return {
    text: `no AWS credentials were found${said}`,
    hints: [
      'log in (aws configure, aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ],
  }
}

/** A HEAD that was refused has a number for a name, or none. */
function nameOf(error: unknown): string {
  const { name = '', Code } = (error ?? {}) as ServiceError
  const known = typeof Code === 'string' ? Code : name
  return /^\d+$|^Unknown/.test(known) ? '' : known
}

function statusOf(error: unknown): number {
  return ((error ?? {}) as ServiceError).$metadata?.httpStatusCode ?? 0
}
