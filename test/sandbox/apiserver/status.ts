import type { Kind } from './kind.ts'
import type { Json } from './object.ts'

export interface Cause {
  reason: string
  message: string
  field: string
}

/** A refusal: the `Status` object that the API server answers with. */
export class ApiError extends Error {
  readonly status: Json
  readonly code: number
  readonly headers: Record<string, string>

  constructor(
    code: number,
    reason: string,
    message: string,
    extra: Json = {},
    headers: Record<string, string> = {},
  ) {
    super(message)
    this.code = code
    this.headers = headers
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason && { reason }),
      ...extra,
      code,
    }
  }
}

/** `flinkclusters.flinkoperator.k8s.io`: how messages name a resource. */
export function qualified(kind: Pick<Kind, 'group' | 'plural'>): string {
  return kind.group ? `${kind.plural}.${kind.group}` : kind.plural
}

function details(kind: Pick<Kind, 'group' | 'plural'>, name: string, more: Json = {}): Json {
  return {
    details: { ...(name && { name }), ...(kind.group && { group: kind.group }), kind: kind.plural, ...more },
  }
}

export const notFound = (kind: Pick<Kind, 'group' | 'plural'>, name: string) =>
  new ApiError(404, 'NotFound', `${qualified(kind)} "${name}" not found`, details(kind, name))

export const alreadyExists = (kind: Kind, name: string) =>
  new ApiError(409, 'AlreadyExists', `${qualified(kind)} "${name}" already exists`, details(kind, name))

export const conflict = (kind: Kind, name: string, why: string) =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`,
    details(kind, name),
  )

/** k8s.io/apiserver registry/generic/registry/store.go, OptimisticLockErrorMsg. */
export const staleVersion = (kind: Kind, name: string) =>
  conflict(
    kind,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )

export const badRequest = (message: string) => new ApiError(400, 'BadRequest', message)

export const unauthorized = () => new ApiError(401, 'Unauthorized', 'Unauthorized')

export const forbidden = (kind: Pick<Kind, 'group' | 'plural'>, name: string, why: string) =>
  new ApiError(
    403,
    'Forbidden',
    `${qualified(kind)}${name ? ` "${name}"` : ''} is forbidden: ${why}`,
    details(kind, name),
  )

export const expired = (message: string, metadata: Json = {}) =>
  new ApiError(410, 'Expired', message, { metadata })

export const internalError = (message: string) =>
  new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, {
    details: { causes: [{ message }] },
  })

export const unavailable = (message: string) => new ApiError(503, 'ServiceUnavailable', message)

/** What a JSON patch that does not apply gets; the cause is not told (apiserver handlers/patch.go). */
export const unprocessable = () =>
  new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {
    details: {},
  })

/** `X "name" is invalid: …`, one or several causes (apimachinery NewInvalid). `title` is Kind.group. */
export function invalid(group: string, kindName: string, name: string, causes: Cause[]): ApiError {
  const title = group ? `${kindName}.${group}` : kindName
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))]
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new ApiError(422, 'Invalid', `${title} "${name}" is invalid: ${text}`, {
    details: { ...(name && { name }), ...(group && { group }), ...(kindName && { kind: kindName }), causes },
  })
}

export const notAcceptable = () =>
  new ApiError(406, 'NotAcceptable', 'only the following media types are accepted: application/json')

export const methodNotAllowed = () =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {
    details: {},
  })

/** The 415 of a patch, word for word as kube-apiserver 1.36 says it. */
export function unsupportedPatch(accepted: readonly string[]): ApiError {
  return new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )
}
