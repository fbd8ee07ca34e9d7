import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Api, Call } from './api.ts'
import { discovery } from './discovery.ts'
import { formatOf } from './format.ts'
import { openapi } from './openapi.ts'
import { sendLog } from './pod-log.ts'
import { decodeProtobuf, protobufType } from './protobuf.ts'
import { attributesOf, authorize, denial } from './rbac.ts'
import { get, list } from './read.ts'
import { remove, removeAll } from './remove.ts'
import { type RequestInfo, requestInfo } from './request-info.ts'
import { sendJson, sendObject, sendPage, sendText, warningValue } from './respond.ts'
import { review } from './reviews.ts'
import { proxy } from './service-proxy.ts'
import { ApiError, badRequest, invalid, methodNotAllowed, notFound } from './status.ts'
import type { User } from './users.ts'
import { watch } from './watch.ts'
import { create, patch, update } from './write.ts'

/** Answers a request of a known user: may they, and what is it? */
export async function handle(
  api: Api,
  user: User,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const info = requestInfo(request.method ?? 'GET', url)
  const wanted = attributesOf(info)
  if (!authorize(api.store, user, wanted).allowed) throw denial(user, wanted)
  const { resource: target } = info
  if (!target) return answerPath(api, info.path, request, response)
  const kind = api.kinds.find(target.group, target.version, target.plural)
  if (!kind || (kind.namespaced !== (target.namespace !== '') && !listsEverywhere(info)))
    return missing(response)
  const body = once(() => readBody(request))
  const warned = new Set<string>()
  const warn = (text: string) => {
    if (!warned.has(text) && !response.headersSent) response.appendHeader('Warning', warningValue(text))
    warned.add(text)
  }
  if (kind.deprecationWarning) warn(kind.deprecationWarning)
  return route({ api, kind, info, target, query: url.searchParams, user, request, response, body, warn })
}

/** A namespaced kind without a namespace can be listed and watched; a Namespace's own requests carry its name as namespace. */
function listsEverywhere({ verb, resource }: RequestInfo): boolean {
  return ['list', 'watch', 'create'].includes(verb) || resource?.plural === 'namespaces'
}

function missing(response: ServerResponse): void {
  sendText(response, 404, '404 page not found\n')
}

async function route(call: Call): Promise<void> {
  const { info, target, kind } = call
  // The objects of a cluster-wide kind have no namespace, whatever the path says about Namespaces.
  const own = kind.namespaced ? call : { ...call, target: { ...target, namespace: '' } }
  if (target.subresource === 'proxy') return proxy(own)
  if (target.plural === 'pods' && target.subresource === 'log') return sendLog(own, get(own))
  if (!servesSubresource(call)) return refuseSubresource(own)
  if (kind.virtual) {
    if (info.verb !== 'create') throw methodNotAllowed()
    const { code, object } = await review(own)
    return sendObject(own, code, object)
  }
  if (info.verb === 'get') return sendObject(own, 200, get(own))
  if (info.verb === 'list') return sendPage(own, list(own))
  if (info.verb === 'watch') return watch(own)
  const write = writers[info.verb]
  if (!write || (info.verb === 'create' && target.name !== '')) throw methodNotAllowed()
  checkDryRun(call)
  formatOf(call.request, call.query)
  const { code, object } = await write(own)
  sendObject(own, code, object)
}

const optionsKinds: Record<string, string> = {
  create: 'CreateOptions',
  patch: 'PatchOptions',
  update: 'UpdateOptions',
}

function checkDryRun({ query, info }: Call): void {
  const asked = query.get('dryRun')
  if (asked === null || asked === 'All') return
  const message = `Unsupported value: ${JSON.stringify([asked])}: supported values: "All"`
  throw invalid('meta.k8s.io', optionsKinds[info.verb] ?? 'DeleteOptions', '', [
    { reason: 'FieldValueNotSupported', message, field: 'dryRun' },
  ])
}

const writers: Record<string, typeof create> = {
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeAll,
}

function servesSubresource({ kind, target: { subresource } }: Call): boolean {
  return subresource === '' || (subresource === 'status' && kind.statusSubresource)
}

/** A subresource that this server has no answer to, at least not without an upgrade. */
function refuseSubresource(call: Call): void {
  const { kind, target } = call
  get(call)
  if (target.subresource === 'portforward') throw badRequest('Upgrade request required')
  if (kind.custom) throw notFound(kind, target.name)
  missing(call.response)
}

/** What is no resource: health, discovery, OpenAPI. */
function answerPath(api: Api, path: string, request: IncomingMessage, response: ServerResponse): void {
  if (['/healthz', '/livez', '/readyz'].includes(path)) {
    sendText(response, 200, 'ok')
    return
  }
  const found = discovery(api.kinds.all(), request, path) ?? openapi(api.kinds.all(), request, path)
  if (found) sendJson(response, 200, found.body, found.type)
  else missing(response)
}

// kube-apiserver's own limit on a request body.
const bodyLimit = 3_145_728

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > bodyLimit) {
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bodyLimit}`)
    }
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const isProtobuf = request.headers['content-type']?.startsWith(protobufType)
  return isProtobuf ? Buffer.from(JSON.stringify(decodeProtobuf(bytes))) : bytes
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
