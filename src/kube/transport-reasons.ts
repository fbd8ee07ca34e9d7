import { STATUS_CODES } from 'node:http'
import { isIP } from 'node:net'
import type { PeerCertificate } from 'node:tls'
import { codeOf, messageOf } from './go-wording.ts'

/** Why a connection failed, in the words of Go's net, crypto/tls and net/http, which kubectl prints as they are. */
export function transportReason(error: unknown, server: string): string {
  const code = codeOf(error)
  const detail = error as { host?: string; hostname?: string; address?: string; port?: number }
  const host = new URL(server).hostname.replace(/^\[|\]$/g, '')
  const dialled = detail.address === undefined ? host : `${detail.address}:${detail.port ?? ''}`
  const dial = dials[code]
  if (dial !== undefined) return `dial tcp ${dialled}: ${dial}`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const reason = code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving'
    return `dial tcp: lookup ${detail.hostname ?? host}: ${reason}`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${unverified}${wrongName(error, host)}`
  if (unknownAuthority.has(code)) return `${unverified}certificate signed by unknown authority`
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `${unverified}certificate has expired or is not yet valid`
  }
  return connectionReason(code, messageOf(error))
}

const unverified = 'tls: failed to verify certificate: x509: '

const dials: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'i/o timeout',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
}

const unknownAuthority = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
])

function connectionReason(code: string, message: string): string {
  if (
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
    /wrong version number|packet length too long|http request/i.test(message)
  ) {
    return 'http: server gave HTTP response to HTTPS client'
  }
  if (/socket hang up/.test(message)) return 'EOF'
  if (code === 'ECONNRESET') return 'read: connection reset by peer'
  if (code === 'EPIPE') return 'write: broken pipe'
  const alert = /tls[a-z0-9]*[_ ]alert[_ ]([a-z_ ]+)|alert ([a-z ]+)/i.exec(`${code} ${message}`)
  if (alert)
    return `remote error: tls: ${(alert[1] ?? alert[2] ?? '').replaceAll('_', ' ').trim().toLowerCase()}`
  if (code.startsWith('HPE_')) return `net/http: HTTP/1.x transport connection broken: ${message}`
  const proxied = /^Bad response: (\d{3})$/.exec(message)
  // net/http transport.go: the text of the proxy's status
  return proxied ? (STATUS_CODES[proxied[1] ?? ''] ?? message) : message
}

/** crypto/x509 HostnameError */
function wrongName(error: unknown, host: string): string {
  const failed = error as { host?: string; cert?: PeerCertificate }
  const asked = failed.host ?? host
  const names = (failed.cert?.subjectaltname ?? '').split(/,\s*/).filter(name => name !== '')
  const dns = names.filter(name => name.startsWith('DNS:')).map(name => name.slice(4))
  const addresses = names.filter(name => name.startsWith('IP Address:')).map(name => name.slice(11))
  if (isIP(asked) !== 0) {
    return addresses.length === 0
      ? `cannot validate certificate for ${asked} because it doesn't contain any IP SANs`
      : `certificate is valid for ${addresses.join(', ')}, not ${asked}`
  }
  return dns.length === 0
    ? `certificate is not valid for any names, but wanted to match ${asked}`
    : `certificate is valid for ${dns.join(', ')}, not ${asked}`
}
