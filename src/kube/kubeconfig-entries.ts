import { isAbsolute, join, sep } from 'node:path'
import { type Fields, fieldsAt, flagAt, isFields, listAt, textAt } from '../domain/fields.ts'

/** `clusters[].cluster` of a kubeconfig; file names are absolute or as the flag gave them. */
export interface ClusterEntry {
  readonly server?: string
  readonly caFile?: string
  readonly caData?: string
  readonly insecure: boolean
  readonly tlsServerName?: string
  readonly proxyUrl?: string
  readonly disableCompression: boolean
  /** What an exec user with provideClusterInfo is told as `config`. */
  readonly execConfig?: unknown
}

/** `users[].user`. */
export interface UserEntry {
  readonly token?: string
  readonly tokenFile?: string
  readonly username?: string
  readonly password?: string
  readonly certFile?: string
  readonly certData?: string
  readonly keyFile?: string
  readonly keyData?: string
  readonly exec?: ExecUser
  readonly authProvider?: { readonly name: string; readonly config: Fields }
  readonly impersonate?: string
  readonly impersonateUid?: string
  readonly impersonateGroups: readonly string[]
  readonly impersonateExtra: Readonly<Record<string, readonly string[]>>
  /** The file it stands in. */
  readonly origin?: string
}

export interface ExecUser {
  readonly command: string
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly apiVersion: string
  readonly interactiveMode: string
  readonly provideClusterInfo: boolean
  readonly installHint?: string
}

/** `contexts[].context`. */
export interface ContextEntry {
  readonly cluster: string
  readonly user: string
  readonly namespace?: string
}

export function clusterEntry(fields: Fields, directory: string): ClusterEntry {
  const extension = listAt(fields, 'extensions').find(
    // client-go tools/clientcmd clusterExtensionKey
    each => textAt(each, 'name') === 'client.authentication.k8s.io/exec',
  )
  return present({
    server: textAt(fields, 'server'),
    caFile: file(fields, 'certificate-authority', directory),
    caData: textAt(fields, 'certificate-authority-data'),
    insecure: flagAt(fields, 'insecure-skip-tls-verify') ?? false,
    tlsServerName: textAt(fields, 'tls-server-name'),
    proxyUrl: textAt(fields, 'proxy-url'),
    disableCompression: flagAt(fields, 'disable-compression') ?? false,
    execConfig: extension?.['extension'],
  })
}

export function userEntry(fields: Fields, directory: string, origin: string): UserEntry {
  const exec = fields['exec']
  const provider = fields['auth-provider']
  return present({
    token: textAt(fields, 'token'),
    tokenFile: file(fields, 'tokenFile', directory),
    username: textAt(fields, 'username'),
    password: textAt(fields, 'password'),
    certFile: file(fields, 'client-certificate', directory),
    certData: textAt(fields, 'client-certificate-data'),
    keyFile: file(fields, 'client-key', directory),
    keyData: textAt(fields, 'client-key-data'),
    exec: isFields(exec) ? execUser(exec, directory) : undefined,
    authProvider: isFields(provider)
      ? { name: textAt(provider, 'name') ?? '', config: fieldsAt(provider, 'config') }
      : undefined,
    impersonate: textAt(fields, 'as'),
    impersonateUid: textAt(fields, 'as-uid'),
    impersonateGroups: strings(fields['as-groups']),
    impersonateExtra: Object.fromEntries(
      Object.entries(fieldsAt(fields, 'as-user-extra')).map(([key, values]) => [key, strings(values)]),
    ),
    origin,
  })
}

export function contextEntry(fields: Fields): ContextEntry {
  return present({
    cluster: textAt(fields, 'cluster') ?? '',
    user: textAt(fields, 'user') ?? '',
    namespace: textAt(fields, 'namespace'),
  })
}

function execUser(fields: Fields, directory: string): ExecUser {
  const command = textAt(fields, 'command') ?? ''
  const apiVersion = textAt(fields, 'apiVersion') ?? ''
  return present({
    // client-go GetAuthInfoFileReferences: only a command with a separator is a path, and relative to its file
    command: command.includes(sep) || command.includes('/') ? absolute(command, directory) : command,
    args: strings(fields['args']),
    env: listAt(fields, 'env').map(each => ({
      name: textAt(each, 'name') ?? '',
      value: textAt(each, 'value') ?? '',
    })),
    apiVersion,
    interactiveMode: textAt(fields, 'interactiveMode') ?? defaultInteractiveMode(apiVersion),
    provideClusterInfo: flagAt(fields, 'provideClusterInfo') ?? false,
    installHint: textAt(fields, 'installHint'),
  })
}

/** client-go tools/clientcmd/api/v1/defaults.go: v1 wants it said. */
function defaultInteractiveMode(apiVersion: string): string {
  return /\/v1(alpha|beta)1$/.test(apiVersion) ? 'IfAvailable' : ''
}

function file(fields: Fields, key: string, directory: string): string | undefined {
  const path = textAt(fields, key)
  return path === undefined ? undefined : absolute(path, directory)
}

function absolute(path: string, directory: string): string {
  return isAbsolute(path) ? path : join(directory, path)
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : []
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Absent instead of undefined. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Present<T>
}
