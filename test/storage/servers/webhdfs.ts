import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpServer, serve } from './http.ts'

/** A name node and a data node, as far as WebHDFS is documented; directories are there while something lies in them. */
export interface WebHdfs {
  readonly nameNode: HttpServer
  readonly dataNode: HttpServer
  readonly files: Map<string, Buffer>
  close(): Promise<void>
}

const modificationTime = 1_772_359_200_000

/** `refuse` answers in the place of the name node, where it gives something. `old`: as Hadoop 2, without pages. */
export async function startWebHdfs(
  more: {
    readonly old?: boolean
    readonly refuse?: (request: IncomingMessage, response: ServerResponse) => boolean
  } = {},
): Promise<WebHdfs> {
  const files = new Map<string, Buffer>()
  const dataNode = await serve((request, response) => {
    const { path, query } = parsed(request)
    const offset = Number(query.get('offset'))
    response.end(files.get(path)?.subarray(offset, offset + Number(query.get('length'))))
  })
  const nameNode = await serve((request, response) => {
    if (more.refuse?.(request, response)) return
    const { path, query } = parsed(request)
    const op = query.get('op') ?? ''
    if (op === 'OPEN')
      response.writeHead(307, { location: `${dataNode.url}${request.url}&namenoderpcaddress=nn:8020` }).end()
    else if (op === 'DELETE') remove(files, path, response)
    else if (op === 'GETFILESTATUS') status(files, path, response)
    else if (op === 'LISTSTATUS' || (op === 'LISTSTATUS_BATCH' && !more.old))
      list(files, path, query, response)
    else refuse(response, 400, 'IllegalArgumentException', `Invalid value for webhdfs parameter "op": ${op}`)
  })
  const close = async () => void (await Promise.all([nameNode.close(), dataNode.close()]))
  return { nameNode, dataNode, files, close }
}

/** As a name node says no. */
export function refuse(response: ServerResponse, status: number, exception: string, message: string): void {
  const javaClassName = `org.apache.hadoop.${exception}`
  json(response, status, { RemoteException: { exception, javaClassName, message } })
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function parsed({ url = '' }: IncomingMessage): { path: string; query: URLSearchParams } {
  const { pathname, searchParams } = new URL(url, 'http://host')
  return { path: decodeURIComponent(pathname.replace('/webhdfs/v1', '')), query: searchParams }
}

function statusOf(files: WebHdfs['files'], path: string, pathSuffix: string): object | undefined {
  const file = files.get(path)
  const common = { pathSuffix, modificationTime, owner: 'flink', permission: '644' }
  if (file) return { ...common, type: 'FILE', length: file.length }
  const isDirectory = path === '/' || [...files.keys()].some(each => each.startsWith(`${path}/`))
  return isDirectory ? { ...common, type: 'DIRECTORY', length: 0 } : undefined
}

function status(files: WebHdfs['files'], path: string, response: ServerResponse): void {
  const FileStatus = statusOf(files, path, '')
  if (FileStatus) json(response, 200, { FileStatus })
  else refuse(response, 404, 'FileNotFoundException', `File does not exist: ${path}`)
}

function list(files: WebHdfs['files'], path: string, query: URLSearchParams, response: ServerResponse): void {
  const self = statusOf(files, path, '')
  if (self) json(response, 200, listing(files, path, query, self))
  else refuse(response, 404, 'FileNotFoundException', `File ${path} does not exist.`)
}

function listing(files: WebHdfs['files'], path: string, query: URLSearchParams, self: object): object {
  const parent = path === '/' ? '/' : `${path}/`
  const names = [...files.keys()]
    .filter(each => each.startsWith(parent))
    .map(each => each.slice(parent.length).split('/')[0] ?? '')
  const sorted = [...new Set(names)].sort().filter(name => name > (query.get('startAfter') ?? ''))
  const paged = query.get('op') === 'LISTSTATUS_BATCH'
  const page = paged ? sorted.slice(0, 1_000) : sorted
  const entries = page.map(name => statusOf(files, `${parent}${name}`, name))
  const FileStatuses = { FileStatus: files.has(path) ? [self] : entries }
  if (!paged) return { FileStatuses }
  const remainingEntries = sorted.length - page.length
  return { DirectoryListing: { partialListing: { FileStatuses }, remainingEntries } }
}

function remove(files: WebHdfs['files'], path: string, response: ServerResponse): void {
  const isFull = [...files.keys()].some(each => each.startsWith(`${path}/`))
  const message = `\`${path} is non empty': Directory is not empty`
  if (isFull) refuse(response, 403, 'PathIsNotEmptyDirectoryException', message)
  else json(response, 200, { boolean: files.delete(path) })
}
