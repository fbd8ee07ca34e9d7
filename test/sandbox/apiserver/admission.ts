import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { request as httpsRequest } from 'node:https'
import { type Call, isDryRun } from './api.ts'
import { apiVersionOf } from './kind.ts'
import { isJson, type Json, type KubeObject } from './object.ts'
import { applyJsonPatch } from './patch.ts'
import { conform } from './prepare.ts'
import { ApiError, internalError } from './status.ts'
import { type Admission, type Webhook, webhooksFor } from './webhook-configuration.ts'

export interface Change {
  readonly operation: Admission['operation']
  readonly object?: KubeObject
  readonly oldObject?: KubeObject
}

/** Asks the mutating webhooks; gives the object as they left it. */
export async function mutate(call: Call, change: Change & { object: KubeObject }): Promise<KubeObject> {
  let { object } = change
  for (const webhook of matching(call, 'mutatingwebhookconfigurations', change)) {
    const response = await ask(call, webhook, { ...change, object })
    if (!response?.['patch']) continue
    const patch: unknown = JSON.parse(Buffer.from(String(response['patch']), 'base64').toString('utf8'))
    object = conform(call.kind, applyJsonPatch(object, patch) as Json)
  }
  return object
}

/** Asks the validating webhooks; throws the refusal of one. */
export async function admit(call: Call, change: Change): Promise<void> {
  const webhooks = matching(call, 'validatingwebhookconfigurations', change)
  await Promise.all(webhooks.map(webhook => ask(call, webhook, change)))
}

function matching(call: Call, plural: string, change: Change): Webhook[] {
  // Webhooks are never asked about themselves: else a broken one could not be removed.
  if (call.kind.group === 'admissionregistration.k8s.io') return []
  const { group, version, namespace } = call.target
  return webhooksFor(call.api.store, plural, {
    ...change,
    group,
    version,
    namespace,
    resource: resourceOf(call),
  })
}

const resourceOf = ({ target: { plural, subresource } }: Call) =>
  subresource ? `${plural}/${subresource}` : plural

async function ask(call: Call, webhook: Webhook, change: Change): Promise<Json | undefined> {
  const review = reviewOf(call, change)
  let response: Json
  try {
    response = responseOf(await post(webhook, review))
  } catch (error) {
    if (webhook.failurePolicy === 'Ignore') return undefined
    throw internalError(
      `failed calling webhook "${webhook.name}": failed to call webhook: ${(error as Error).message}`,
    )
  }
  for (const warning of Array.isArray(response['warnings']) ? response['warnings'] : [])
    call.warn(String(warning))
  if (response['allowed'] !== true) throw refusal(webhook.name, response['status'])
  return response
}

function reviewOf(call: Call, { operation, object, oldObject }: Change): Json {
  const { group, version, plural, subresource, namespace, name } = call.target
  const kind = { group, version, kind: call.kind.kind }
  const resource = { group, version, resource: plural }
  const fieldManager = call.query.get('fieldManager')
  const options = {
    apiVersion: 'meta.k8s.io/v1',
    kind: { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' }[operation],
    ...(fieldManager && { fieldManager }),
  }
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: randomUUID(),
      kind,
      resource,
      ...(subresource && { subResource: subresource }),
      requestKind: kind,
      requestResource: resource,
      name: name || object?.metadata.name || '',
      ...(namespace && { namespace }),
      operation,
      userInfo: { username: call.user.user, groups: call.user.groups },
      object: object ? { ...object, apiVersion: apiVersionOf(call.kind) } : null,
      oldObject: oldObject ? { ...oldObject, apiVersion: apiVersionOf(call.kind) } : null,
      dryRun: isDryRun(call),
      options,
    },
  }
}

function responseOf(text: string): Json {
  const review: unknown = JSON.parse(text)
  const response = isJson(review) ? review['response'] : undefined
  if (!isJson(response)) throw new Error('the server could not find the requested resource')
  return response
}

/** apiserver pkg/admission/plugin/webhook/errors/statuserror.go: the webhook's own Status, its text prefixed. */
function refusal(name: string, given: unknown): ApiError {
  const status = isJson(given) ? given : {}
  const { code, message, reason } = status
  const by = `admission webhook "${name}" denied the request`
  const why = [message, reason].find(text => typeof text === 'string' && text !== '')
  const text = why === undefined ? `${by} without explanation` : `${by}: ${why}`
  const extra = isJson(status['details']) ? { details: status['details'] } : {}
  const answer = typeof code === 'number' && code >= 400 ? code : 400
  return new ApiError(answer, typeof reason === 'string' ? reason : '', text, extra)
}

function post({ clientConfig, timeoutSeconds = 10 }: Webhook, review: Json): Promise<string> {
  const { url, caBundle, service } = clientConfig
  if (!url)
    throw new Error(
      `Post "https://${service?.name}.${service?.namespace}.svc:443/?timeout=${timeoutSeconds}s": service "${service?.name}" not found`,
    )
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const target = `${url}?timeout=${timeoutSeconds}s`
  const fail = (error: NodeJS.ErrnoException) => reject(new Error(`Post "${target}": ${goError(error)}`))
  const request = httpsRequest(
    target,
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      timeout: timeoutSeconds * 1000,
      ...(caBundle && { ca: Buffer.from(caBundle, 'base64') }),
    },
    answer => {
      const chunks: Buffer[] = []
      answer.on('data', chunk => chunks.push(chunk)).on('error', fail)
      answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    },
  )
  request.on('timeout', () => request.destroy(new Error('context deadline exceeded')))
  request.on('error', fail).end(JSON.stringify(review))
  return promise
}

function goError(error: NodeJS.ErrnoException & { address?: string; port?: number }): string {
  if (error.code === 'ECONNREFUSED')
    return `dial tcp ${error.address}:${error.port}: connect: connection refused`
  return error.message
}
