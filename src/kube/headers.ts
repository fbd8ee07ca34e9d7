import { randomUUID } from 'node:crypto'
import type { Machine } from '../domain/connection.ts'
import type { UserEntry } from './kubeconfig-entries.ts'

/** Who is asking, for the server's audit log: as kubectl's own User-Agent and KEP 859's headers. */
export function identityHeaders(
  machine: Machine,
  version: string,
  command: string | undefined,
): Record<string, string> {
  return {
    'user-agent': `kubectl-flinksp/${version} (${goPlatforms[machine.platform] ?? machine.platform}/${goArchitectures[machine.arch] ?? machine.arch})`,
    ...(command !== undefined && { 'kubectl-command': command, 'kubectl-session': randomUUID() }),
  }
}

/** client-go transport/round_trippers.go ImpersonatingRoundTripper */
export function impersonationHeaders(user: UserEntry): Record<string, string | string[]> {
  if (user.impersonate === undefined) return {}
  const extra = Object.entries(user.impersonateExtra).map(([key, values]) => [
    `Impersonate-Extra-${headerKey(key)}`,
    values.map(onTheWire),
  ])
  return {
    'Impersonate-User': onTheWire(user.impersonate),
    ...(user.impersonateUid !== undefined && { 'Impersonate-Uid': onTheWire(user.impersonateUid) }),
    ...(user.impersonateGroups.length > 0 && { 'Impersonate-Group': user.impersonateGroups.map(onTheWire) }),
    ...Object.fromEntries(extra),
  }
}

/** A key may hold what a header name may not (`example.com/scope`): percent-encoded, as client-go's headerKeyEscape. */
function headerKey(key: string): string {
  return [...Buffer.from(key)]
    .map(byte => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9!#$&'*+\-.^_`|~]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

/** Node writes header values as latin1; the server reads UTF-8. */
function onTheWire(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}

const goPlatforms: Readonly<Record<string, string>> = { win32: 'windows' }
const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }
