import { type Clock, refusedWith, type Write, type WriteOptions } from '../domain/ports.ts'
import type { Resource } from '../domain/resource.ts'
import type { Cache } from './cache.ts'
import type { Discovery } from './discovery.ts'
import { isUntold } from './failures.ts'
import { atItsPlace, get, type Place, resourceIn } from './objects.ts'
import { groupOf, resourcePath, subjectOf } from './paths.ts'
import type { Answer, Request, Server } from './server.ts'

const fieldManager = 'kubectl-flinksp'

const patchTypes = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const

type Patch = Extract<Write, { verb: 'patch' }>

/**
 * The one way anything is changed. A strategic merge patch is what kubectl sends for built-in kinds; API servers answer
 * 415 to it for custom resources, so the same body goes again as a merge patch, and the next run knows. Nothing is sent a
 * second time because its answer was lost: then the object tells whether it was carried out.
 */
export async function write(
  server: Server,
  discovery: Discovery,
  cache: Cache,
  clock: Clock,
  wanted: Write,
  options: WriteOptions = {},
): Promise<{ object: Resource; at?: number }> {
  const send = () =>
    atItsPlace(discovery, wanted.ref, place =>
      wanted.verb === 'patch' && wanted.type === 'strategic'
        ? strategic(server, cache, wanted, place, options)
        : server.json(requestOf(wanted, place, options)),
    )
  try {
    const answer = await send()
    return { object: resourceIn(answer, wanted.ref), ...(answer.at !== undefined && { at: answer.at }) }
  } catch (error) {
    if (!isUntold(error) || options.dryRun) throw error
    const { carriedOut } = await import('./carried-out.ts')
    return {
      object: await carriedOut(wanted, error, () => get(server, discovery, wanted.ref, options.late), clock),
    }
  }
}

async function strategic(
  server: Server,
  cache: Cache,
  patch: Patch,
  place: Place,
  options: WriteOptions,
): Promise<Answer> {
  const asMerge = () => server.json(requestOf({ ...patch, type: 'merge' }, place, options))
  const key = `merge-patch/${groupOf(patch.ref.apiVersion)}/${patch.ref.kind}`
  if ((await cache.recall(key)) !== undefined) return asMerge()
  try {
    return await server.json(requestOf(patch, place, options))
  } catch (error) {
    if (!refusedWith(error, 415)) throw error
    await cache.remember(key, 'the server refuses strategic merge patches of this kind (415)\n')
    return asMerge()
  }
}

function requestOf(wanted: Write, { apiVersion, plural }: Place, options: WriteOptions): Request {
  const { namespace, name } = wanted.ref
  const { dryRun = false, late = false } = options
  const query = { fieldManager, dryRun: dryRun ? 'All' : undefined }
  const at = { apiVersion, plural, namespace }
  const text = JSON.stringify(wanted.body)
  if (wanted.verb === 'create') {
    return {
      late,
      method: 'POST',
      path: resourcePath(at, query),
      subject: subjectOf('post', { apiVersion }, plural),
      body: { type: 'application/json', text },
    }
  }
  const subresource = wanted.verb === 'patch' ? wanted.subresource : undefined
  return {
    late,
    method: wanted.verb === 'patch' ? 'PATCH' : 'PUT',
    path: resourcePath({ ...at, name, ...(subresource !== undefined && { subresource }) }, query),
    subject: subjectOf(wanted.verb === 'patch' ? 'patch' : 'put', { apiVersion, name }, plural),
    body: { type: wanted.verb === 'patch' ? patchTypes[wanted.type] : 'application/json', text },
  }
}
