import { listAt, textAt } from '../domain/fields.ts'
import { type ListPage, refusedWith, type Selector, type ServedKind } from '../domain/ports.ts'
import { type Resource, resourceOf } from '../domain/resource.ts'
import type { Discovery } from './discovery.ts'
import { atItsPlace } from './objects.ts'
import { resourcePath, subjectOf } from './paths.ts'
import { type Answer, listLimit, type Server } from './server.ts'

// kubectl's --chunk-size
const pageSize = '500'

/** How often a listing may start over before it is given up. */
const mostRestarts = 5

/** All objects in pages. A `continue` that the server has forgotten (410) starts over; no object comes twice. */
export async function* list(
  server: Server,
  discovery: Discovery,
  kind: ServedKind,
  namespace: string | undefined,
  selector: Selector | undefined,
): AsyncGenerator<ListPage> {
  const seen = new Set<string>()
  let restarts = 0
  let next: string | undefined
  for (;;) {
    const page = await pageAt(server, discovery, kind, { namespace, selector, next }).catch(error => {
      if (next === undefined || !refusedWith(error, 410) || ++restarts > mostRestarts) throw error
      return undefined
    })
    if (page !== undefined) {
      const resourceVersion = textAt(page.fields, 'metadata', 'resourceVersion') ?? ''
      yield { items: fresh(page, kind, seen), resourceVersion }
    }
    next = page && textAt(page.fields, 'metadata', 'continue')
    if (page !== undefined && next === undefined) return
  }
}

function pageAt(
  server: Server,
  discovery: Discovery,
  kind: ServedKind,
  which: { namespace: string | undefined; selector: Selector | undefined; next: string | undefined },
): Promise<Answer> {
  return atItsPlace(discovery, kind, ({ apiVersion, plural }) => {
    const { labels: labelSelector, fields: fieldSelector } = which.selector ?? {}
    const query = { limit: pageSize, continue: which.next, labelSelector, fieldSelector }
    return server.json(
      {
        method: 'GET',
        path: resourcePath({ apiVersion, plural, namespace: which.namespace }, query),
        subject: subjectOf('list', { apiVersion }, plural),
      },
      listLimit,
    )
  })
}

function fresh({ fields }: Answer, kind: ServedKind, seen: Set<string>): Resource[] {
  // the items of built-in kinds do not repeat apiVersion and kind
  const resources = listAt(fields, 'items').map(item => resourceOf(item, kind))
  return resources.filter((each): each is Resource => {
    if (each === undefined) return false
    const id = each.metadata.uid || `${each.metadata.namespace}/${each.metadata.name}`
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}
