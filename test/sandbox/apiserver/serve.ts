import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Api } from './api.ts'
import { type FaultyAnswer, faultBody, type Interceptors } from './faults.ts'
import { handle } from './handle.ts'
import type { Doors } from './listening.ts'
import { attributesOf, authorize, denial } from './rbac.ts'
import { requestInfo } from './request-info.ts'
import { refusalOf, sendError, sendJson, sendText, warningValue } from './respond.ts'
import { ApiError } from './status.ts'
import { refuseUpgrade, upgrade } from './upgrade.ts'
import { authenticate, impersonate, type Token, type User } from './users.ts'

export interface RequestRecord {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Who asked, before impersonation; empty where that did not come out. */
  user: string
  /** 0 until it was answered. */
  code: number
}

interface Serving {
  readonly api: Api
  readonly tokens: readonly Token[]
  readonly interceptors: Interceptors
  readonly records: RequestRecord[]
  log(line: string): void
}

/** What happens to every request: it is recorded, its user known, a fault may strike, else it is handled. */
export function doors(serving: Serving): Doors {
  return {
    request: (request, response) => void answer(serving, request, response),
    upgrade(request, socket, head) {
      const record = begin(serving, request)
      socket.on('error', () => socket.destroy())
      try {
        const user = identify(serving, request, record)
        const fault = serving.interceptors.answerFor(record)
        if (fault) throw new ApiError(fault.code, fault.reason ?? '', fault.message ?? '')
        upgrade(serving.api, user, urlOf(record), request, socket, head)
        record.code = 101
      } catch (error) {
        const refusal = refusalOf(error)
        record.code = refusal.code
        refuseUpgrade(socket, refusal)
      }
    },
  }
}

async function answer(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { api, interceptors } = serving
  const record = begin(serving, request)
  response.on('close', () => serving.log(`${record.method} ${record.path} ${record.code} ${record.user}`))
  try {
    const user = identify(serving, request, record)
    await interceptors.released(record)
    for (const text of interceptors.warningsFor(record)) response.appendHeader('Warning', warningValue(text))
    const fault = interceptors.answerFor(record)
    if (fault) sendFault(response, fault)
    else await handle(api, user, urlOf(record), request, response)
  } catch (error) {
    sendError(response, error)
  }
  record.code = response.statusCode
}

function begin({ records }: Serving, request: IncomingMessage): RequestRecord {
  const record = { method: request.method ?? '', path: request.url ?? '/', user: '', code: 0 }
  records.push(record)
  return record
}

function identify({ api, tokens }: Serving, request: IncomingMessage, record: RequestRecord): User {
  const caller = authenticate(request, tokens)
  record.user = caller.user
  return impersonate(request, caller, {
    may: (by, resource, name) =>
      authorize(api.store, by, { verb: 'impersonate', group: '', resource, name }).allowed,
    denied(by, mode) {
      const wanted = attributesOf(requestInfo(record.method, urlOf(record)))
      return denial(by, { ...wanted, verb: `impersonate-on:${mode}:${wanted.verb}` })
    },
  })
}

const urlOf = ({ path }: RequestRecord) => new URL(path, 'https://sandbox')

function sendFault(response: ServerResponse, fault: FaultyAnswer): void {
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value)
  const body = faultBody(fault)
  if (typeof body === 'string') sendText(response, fault.code, body)
  else sendJson(response, fault.code, body)
}
