import { closeSync, openSync } from 'node:fs'
import { goFileError, quoted } from './go-wording.ts'
import type { ClusterEntry, UserEntry } from './kubeconfig-entries.ts'

/** What kubectl finds wrong with a cluster: client-go tools/clientcmd/validation.go validateClusterInfo. */
export function clusterProblems(name: string, cluster: ClusterEntry): string[] {
  const problems: string[] = []
  if (cluster.server === undefined) {
    problems.push(
      name === '' ? 'default cluster has no server defined' : `no server found for cluster ${quoted(name)}`,
    )
  }
  if (cluster.proxyUrl !== undefined) problems.push(...proxyProblems(name, cluster.proxyUrl))
  if (cluster.caFile !== undefined && cluster.caData !== undefined) {
    problems.push(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    )
  }
  problems.push(...unreadable('certificate-authority', cluster.caFile, name))
  return problems
}

function proxyProblems(name: string, proxyUrl: string): string[] {
  const prefix = `invalid 'proxy-url' ${quoted(proxyUrl)} for cluster ${quoted(name)}: `
  if (!URL.canParse(proxyUrl)) return [`${prefix}could not parse: ${proxyUrl}`]
  const scheme = new URL(proxyUrl).protocol.slice(0, -1)
  if (['http', 'https', 'socks5'].includes(scheme)) return []
  return [`${prefix}unsupported scheme ${quoted(scheme)}, must be http, https, or socks5`]
}

/** What kubectl finds wrong with a user: client-go tools/clientcmd/validation.go validateAuthInfo. */
export function userProblems(name: string, user: UserEntry): string[] {
  const methods = [
    user.token !== undefined ? ['token'] : [],
    user.username !== undefined || user.password !== undefined ? ['basicAuth'] : [],
  ].flat()
  const problems = [...certificateProblems(name, user), ...execProblems(name, user)]
  if (methods.length > 1) {
    problems.push(
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    )
  }
  const more = user.impersonateUid ?? user.impersonateGroups[0] ?? Object.keys(user.impersonateExtra)[0]
  if (more !== undefined && user.impersonate === undefined) {
    problems.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`)
  }
  return problems
}

function certificateProblems(name: string, user: UserEntry): string[] {
  if (user.certFile === undefined && user.certData === undefined) return []
  const problems: string[] = []
  if (user.certFile !== undefined && user.certData !== undefined) {
    problems.push(
      `client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`,
    )
  }
  if (user.keyFile !== undefined && user.keyData !== undefined) {
    problems.push(
      `client-key-data and client-key are both specified for ${name}; client-key-data will override`,
    )
  }
  if (user.keyFile === undefined && user.keyData === undefined) {
    problems.push(
      `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
    )
  }
  return [
    ...problems,
    ...unreadable('client-cert', user.certFile, name),
    ...unreadable('client-key', user.keyFile, name),
  ]
}

function execProblems(name: string, user: UserEntry): string[] {
  const exec = user.exec
  if (exec === undefined) return []
  const missing = (what: string) => `${what} must be specified for ${name} to use exec authentication plugin`
  const problems: string[] = []
  if (user.authProvider) {
    problems.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`)
  }
  if (exec.command === '') problems.push(missing('command'))
  if (exec.apiVersion === '') problems.push(missing('apiVersion'))
  if (exec.env.some(each => each.name === '')) problems.push(missing('env variable name'))
  if (exec.interactiveMode === '') problems.push(missing('interactiveMode'))
  else if (!['Never', 'IfAvailable', 'Always'].includes(exec.interactiveMode)) {
    problems.push(`invalid interactiveMode for ${name}: ${quoted(exec.interactiveMode)}`)
  }
  return problems
}

function unreadable(what: string, path: string | undefined, name: string): string[] {
  if (path === undefined) return []
  try {
    closeSync(openSync(path, 'r'))
    return []
  } catch (error) {
    return [`unable to read ${what} ${path} for ${name} due to ${goFileError('open', path, error)}`]
  }
}
