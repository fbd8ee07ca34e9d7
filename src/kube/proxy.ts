import { BlockList, isIP } from 'node:net'
import type { Machine } from '../domain/connection.ts'
import { failure } from '../domain/failure.ts'

type Env = Machine['env']

/**
 * The proxy for a server: the cluster's `proxy-url`, else HTTPS_PROXY or HTTP_PROXY by the server's scheme as Go's
 * net/http reads them (golang.org/x/net/http/httpproxy): loopback never, NO_PROXY by host, suffix, address or CIDR.
 */
export function proxyFor(server: string, proxyUrl: string | undefined, env: Env): URL | undefined {
  if (proxyUrl !== undefined) return new URL(proxyUrl)
  const url = new URL(server)
  const given = url.protocol === 'https:' ? pick(env, 'HTTPS_PROXY') : pick(env, 'HTTP_PROXY')
  if (given === '' || !goesThrough(url, pick(env, 'NO_PROXY'))) return undefined
  return parsedProxy(given)
}

/** Upper case first, as Go's FromEnvironment. */
function pick(env: Env, name: string): string {
  return env[name] || env[name.toLowerCase()] || ''
}

function parsedProxy(given: string): URL {
  const spelled = /^(https?|socks5h?):\/\//i.test(given) ? given : `http://${given}`
  if (!URL.canParse(spelled)) throw failure('not-asked', 'invalid proxy address in the environment')
  return new URL(spelled)
}

function goesThrough(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || isLoopback(host)) return false
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return !noProxy.split(',').some(entry => excludes(entry.trim().toLowerCase(), host, port))
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  if (entry.includes('/')) return inRange(entry, host)
  const [name, onlyPort] = splitPort(entry)
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false
  if (isIP(name) !== 0) return name === host
  if (isIP(host) !== 0) return false
  const suffix = name.replace(/^\*\./, '.')
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`)
}

function splitPort(entry: string): [string, string | undefined] {
  const [, bracketed, bracketedPort] = /^\[(.*)\](?::(\d+))?$/.exec(entry) ?? []
  if (bracketed !== undefined) return [bracketed, bracketedPort]
  const [, name, port] = /^([^:]+):(\d+)$/.exec(entry) ?? []
  return name === undefined ? [entry, undefined] : [name, port]
}

function inRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false
  const list = new BlockList()
  try {
    list.addSubnet(network, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
  } catch {
    return false
  }
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4')
}
