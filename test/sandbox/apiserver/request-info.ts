import { selectedName } from './selectors.ts'

export interface RequestInfo {
  /** Kubernetes' verb, or the method in lower case for a path that is no resource. */
  readonly verb: string
  readonly path: string
  /** Absent for `/version`, `/openapi/v3` and the like. */
  readonly resource?: {
    readonly group: string
    readonly version: string
    readonly namespace: string
    readonly plural: string
    readonly name: string
    readonly subresource: string
    /** What follows the subresource: the path to be proxied. */
    readonly rest: string
  }
}

const methodVerbs: Record<string, string> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** What is asked, as k8s.io/apiserver endpoints/request/requestinfo.go reads it from method and URL. */
export function requestInfo(method: string, url: URL): RequestInfo {
  const plain = { verb: method.toLowerCase(), path: url.pathname }
  const parts = url.pathname.split('/').slice(1)
  const [prefix, ...after] = parts
  const isCore = prefix === 'api' && after.length >= 2
  const isGroup = prefix === 'apis' && after.length >= 3
  if (!isCore && !isGroup) return plain
  const group = isGroup ? decodeURIComponent(after.shift() ?? '') : ''
  const version = after.shift() ?? ''
  const found = resourceParts(after)
  if (!found.plural) return plain
  const verb = verbOf(method, url, found)
  const collection = ['list', 'watch', 'deletecollection'].includes(verb)
  const name = collection ? selectedName(url.searchParams.get('fieldSelector')) : found.name
  return { verb, path: url.pathname, resource: { group, version, ...found, name } }
}

function resourceParts(parts: string[]) {
  const decoded = (text: string | undefined) => decodeURIComponent(text ?? '')
  if (parts[0] !== 'namespaces' || parts.length === 1) return pathOf('', parts)
  // /namespaces/NS, /namespaces/NS/status and /finalize are the namespace itself.
  const own = parts.length === 2 || ['', 'status', 'finalize'].includes(parts[2] ?? '')
  return own ? pathOf(decoded(parts[1]), parts) : pathOf(decoded(parts[1]), parts.slice(2))

  function pathOf(namespace: string, [plural, name, subresource, ...rest]: string[]) {
    return {
      namespace,
      plural: decoded(plural),
      name: decoded(name),
      subresource: subresource ?? '',
      // Kept as it came: the slash after /proxy and any escapes belong to whom it is proxied to.
      rest: rest.length > 0 ? `/${rest.join('/')}` : '',
    }
  }
}

function verbOf(method: string, url: URL, { name, subresource }: { name: string; subresource: string }) {
  if (method === 'GET' || method === 'HEAD') {
    if (name !== '' || subresource !== '') return 'get'
    return isTrue(url.searchParams.get('watch')) ? 'watch' : 'list'
  }
  if (method === 'DELETE' && name === '') return 'deletecollection'
  return methodVerbs[method] ?? method.toLowerCase()
}

export const isTrue = (text: string | null) => text === 'true' || text === '1'
