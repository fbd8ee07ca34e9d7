import type { IncomingMessage } from 'node:http'
import { notAcceptable } from './status.ts'
import type { IncludeObject } from './table.ts'

export interface Format {
  readonly as: 'object' | 'table' | 'partial'
  readonly include: IncludeObject
}

/** The form that the client likes best among those this server speaks; 406 where it speaks none. */
export function formatOf(request: IncomingMessage, query: URLSearchParams): Format {
  const include = (query.get('includeObject') as IncludeObject | null) ?? 'Metadata'
  const accepted = (request.headers.accept ?? '*/*').split(',').map(type => type.trim().split(';'))
  for (const [media = '', ...parameters] of accepted) {
    if (!['application/json', 'application/*', '*/*'].includes(media.trim())) continue
    const as = parameters
      .map(one => one.trim())
      .find(one => one.startsWith('as='))
      ?.slice(3)
    if (as === 'Table') return { as: 'table', include }
    if (as?.startsWith('PartialObjectMetadata')) return { as: 'partial', include }
    if (as === undefined) return { as: 'object', include }
  }
  throw notAcceptable()
}
