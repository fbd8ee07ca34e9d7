import type { Readable } from 'node:stream'
import type { Response } from 'node-fetch'
import { type Fields, isFields, textAt } from '../../domain/fields.ts'
import { agentsFor, type Connecting } from '../connecting.ts'
import { bytesOf } from '../ranged.ts'
import type { HdfsAddress } from './address.ts'

/** A page of a list has a thousand files; a status of each is some hundred bytes. */
const largestAnswer = 8 * 1024 * 1024

/** What a name node said no with: the `RemoteException` of the WebHDFS documentation. */
export class HdfsRefusal extends Error {
  readonly status: number
  readonly exception: string

  constructor(status: number, exception: string, message: string) {
    super(message)
    this.status = status
    this.exception = exception
  }
}

export interface HdfsQuestion {
  readonly method?: 'GET' | 'DELETE'
  readonly op: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** Asks WebHDFS: JSON, or (`bytes`) what a file holds. */
export interface Asker {
  json(at: HdfsAddress, question: HdfsQuestion, signal: AbortSignal): Promise<Fields>
  bytes(at: HdfsAddress, question: HdfsQuestion, most: number, signal: AbortSignal): Promise<Uint8Array>
}

/**
 * As this user: WebHDFS without Kerberos believes what it is told. With Kerberos a delegation token says who asks, which goes nowhere but where
 * the user's own configuration says.
 */
export function askerFor(connecting: Connecting): Asker {
  const user = { 'user.name': connecting.env['HADOOP_USER_NAME'] || connecting.user() }
  const delegation = connecting.env['FLINKSP_WEBHDFS_TOKEN'] ?? ''
  const whoAsks = ({ trusted }: HdfsAddress) => (delegation !== '' && trusted ? { delegation } : user)
  const { httpAgent, httpsAgent } = agentsFor(connecting)
  const agent = (url: URL) => (url.protocol === 'https:' ? httpsAgent : httpAgent)
  const once = async (url: string, method: string, signal: AbortSignal): Promise<Response> => {
    const { default: fetch } = await import('node-fetch')
    return await fetch(url, { method, agent, redirect: 'manual', signal })
  }
  const answered = async (
    at: HdfsAddress,
    { method = 'GET', ...question }: HdfsQuestion,
    signal: AbortSignal,
  ) => {
    for (const [index, server] of at.servers.entries()) {
      try {
        return await whole(
          await followed(await once(urlOf(server, at.path, question, whoAsks(at)), method, signal), signal),
        )
      } catch (error) {
        if (index === at.servers.length - 1 || !isElsewhere(error)) throw error
      }
    }
    throw new Error('there is no name node to ask')
  }
  /** The name node sends to a data node. There is nothing of ours to be told there: what it needs stands in the address. */
  const followed = async (response: Response, signal: AbortSignal): Promise<Response> => {
    const target = response.headers.get('location')
    if (response.status !== 307 || target === null) return response
    const url = URL.parse(target)
    if (!url || !/^https?:$/.test(url.protocol)) throw new Error('the name node sends to no address')
    return await once(url.href, 'GET', signal)
  }
  return {
    async json(at, question, signal) {
      const bytes = await bytesOf((await answered(at, question, signal)).body as Readable, largestAnswer)
      if (bytes.length === largestAnswer) throw new Error('the answer is longer than 8 MiB')
      const body: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
      if (!isFields(body)) throw new Error('the answer is no JSON object')
      return body
    },
    bytes: async (at, question, most, signal) =>
      await bytesOf((await answered(at, question, signal)).body as Readable, most),
  }
}

function urlOf(
  server: string,
  path: string,
  { op, parameters = {} }: HdfsQuestion,
  who: Readonly<Record<string, string>>,
): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  const query = new URLSearchParams({ op, ...who, ...parameters })
  return `${server}/webhdfs/v1${encoded}?${query}`
}

async function whole(response: Response): Promise<Response> {
  if (response.ok) return response
  const bytes = response.body ? await bytesOf(response.body as Readable, 64 * 1024) : new Uint8Array(0)
  const said = textIn(Buffer.from(bytes).toString('utf8'))
  throw new HdfsRefusal(response.status, said.exception, said.message || response.statusText)
}

function textIn(text: string): { exception: string; message: string } {
  try {
    const body: unknown = JSON.parse(text)
    if (isFields(body)) {
      const message = textAt(body, 'RemoteException', 'message')?.split('\n')[0] ?? ''
      return { exception: textAt(body, 'RemoteException', 'exception') ?? '', message }
    }
  } catch {
    // A page of some server in between.
  }
  return { exception: '', message: '' }
}

/** A name node in stand-by, or one that is not there: another may answer. */
function isElsewhere(error: unknown): boolean {
  if (error instanceof HdfsRefusal) return error.exception === 'StandbyException'
  return (error as Error).name === 'FetchError'
}
