import assert from 'node:assert/strict'
import type { Sighting } from '../../src/domain/ports.ts'
import { type ApiServer, apiServer, events, json, status, text } from './support/api-server.ts'
import { cluster, collection, orders, ordersPath } from './support/clusters.ts'
import { type Home, home, type Opened, open } from './support/door.ts'

const changed = (version: string) => ({ type: 'MODIFIED', object: cluster(version) })
const deleted = (version: string) => ({ type: 'DELETED', object: cluster(version) })
const bookmark = (version: string) => ({
  type: 'BOOKMARK',
  object: { kind: 'FlinkCluster', metadata: { resourceVersion: version } },
})
const gone = {
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (9)' },
}

describe('watching an object', () => {
  let at: Home
  let server: ApiServer
  let door: Opened
  beforeEach(async () => {
    at = home()
    server = await apiServer()
    at.kubeconfig({ server: server.url })
    door = await open(at)
  })
  afterEach(async () => {
    await door.close()
    await server.close()
    at.remove()
  })

  const watchPath = `GET ${collection}`

  /** What was seen until it ended, shortened: versions, `deleted`, `resumed`. */
  const seen = async (signal = new AbortController().signal) => {
    const list: string[] = []
    for await (const sighting of door.cluster.watch(orders, '1', signal)) list.push(short(sighting))
    return list
  }

  const short = (sighting: Sighting) =>
    sighting.type === 'object' ? sighting.object.metadata.resourceVersion : sighting.type

  const versionsAsked = () =>
    server.seen.filter(each => each.path === collection).map(each => each.query['resourceVersion'])

  it('brings what changes after the version given, until it is deleted', async () => {
    server.on(watchPath, events([changed('2'), bookmark('5'), changed('6'), deleted('7')]))
    assert.deepEqual(await seen(), ['2', '6', 'deleted'])
    const { timeoutSeconds, ...query } = server.seen[0]?.query ?? {}
    assert.deepEqual(query, {
      watch: '1',
      fieldSelector: 'metadata.name=orders',
      resourceVersion: '1',
      allowWatchBookmarks: 'true',
    })
    assert.ok(Number(timeoutSeconds) >= 300 && Number(timeoutSeconds) <= 600)
  })

  it('goes on where it was, bookmarks counted, when the server ends the stream', async () => {
    server.on(watchPath, events([changed('2'), bookmark('5')], 'end'), events([deleted('7')]))
    assert.deepEqual(await seen(), ['2', 'deleted'])
    assert.deepEqual(versionsAsked(), ['1', '5'])
  })

  it('looks at the object and goes on when the stream breaks in the middle of a line', async () => {
    server.on(watchPath, events([changed('2')], 'mid-line'), events([deleted('9')]))
    server.on(`GET ${ordersPath}`, json(cluster('8')))
    assert.deepEqual(await seen(), ['2', 'resumed', '8', 'deleted'])
    assert.deepEqual(versionsAsked(), ['1', '8'])
  })

  it('that Ctrl-C ends is not told as lost, whoever goes on waiting', async () => {
    server.on(watchPath, events([changed('2')]))
    const list: string[] = []
    const watching = (async () => {
      for await (const sighting of door.cluster.watch(orders, '1', new AbortController().signal)) {
        list.push(short(sighting))
        door.interrupt.abort()
      }
    })()
    await assert.rejects(watching, { code: 'interrupted' })
    assert.deepEqual(list, ['2'])
  })

  it('notices that a stream ended in the middle of a line', async () => {
    server.on(watchPath, events([changed('2')], 'end-mid-line'), events([deleted('9')]))
    server.on(`GET ${ordersPath}`, json(cluster('8')))
    assert.deepEqual(await seen(), ['2', 'resumed', '8', 'deleted'])
  })

  it('looks at the object and goes on after 410 Gone, said as an event or as an answer', async () => {
    server.on(watchPath, events([gone]), status(410, 'Expired', 'too old'), events([deleted('9')]))
    server.on(`GET ${ordersPath}`, json(cluster('4')), json(cluster('8')))
    assert.deepEqual(await seen(), ['resumed', '4', '8', 'deleted'])
  })

  it('waits for a server that is down, and for one that is only starting', async () => {
    server.on(watchPath, events([changed('2')]))
    const list: string[] = []
    const done = Promise.withResolvers<void>()
    const watching = (async () => {
      for await (const sighting of door.cluster.watch(orders, '1', new AbortController().signal)) {
        list.push(short(sighting))
        if (list.at(-1) === '2') done.resolve()
      }
    })()
    await done.promise
    await server.down()
    server.on(
      `GET ${ordersPath}`,
      status(403, 'Forbidden', 'RBAC: clusterrole.rbac.authorization.k8s.io "x" not found'),
      status(401, 'Unauthorized', 'Unauthorized'),
      text(404, '404 page not found\n'),
      text(503, 'starting'),
      json(cluster('8')),
    )
    server.on(watchPath, events([deleted('9')]))
    server.on('GET /apis/flinkoperator.k8s.io/v1beta1', text(404, '404 page not found\n'))
    await server.up()
    await watching
    assert.deepEqual(list, ['2', 'resumed', '8', 'deleted'])
  })

  it('says deleted where the object is gone after an outage, or is another of the same name', async () => {
    server.on(watchPath, events([changed('2')], 'cut'))
    server.on(
      `GET ${ordersPath}`,
      status(404, 'NotFound', 'flinkclusters.flinkoperator.k8s.io "orders" not found'),
    )
    assert.deepEqual(await seen(), ['2', 'resumed', 'deleted'])
    server.on(`GET ${ordersPath}`, json(cluster('8', { uid: 'another' })))
    assert.deepEqual(await seen(), ['2', 'resumed', 'deleted'])
  })

  it('takes no refusal of a server that is only starting for its word, behind a load balancer too', async () => {
    server.on(`GET ${ordersPath}`, json(cluster('8')))
    server.on(
      watchPath,
      events([changed('2')], 'cut'),
      status(403, 'Forbidden', 'RBAC: clusterrole.rbac.authorization.k8s.io "x" not found'),
      text(503, 'starting'),
      events([], 'end'),
      events([deleted('9')]),
    )
    assert.deepEqual(await seen(), ['2', 'resumed', '8', 'deleted'])
  })

  it('believes a refusal that lasts', async () => {
    server.on(watchPath, events([changed('2')], 'cut'))
    server.on(`GET ${ordersPath}`, (response, request) => {
      door.clock.pass(10_000)
      status(403, 'Forbidden', 'no longer')(response, request)
    })
    await assert.rejects(seen(), { message: 'Error from server (Forbidden): no longer' })
    assert.equal(server.seen.filter(each => each.path === ordersPath).length, 3)
  })

  it('asks a server that ends every watch at once less and less often', async () => {
    const pauses: number[] = []
    const sleep = door.clock.sleep
    door.clock.sleep = (ms, signal) => {
      if (ms <= 5_000) pauses.push(ms)
      return sleep(ms <= 5_000 ? 1 : ms, signal)
    }
    const never = Array.from({ length: 7 }, () => events([], 'end'))
    server.on(watchPath, ...never, events([deleted('9')]))
    server.on(`GET ${ordersPath}`, json(cluster('1')))
    assert.deepEqual(await seen(), ['resumed', 'deleted'])
    assert.deepEqual(pauses, [200, 400, 800, 1600, 3200, 5000, 5000])
  })

  it('throws what waiting cannot mend', async () => {
    server.on(watchPath, status(403, 'Forbidden', 'you may not watch'))
    await assert.rejects(seen(), { message: 'Error from server (Forbidden): you may not watch' })
    server.on(watchPath, status(401, 'Unauthorized', 'Unauthorized'))
    await assert.rejects(seen(), { message: 'error: You must be logged in to the server (Unauthorized)' })
  })

  it('ends quietly with its signal, and leaves no connection', async () => {
    const stop = new AbortController()
    server.on(watchPath, events([changed('2')]))
    const list: string[] = []
    for await (const sighting of door.cluster.watch(orders, '1', stop.signal)) {
      list.push(short(sighting))
      stop.abort()
    }
    assert.deepEqual(list, ['2'])
    await closedAll(server)
  })

  it('leaves no connection where nobody reads on', async () => {
    server.on(watchPath, events([changed('2'), changed('3')]))
    for await (const _ of door.cluster.watch(orders, '1', new AbortController().signal)) break
    await closedAll(server)
  })

  it('gives up a stream that its server should have ended long ago', async () => {
    server.on(watchPath, response => response.writeHead(200).flushHeaders(), events([deleted('9')]))
    server.on(`GET ${ordersPath}`, json(cluster('8')))
    const slow = door.clock.sleep
    door.clock.sleep = (ms, signal) => slow(ms > 300_000 ? 100 : ms, signal)
    assert.deepEqual(await seen(), ['resumed', '8', 'deleted'])
  })

  it('takes no event without end', async () => {
    server.on(watchPath, response => {
      response.writeHead(200)
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    })
    await assert.rejects(seen(), {
      message: 'error: the server sent a watch event of more than 4194304 bytes',
    })
  })
})

/** Resolves when the server has no connection in use any more. */
async function closedAll(server: ApiServer): Promise<void> {
  while ((await connections(server)) > 0) await new Promise(setImmediate)
}

function connections(server: ApiServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.http.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}
