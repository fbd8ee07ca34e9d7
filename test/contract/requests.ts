import type { ServerRequest } from './environment.ts'

export const ordersPath = 'flinkclusters/orders'
export const recordPath = 'configmaps/flinksp-flinkcluster-orders'

/** `GET flinkclusters/orders 200`, of what comes after the first `known` requests. */
export function asked(requests: readonly ServerRequest[], known = 0): string[] {
  return requests.slice(known).map(({ verb, path, code }) => {
    const url = new URL(path, 'https://server')
    const field = /metadata\.name=(\w+)/.exec(url.searchParams.get('fieldSelector') ?? '')
    const resource = url.pathname.replace(/^.*\/namespaces\/[^/]+\//, '')
    return `${verb} ${resource}${field ? `/${field[1]}` : ''} ${code}`
  })
}
