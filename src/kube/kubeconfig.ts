import { readFileSync, statSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { Machine } from '../domain/connection.ts'
import { failure } from '../domain/failure.ts'
import { type Fields, isFields, listAt, textAt } from '../domain/fields.ts'
import { codeOf, goFileError, messageOf, quoted } from './go-wording.ts'
import {
  type ClusterEntry,
  type ContextEntry,
  clusterEntry,
  contextEntry,
  type UserEntry,
  userEntry,
} from './kubeconfig-entries.ts'
import { loadWithLongValues } from './long-values.ts'

/** All kubeconfig files as one: the first to name an entry, or a current context, wins. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, ClusterEntry>
  readonly users: ReadonlyMap<string, UserEntry>
  readonly contexts: ReadonlyMap<string, ContextEntry>
  readonly currentContext: string
}

const largest = 16 * 1024 * 1024

/** The file of `--kubeconfig`, which must be there; else those of KUBECONFIG, else ~/.kube/config, as far as they are there. */
export function loadKubeconfig(explicit: string | undefined, machine: Machine): Kubeconfig {
  if (explicit !== undefined && explicit !== '') return merged([readOne(explicit, mustExist(explicit))])
  const list = machine.env['KUBECONFIG'] ?? ''
  const paths = list === '' ? [join(machine.home, '.kube', 'config')] : list.split(delimiter)
  return merged(
    [...new Set(paths)]
      .filter(path => path !== '')
      .flatMap(path => {
        const text = textIfThere(path)
        return text === undefined ? [] : [readOne(path, text)]
      }),
  )
}

function merged(files: readonly Kubeconfig[]): Kubeconfig {
  const [first, ...rest] = files
  if (first === undefined)
    return { clusters: new Map(), users: new Map(), contexts: new Map(), currentContext: '' }
  return rest.reduce<Kubeconfig>(
    (known, next) => ({
      clusters: new Map([...next.clusters, ...known.clusters]),
      users: new Map([...next.users, ...known.users]),
      contexts: new Map([...next.contexts, ...known.contexts]),
      currentContext: known.currentContext || next.currentContext,
    }),
    first,
  )
}

function mustExist(path: string): string {
  try {
    statSync(path)
  } catch (error) {
    throw failure('not-asked', goFileError('stat', path, error))
  }
  return textIfThere(path) ?? ''
}

function textIfThere(path: string): string | undefined {
  try {
    if (statSync(path).size > largest) throw unusable(path, `larger than ${largest} bytes`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) === '') throw error
    throw unusable(path, goFileError(codeOf(error) === 'EISDIR' ? 'read' : 'open', path, error))
  }
}

function readOne(path: string, text: string): Kubeconfig {
  const document = parsed(path, text)
  const origin = resolve(path)
  const directory = dirname(origin)
  return {
    clusters: named(path, document, 'clusters', 'cluster', fields => clusterEntry(fields, directory)),
    users: named(path, document, 'users', 'user', fields => userEntry(fields, directory, origin)),
    contexts: named(path, document, 'contexts', 'context', contextEntry),
    currentContext: textAt(document, 'current-context') ?? '',
  }
}

function parsed(path: string, text: string): Fields {
  if (text.trim() === '') return {}
  let document: unknown
  try {
    document = text.trimStart().startsWith('{') ? JSON.parse(text) : loadWithLongValues(text)
  } catch (error) {
    document = fromFlowYaml(path, text, error)
  }
  if (document === null || document === undefined) return {}
  if (!isFields(document)) throw unusable(path, 'not a mapping')
  const { apiVersion = 'v1', kind = 'Config' } = document
  if (apiVersion !== 'v1' || kind !== 'Config') {
    throw unusable(
      path,
      `no kind ${quoted(String(kind))} is registered for version ${quoted(String(apiVersion))}`,
    )
  }
  return document
}

/** `{a: b}` looks like JSON and is YAML. */
function fromFlowYaml(path: string, text: string, error: unknown): unknown {
  if (!(error instanceof SyntaxError)) throw unusable(path, `yaml: ${firstLine(messageOf(error))}`)
  try {
    return loadWithLongValues(text)
  } catch (again) {
    throw unusable(path, `yaml: ${firstLine(messageOf(again))}`)
  }
}

function named<T>(
  path: string,
  document: Fields,
  list: string,
  field: string,
  entry: (fields: Fields) => T,
): Map<string, T> {
  const value = document[list]
  if (value !== undefined && value !== null && !Array.isArray(value))
    throw unusable(path, `${list} is not a list`)
  const entries = new Map<string, T>()
  for (const each of listAt(document, list)) {
    const name = textAt(each, 'name') ?? ''
    // client-go api/v1/conversion.go
    if (entries.has(name))
      throw unusable(path, `error converting ${list}: duplicate name ${quoted(name)} in list`)
    const fields = each[field]
    const body = isFields(fields) ? fields : {}
    checkTypes(path, `${list}.${field}`, body)
    entries.set(name, entry(body))
  }
  return entries
}

const textKeys = [
  'server certificate-authority certificate-authority-data tls-server-name proxy-url',
  'token tokenFile username password client-certificate client-certificate-data client-key client-key-data',
  'as as-uid cluster user namespace',
].flatMap(line => line.split(' '))

/** Go refuses `token: 123`; dropping it silently would end in a login that nobody understands. Never shows the value. */
function checkTypes(path: string, where: string, fields: Fields): void {
  for (const key of textKeys) {
    const value = fields[key]
    if (value !== undefined && value !== null && typeof value !== 'string') {
      throw unusable(path, `json: cannot unmarshal ${typeof value} into field ${where}.${key} of type string`)
    }
    if (key.endsWith('-data') && typeof value === 'string') checkBase64(path, value)
  }
}

function checkBase64(path: string, data: string): void {
  const bare = data.replace(/[\r\n]/g, '')
  const good = /^[A-Za-z0-9+/]*={0,2}/.exec(bare)?.[0].length ?? 0
  if (good !== bare.length || bare.length % 4 !== 0) {
    throw unusable(path, `illegal base64 data at input byte ${good}`)
  }
}

function unusable(path: string, reason: string) {
  return failure('not-asked', `error loading config file ${quoted(path)}: ${reason}`)
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
