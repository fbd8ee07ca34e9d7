import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Api } from './api.ts'
import { isChannelSocket } from './channel-sockets.ts'
import { checkContainer, execute } from './exec.ts'
import { forwardPorts } from './port-forward.ts'
import { attributesOf, authorize, denial } from './rbac.ts'
import { requestInfo } from './request-info.ts'
import { type ApiError, badRequest, notFound } from './status.ts'
import type { User } from './users.ts'

/** A request to upgrade: port-forward, exec, or a refusal. Throws ApiError. */
export function upgrade(
  api: Api,
  user: User,
  url: URL,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const info = requestInfo(request.method ?? 'GET', url)
  const wanted = attributesOf(info)
  // Since 1.35 a WebSocket, which is a GET, needs the right to create as well (AuthorizePodWebsocketUpgradeCreatePermission).
  for (const verb of [wanted.verb, 'create']) {
    const attributes = { ...wanted, verb }
    if (!authorize(api.store, user, attributes).allowed) throw denial(user, attributes)
  }
  const { resource: target } = info
  const { subresource = '' } = target ?? {}
  if (target?.plural !== 'pods' || !['portforward', 'exec'].includes(subresource))
    throw badRequest('Upgrade request required')
  const pod = api.store.get('/pods', target.namespace, target.name)
  if (!pod) throw notFound({ group: '', plural: 'pods' }, target.name)
  if (!isChannelSocket(request)) throw badRequest('unable to upgrade: only v4.channel.k8s.io is spoken here')
  if (subresource === 'exec') {
    checkContainer(pod, url.searchParams.get('container'))
    execute(request, socket, head, url.searchParams.getAll('command'))
    return
  }
  const ports = url.searchParams.getAll('ports').map(Number)
  if (ports.length === 0 || ports.some(port => !Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw badRequest('query parameter "ports" is required')
  }
  forwardPorts(request, socket, head, { pod, ports, dial: api.dial })
}

/** Answers an upgrade with a Status, on the bare socket. */
export function refuseUpgrade(socket: Duplex, { code, status }: ApiError): void {
  const body = Buffer.from(JSON.stringify(status))
  socket.end(
    `HTTP/1.1 ${code} Refused\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}
