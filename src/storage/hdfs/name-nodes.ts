import type { HadoopSettings } from './configuration.ts'

/**
 * Where the web servers are of the name nodes of `hdfs://AUTHORITY/`, as Hadoop's own configuration says (HDFS High Availability, and
 * hdfs-default.xml): of a name service those of all its name nodes, of which one is active; none where it does not say.
 */
export function webServers(authority: string, settings: HadoopSettings): readonly string[] {
  const meant = authority === '' ? defaultAuthority(settings) : authority
  if (meant === '') return []
  const nodes = settings.get(`dfs.ha.namenodes.${meant}`)
  const suffixes =
    nodes === undefined ? [suffixOf(meant, settings)] : listIn(nodes).map(node => `.${meant}.${node}`)
  return suffixes.flatMap(suffix => (suffix === undefined ? [] : serverOf(suffix, meant, settings)))
}

function defaultAuthority(settings: HadoopSettings): string {
  const address = settings.get('fs.defaultFS') ?? settings.get('fs.default.name') ?? ''
  return /^hdfs:\/\/([^/]+)/i.exec(address)?.[1] ?? ''
}

function listIn(text: string): string[] {
  return text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
}

/** What stands behind the names of its settings: a name service, one of its name nodes, or nothing, where there is but one. */
function suffixOf(authority: string, settings: HadoopSettings): string | undefined {
  const services = listIn(settings.get('dfs.nameservices') ?? '')
  if (services.includes(authority)) return `.${authority}`
  const rpc = 'dfs.namenode.rpc-address'
  for (const [name, value] of settings) {
    const suffix = name.startsWith(rpc) ? name.slice(rpc.length) : undefined
    if (suffix !== undefined && sameAuthority(value, authority)) return suffix
  }
  return services.length === 0 && sameAuthority(authority, defaultAuthority(settings)) ? '' : undefined
}

function sameAuthority(one: string, other: string): boolean {
  return one.replace(/:8020$/, '') === other.replace(/:8020$/, '')
}

function serverOf(suffix: string, authority: string, settings: HadoopSettings): string[] {
  const secure = settings.get('dfs.http.policy') === 'HTTPS_ONLY'
  const [scheme, key, port] = secure
    ? (['https', 'dfs.namenode.https-address', '9871'] as const)
    : (['http', 'dfs.namenode.http-address', '9870'] as const)
  const address = settings.get(`${key}${suffix}`) ?? ''
  const [, host = '', at = port] = /^([A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\])?(?::(\d{1,5}))?$/.exec(address) ?? []
  const rpc = settings.get(`dfs.namenode.rpc-address${suffix}`) ?? authority
  // 0.0.0.0 is every address of the name node's machine, and says nothing of where that is.
  const reached = host === '' || host === '0.0.0.0' || host === '[::]' ? rpc.replace(/:\d{1,5}$/, '') : host
  const isName = /^([A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\])$/.test(reached)
  const isService = listIn(settings.get('dfs.nameservices') ?? '').includes(reached)
  return isName && !isService ? [`${scheme}://${reached}:${at}`] : []
}
