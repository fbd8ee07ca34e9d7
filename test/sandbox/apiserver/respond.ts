import type { ServerResponse } from 'node:http'
import type { Call } from './api.ts'
import { type Format, formatOf } from './format.ts'
import type { Json, KubeObject } from './object.ts'
import { listObject, type Page } from './read.ts'
import { ApiError } from './status.ts'
import { partialMetadata, partialMetadataList, tableOf } from './table.ts'

export function sendJson(
  response: ServerResponse,
  code: number,
  body: Json,
  type = 'application/json',
): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(code, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    'Cache-Control': 'no-cache, private',
  })
  response.end(bytes)
}

export function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** An object in the form that was asked for; a Status is never a table row. */
export function sendObject(call: Call, code: number, object: Json): void {
  const { as, include } = formatOf(call.request, call.query)
  const isPlain = as === 'object' || object['kind'] === 'Status' || call.kind.virtual
  sendJson(call.response, code, isPlain ? object : shown(call, object as KubeObject, as, include))
}

function shown({ kind }: Call, object: KubeObject, as: Format['as'], include: Format['include']): Json {
  if (as === 'partial') return partialMetadata(object)
  return tableOf(kind, [object], include, { resourceVersion: object.metadata.resourceVersion })
}

export function sendPage(call: Call, page: Page): void {
  const { as, include } = formatOf(call.request, call.query)
  const { items, metadata } = page
  if (as === 'table') sendJson(call.response, 200, tableOf(call.kind, items, include, metadata))
  else if (as === 'partial') sendJson(call.response, 200, partialMetadataList(items, metadata))
  else sendJson(call.response, 200, listObject(call, page))
}

/** Anything that is no refusal is a fault of this server, and says so. */
export function refusalOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return new ApiError(500, 'InternalError', `sandbox: ${(error as Error).stack}`)
}

export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { code, status, headers } = refusalOf(error)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  sendJson(response, code, status)
}

/** The value of a Warning header (RFC 7234, as kube-apiserver writes it). */
export const warningValue = (text: string) => `299 - "${text.replaceAll(/(["\\])/g, '\\$1')}"`
