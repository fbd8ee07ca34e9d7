import type { ConnectionOptions, Machine } from '../domain/connection.ts'
import { Failure, failure } from '../domain/failure.ts'
import { quoted } from './go-wording.ts'
import { type InCluster, inCluster } from './in-cluster.ts'
import type { Kubeconfig } from './kubeconfig.ts'
import { type ClusterEntry, type ContextEntry, present, type UserEntry } from './kubeconfig-entries.ts'
import { clusterProblems, userProblems } from './validity.ts'

/** The server to talk to, as whom, and in which namespace: kubeconfig and flags in one. */
export interface Access {
  /** `https://host:port`, and a path in front of all others where the server has one; no slash at the end. */
  readonly server: string
  readonly namespace: string
  readonly cluster: ClusterEntry
  readonly userName: string
  readonly user: UserEntry
}

interface Chosen {
  readonly contextName: string
  readonly context: ContextEntry
  readonly clusterName: string
  readonly userName: string
}

/** Chooses as kubectl does: client-go tools/clientcmd/client_config.go and cli-runtime's config_flags.go, their texts included. */
export function chooseAccess(
  kubeconfig: Kubeconfig,
  options: ConnectionOptions,
  machine: Machine,
  pod: InCluster | undefined = inCluster(machine),
): Access {
  const chosen = choose(kubeconfig, options)
  const problems = confirm(kubeconfig, options, machine, chosen)
  // kubectl asks for the namespace first, and --namespace answers that without a look at the rest
  if (options.namespace === undefined) raise(problems)
  mustBeKnown('auth info', options.user, kubeconfig.users)
  mustBeKnown('context', options.context, kubeconfig.contexts)
  mustBeKnown('cluster', options.cluster, kubeconfig.clusters)
  raise(problems)
  const cluster = clusterOf(kubeconfig, options, machine, chosen.clusterName)
  if (pod !== undefined && !saysWhere(kubeconfig, options, chosen)) return accessFromPod(pod, options, chosen)
  return {
    server: serverUrl(cluster.server ?? ''),
    namespace: options.namespace ?? chosen.context.namespace ?? 'default',
    cluster,
    userName: chosen.userName,
    user: userOf(kubeconfig, options, chosen.userName),
  }
}

function choose(kubeconfig: Kubeconfig, options: ConnectionOptions): Chosen {
  const contextName = options.context ?? kubeconfig.currentContext
  const context = kubeconfig.contexts.get(contextName) ?? { cluster: '', user: '' }
  return {
    contextName,
    context,
    clusterName: options.cluster ?? context.cluster,
    userName: options.user ?? context.user,
  }
}

/** DirectClientConfig.ConfirmUsable */
function confirm(
  kubeconfig: Kubeconfig,
  options: ConnectionOptions,
  machine: Machine,
  { contextName, clusterName, userName }: Chosen,
): string[] {
  const known = (name: string | undefined, among: ReadonlyMap<string, unknown>) =>
    name === undefined || among.has(name)
  const cluster =
    known(options.cluster, kubeconfig.clusters) && known(options.context, kubeconfig.contexts)
      ? clusterOf(kubeconfig, options, machine, clusterName)
      : undefined
  return [
    ...(contextName !== '' && !kubeconfig.contexts.has(contextName) ? [`${notFound}${contextName}`] : []),
    ...(known(options.user, kubeconfig.users)
      ? userProblems(userName, userOf(kubeconfig, options, userName))
      : []),
    ...(cluster ? clusterProblems(clusterName, cluster) : missingCluster(options, clusterName)),
  ]
}

const notFound = 'context was not found for specified context: '

function missingCluster(options: ConnectionOptions, clusterName: string): string[] {
  return options.cluster === undefined ? [] : [`no server found for cluster ${quoted(clusterName)}`]
}

/** kubectl/pkg/cmd/util/helpers.go: one problem stands alone, except a missing context. */
function raise(problems: readonly string[]): void {
  const [first, ...rest] = problems
  if (first === undefined) return
  if (rest.length > 0) {
    throw new Failure(
      'not-asked',
      ['Error in configuration: ', ...problems.map(each => `* ${each}`)].join('\n'),
    )
  }
  if (first.startsWith(notFound)) throw new Failure('not-asked', `Error in configuration: ${first}`)
  throw failure('not-asked', first)
}

function mustBeKnown(what: string, name: string | undefined, among: ReadonlyMap<string, unknown>): void {
  if (name !== undefined && !among.has(name))
    throw failure('not-asked', `${what} ${quoted(name)} does not exist`)
}

function clusterOf(
  kubeconfig: Kubeconfig,
  options: ConnectionOptions,
  machine: Machine,
  name: string,
): ClusterEntry {
  const entry = kubeconfig.clusters.get(name) ?? { insecure: false, disableCompression: false }
  const { caFile, caData, tlsServerName, server, ...rest } = entry
  // a flag for one of the three replaces all three; --server also drops the kubeconfig's tls-server-name
  const trusts = options.insecureSkipTlsVerify === true || options.certificateAuthority !== undefined
  const renames = options.tlsServerName !== undefined || options.server !== undefined
  return {
    ...rest,
    ...present({
      server: options.server ?? server ?? machine.env['KUBERNETES_MASTER'] ?? 'http://localhost:8080',
      caFile: trusts ? options.certificateAuthority : caFile,
      caData: trusts ? undefined : caData,
      tlsServerName: renames ? options.tlsServerName : tlsServerName,
    }),
    insecure: trusts ? options.insecureSkipTlsVerify === true : entry.insecure,
    disableCompression: options.disableCompression ?? entry.disableCompression,
  }
}

function userOf(kubeconfig: Kubeconfig, options: ConnectionOptions, name: string): UserEntry {
  const entry = kubeconfig.users.get(name) ?? { impersonateGroups: [], impersonateExtra: {} }
  return {
    ...entry,
    ...present({
      token: options.token ?? entry.token,
      certFile: options.clientCertificate ?? entry.certFile,
      keyFile: options.clientKey ?? entry.keyFile,
      impersonate: options.as ?? entry.impersonate,
      impersonateUid: options.asUid ?? entry.impersonateUid,
    }),
    impersonateGroups: options.asGroup ?? entry.impersonateGroups,
    impersonateExtra: options.asUserExtra ? extraOf(options.asUserExtra) : entry.impersonateExtra,
  }
}

function extraOf(pairs: readonly string[]): Record<string, string[]> {
  const extra: Record<string, string[]> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at <= 0) throw failure('not-asked', `unable to parse ${quoted(pair)} as a key value pair`)
    const key = pair.slice(0, at)
    extra[key] = [...(extra[key] ?? []), pair.slice(at + 1)]
  }
  return extra
}

/** client-go tries the pod's own account only where nothing else names a server or a person. */
function saysWhere(kubeconfig: Kubeconfig, options: ConnectionOptions, { clusterName }: Chosen): boolean {
  return options.server !== undefined || kubeconfig.clusters.has(clusterName) || options.as !== undefined
}

function accessFromPod(pod: InCluster, options: ConnectionOptions, { context }: Chosen): Access {
  const caFile = options.certificateAuthority ?? pod.caFile
  return {
    server: pod.server,
    namespace: options.namespace ?? context.namespace ?? pod.namespace,
    cluster: {
      server: pod.server,
      ...(caFile !== undefined && { caFile }),
      insecure: false,
      disableCompression: options.disableCompression ?? false,
    },
    userName: 'serviceaccount',
    user: {
      ...(options.token === undefined ? { tokenFile: pod.tokenFile } : { token: options.token }),
      impersonateGroups: [],
      impersonateExtra: {},
    },
  }
}

/** client-go rest.DefaultServerURL: without a scheme it is http. */
function serverUrl(server: string): string {
  const given = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `http://${server}`
  if (!URL.canParse(given))
    throw failure('not-asked', `host must be a URL or a host:port pair: ${quoted(server)}`)
  const url = new URL(given)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    const scheme = quoted(url.protocol.slice(0, -1))
    throw new Failure('not-asked', `Unable to connect to the server: unsupported protocol scheme ${scheme}`)
  }
  return `${url.protocol}//${hostAsGiven(given)}${url.pathname.replace(/\/+$/, '')}`
}

/** URL drops a default port (`https://h:443`); kubectl's cache folder and texts keep it. */
function hostAsGiven(url: string): string {
  const [authority = ''] = url.replace(/^[^:]+:\/\//, '').split(/[/?#]/, 1)
  return authority.slice(authority.lastIndexOf('@') + 1)
}
