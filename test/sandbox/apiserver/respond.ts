import type { ServerResponse } from 'node:http'
import type { Call } from './api.ts'
import { formatOf } from './format.ts'
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
  const given = object as KubeObject
  if (as === 'object' || object['kind'] === 'Status' || call.kind.virtual)
    return sendJson(call.response, code, object)
  if (as === 'partial') return sendJson(call.response, code, partialMetadata(given))
  const { resourceVersion } = given.metadata
  sendJson(call.response, code, tableOf(call.kind, [given], include, { resourceVersion }))
}

export function sendPage(call: Call, page: Page): void {
  const { as, include } = formatOf(call.request, call.query)
  const { items, metadata } = page
  if (as === 'table') sendJson(call.response, 200, tableOf(call.kind, items, include, metadata))
  else if (as === 'partial') sendJson(call.response, 200, partialMetadataList(items, metadata))
  else sendJson(call.response, 200, listObject(call, page))
}

/** The refusal as a Status; anything that is no refusal is a fault of this server. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const refusal =
    error instanceof ApiError
      ? error
      : new ApiError(500, 'InternalError', `sandbox: ${(error as Error).stack}`)
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value)
  sendJson(response, refusal.code, refusal.status)
}

/** The value of a Warning header (RFC 7234, as kube-apiserver writes it). */
export const warningValue = (text: string) => `299 - "${text.replaceAll(/(["\\])/g, '\\$1')}"`
