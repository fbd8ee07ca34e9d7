import { type Fields, textAt } from '../domain/fields.ts'
import { type Resource, type ResourceRef, resourceOf } from '../domain/resource.ts'
import type { Discovery } from './discovery.ts'
import { isUnknownPath, missingKind, unusableAnswer } from './failures.ts'
import { groupOf, resourcePath, subjectOf } from './paths.ts'
import type { Answer, Request, Server } from './server.ts'

/** Where an object's kind is served: a version and a plural. */
export interface Place {
  readonly apiVersion: string
  readonly plural: string
}

export function get(server: Server, discovery: Discovery, ref: ResourceRef, late = false): Promise<Resource> {
  return atItsPlace(discovery, ref, async place => {
    const answer = await server.json({ ...getRequest(ref, place), late })
    return resourceIn(answer, ref)
  })
}

export function getRequest(ref: ResourceRef, { apiVersion, plural }: Place): Request {
  const { namespace, name } = ref
  return {
    method: 'GET',
    path: resourcePath({ apiVersion, plural, namespace, name }),
    subject: subjectOf('get', { apiVersion, name }, plural),
  }
}

/**
 * Does something at the kind's place; where the server no longer knows the place (a CRD's version is gone, or our cache
 * is stale), asks where the kind is now, and does it there.
 */
export async function atItsPlace<T>(
  discovery: Discovery,
  ref: Pick<ResourceRef, 'apiVersion' | 'kind'>,
  act: (place: Place) => Promise<T>,
): Promise<T> {
  const group = groupOf(ref.apiVersion)
  const place = { apiVersion: ref.apiVersion, plural: discovery.plural(group, ref.kind) }
  try {
    return await act(place)
  } catch (error) {
    if (!isUnknownPath(error) || group === '') throw error
    const now = await discovery.servedNow(group, ref.kind)
    if (now === undefined) throw missingKind(place.plural)
    if (now.apiVersion === place.apiVersion && now.plural === place.plural) throw error
    return act(now)
  }
}

export function resourceIn({ fields }: Answer, ref: Pick<ResourceRef, 'apiVersion' | 'kind'>): Resource {
  return mustBeResource(fields, ref)
}

export function mustBeResource(fields: Fields, ref: Pick<ResourceRef, 'apiVersion' | 'kind'>): Resource {
  const resource = resourceOf(fields, ref)
  // a Status with code 200, a list, another object: whatever it is, it is not what was asked for
  if (resource === undefined || resource.kind !== ref.kind) {
    throw unusableAnswer(
      `the server answered with ${textAt(fields, 'kind') ?? 'something'} instead of ${ref.kind}`,
    )
  }
  return resource
}
