import type { Address } from '../objects.ts'
import { type Reason, saidBy, type Verb } from '../reasons.ts'

/** The parts of an error of Azure's clients that tell what happened. */
interface ServiceError {
  readonly name?: string
  readonly code?: string
  readonly statusCode?: number
  /** What stands in the headers: the answer to HEAD has nothing else. */
  readonly details?: { readonly errorCode?: string }
}

/** Is there no such object? */
export function isAbsent(error: unknown): boolean {
  const { statusCode, code } = errorOf(error)
  return statusCode === 404 && code !== 'ContainerNotFound'
}

/** An empty object has no first byte. */
export function isBeyondEnd(error: unknown): boolean {
  return errorOf(error).statusCode === 416
}

const roles: Readonly<Record<Verb, string>> = {
  read: 'Storage Blob Data Reader',
  list: 'Storage Blob Data Reader',
  delete: 'Storage Blob Data Contributor',
}

const logIn =
  'log in: az login; or set AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or AZURE_STORAGE_CONNECTION_STRING'

const known: readonly (readonly [RegExp, (verb: Verb, at: Address, error: unknown) => Reason])[] = [
  [
    /^(CredentialUnavailableError|AggregateAuthenticationError|AuthenticationRequiredError)$/,
    () => ({ text: 'no Azure credentials were found', hints: [logIn] }),
  ],
  [
    /^AuthenticationError$/,
    (_verb, _at, error) => ({ text: `the Azure login was refused: ${saidBy(error)}`, hints: [logIn] }),
  ],
  [
    /^(AuthenticationFailed|InvalidAuthenticationInfo|NoAuthenticationInformation)$/,
    (_verb, _at, error) => ({
      text: /expire|time frame/i.test(saidBy(error))
        ? 'the Azure credentials have expired'
        : 'the Azure credentials are not accepted',
      hints: [logIn],
    }),
  ],
  [
    /^ContainerNotFound$/,
    (_verb, { bucket }) => ({ text: `there is no container ${bucket.replace('@', ' in ')}` }),
  ],
  [/^(ServerBusy|OperationTimedOut)$/, () => busy],
]

const busy: Reason = { text: 'the store is too busy to answer (ServerBusy)', hints: ['try again in a while'] }

/** Why Azure gave nothing; undefined: not known. */
export function explain(error: unknown, verb: Verb, at: Address): Reason | undefined {
  const { name = '', code = '', statusCode } = errorOf(error)
  const reason = known.find(([pattern]) => pattern.test(code) || pattern.test(name))?.[1]
  if (reason) return reason(verb, at, error)
  if (statusCode === 429 || statusCode === 503) return busy
  if (statusCode !== 401 && statusCode !== 403) return undefined
  return {
    text: `access denied${code === '' ? '' : ` (${code})`}`,
    hints: [
      `the Azure credentials found here need the role ${roles[verb]}, and the account's firewall must let this machine in`,
    ],
  }
}

function errorOf(error: unknown): ServiceError {
  const { name, code = '', statusCode, details } = (error ?? {}) as ServiceError
  return { ...(name && { name }), ...(statusCode && { statusCode }), code: details?.errorCode ?? code }
}
