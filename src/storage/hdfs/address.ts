import { failure } from '../../domain/failure.ts'
import type { Connecting } from '../connecting.ts'
import type { HadoopSettings } from './configuration.ts'
import { webServers } from './name-nodes.ts'

/** Where WebHDFS answers for a location, and the path there. */
export interface HdfsAddress {
  /** `http://namenode:9870`, one after the other: of several only one is active. */
  readonly servers: readonly string[]
  readonly path: string
  /** It is the user who says so, and no location: what is secret may go there. */
  readonly trusted: boolean
}

/** dfs.namenode.http-address of Hadoop 3 (hdfs-default.xml). */
const usualPort = 9870

/**
 * FLINKSP_WEBHDFS_URL says where (several with commas; HttpFS and gateways too); else the configuration of Hadoop does, for its name services
 * and name nodes. Else: the name node's web server of `hdfs://namenode:8020/path` at its usual port, or what `webhdfs:` and
 * `swebhdfs:` name themselves.
 */
export function hdfsAddress(
  location: string,
  env: Connecting['env'],
  settings: HadoopSettings = new Map(),
): HdfsAddress {
  const [, scheme = '', authority = '', rest = ''] = /^([^:]+):(?:\/\/([^/]*))?(.*)$/s.exec(location) ?? []
  const path = `/${rest.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '')}`
  const given = env['FLINKSP_WEBHDFS_URL'] ?? ''
  if (given !== '') return { path, servers: given.split(',').map(serverIn), trusted: true }
  const configured = scheme.toLowerCase() === 'hdfs' ? webServers(authority, settings) : []
  if (configured.length > 0) return { path, servers: configured, trusted: true }
  const servers = namedBy(scheme.toLowerCase(), authority)
  if (servers.length === 0) throw nowhere(location)
  return { path, servers, trusted: false }
}

function namedBy(scheme: string, authority: string): string[] {
  const [, host = '', port] = /^([A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?$/.exec(authority) ?? []
  if (host === '') return []
  if (scheme === 'hdfs') return [`http://${host}:${usualPort}`]
  const secure = scheme === 'swebhdfs'
  return [`${secure ? 'https' : 'http'}://${host}:${port ?? (secure ? 9871 : usualPort)}`]
}

/** A gateway answers below a path of its own. */
function serverIn(text: string): string {
  const url = URL.parse(text.trim())
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '')
    throw failure('usage', 'FLINKSP_WEBHDFS_URL is no list of addresses: http://HOST:PORT,…')
  return `${url.origin}${url.pathname.replace(/\/+(webhdfs\/v1\/*)?$/, '')}`
}

function nowhere(location: string) {
  return failure(
    'not-asked',
    `cannot read ${location}: it names no name node`,
    'FLINKSP_WEBHDFS_URL=http://NAMENODE:9870 says where WebHDFS, or HttpFS, answers; or HADOOP_CONF_DIR, where hdfs-site.xml does',
  )
}
