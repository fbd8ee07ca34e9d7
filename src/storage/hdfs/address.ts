import { failure } from '../../domain/failure.ts'
import type { Connecting } from '../connecting.ts'

/** Where WebHDFS answers for a location, and the path there. */
export interface HdfsAddress {
  /** `http://namenode:9870`, one after the other: of several only one is active. */
  readonly servers: readonly string[]
  readonly path: string
}

/** dfs.namenode.http-address of Hadoop 3 (hdfs-default.xml). */
const usualPort = 9870

/**
 * FLINKSP_WEBHDFS_URL says where (several with commas; HttpFS too). Else: the name node's web server of `hdfs://namenode:8020/path`
 * at its usual port, or what `webhdfs:` and `swebhdfs:` name themselves.
 */
export function hdfsAddress(location: string, env: Connecting['env']): HdfsAddress {
  const [, scheme = '', authority = '', rest = ''] = /^([^:]+):(?:\/\/([^/]*))?(.*)$/s.exec(location) ?? []
  const path = `/${rest.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '')}`
  const given = env['FLINKSP_WEBHDFS_URL'] ?? ''
  const servers = given === '' ? namedBy(scheme.toLowerCase(), authority) : given.split(',').map(originOf)
  if (servers.some(server => server === undefined))
    throw failure('usage', 'FLINKSP_WEBHDFS_URL is no list of addresses: http://HOST:PORT,…')
  if (servers.length === 0) throw nowhere(location)
  return { servers: servers.filter(server => server !== undefined), path }
}

function namedBy(scheme: string, authority: string): string[] {
  const [, host = '', port] = /^([A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?$/.exec(authority) ?? []
  if (host === '') return []
  if (scheme === 'hdfs') return [`http://${host}:${usualPort}`]
  const secure = scheme === 'swebhdfs'
  return [`${secure ? 'https' : 'http'}://${host}:${port ?? (secure ? 9871 : usualPort)}`]
}

function originOf(text: string): string | undefined {
  const url = URL.parse(text.trim())
  return url && /^https?:$/.test(url.protocol) && url.username === '' ? url.origin : undefined
}

function nowhere(location: string) {
  return failure(
    'not-asked',
    `cannot read ${location}: it names no name node`,
    'FLINKSP_WEBHDFS_URL=http://NAMENODE:9870 says where WebHDFS, or HttpFS, answers',
  )
}
