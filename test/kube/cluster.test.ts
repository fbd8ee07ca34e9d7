import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Write } from '../../src/domain/ports.ts'
import { type ApiServer, apiServer, json, status, text } from './support/api-server.ts'
import {
  apiVersion,
  cluster,
  collection,
  groupList,
  kind,
  orders,
  ordersPath,
  resourceList,
} from './support/clusters.ts'
import { type Home, home, messageOf, type Opened, open } from './support/door.ts'

const group = 'flinkoperator.k8s.io'
const flinkClusters = { apiVersion, kind, plural: 'flinkclusters' }
const noPage = text(404, '404 page not found\n')

describe('the cluster', () => {
  let at: Home
  let server: ApiServer
  beforeEach(async () => {
    at = home()
    server = await apiServer()
    at.kubeconfig({ server: server.url })
  })
  afterEach(async () => {
    await server.close()
    at.remove()
  })

  const within = async <T>(act: (door: Opened) => Promise<T>, options: object = {}): Promise<T> => {
    const door = await open(at, options)
    try {
      return await act(door)
    } finally {
      await door.close()
    }
  }

  const asked = () => server.seen.map(seen => `${seen.method} ${seen.path}`)

  describe('discovery', () => {
    const served = (door: Opened) => door.cluster.served(group, kind)
    const kubectlCache = (age = 0) => {
      const host = server.url.slice('http://'.length).replace(':', '_')
      const put = (name: string, content: object) => {
        const path = join(at.path, 'cache', 'discovery', host, name)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, JSON.stringify(content))
        const when = Date.now() / 1000 - age
        utimesSync(path, when, when)
      }
      put('servergroups.json', { kind: 'APIGroupList', groups: [groupList] })
      put(`${apiVersion}/serverresources.json`, resourceList)
    }

    it('takes one request, and is remembered for the next runs', async () => {
      server.on(`GET /apis/${apiVersion}`, json(resourceList))
      assert.deepEqual(await within(served), flinkClusters)
      assert.deepEqual(await within(served), flinkClusters)
      assert.deepEqual(asked(), [`GET /apis/${apiVersion}`])
    })

    it('takes none where kubectl has asked within six hours', async () => {
      kubectlCache()
      assert.deepEqual(await within(served), flinkClusters)
      assert.deepEqual(asked(), [])
    })

    it('does not believe what kubectl has asked before that', async () => {
      kubectlCache(7 * 3600)
      server.on(`GET /apis/${apiVersion}`, json(resourceList))
      assert.deepEqual(await within(served), flinkClusters)
      assert.deepEqual(asked(), [`GET /apis/${apiVersion}`])
    })

    it('finds a version that it did not expect, the preferred one first', async () => {
      const versions = ['v1alpha1', 'v2'].map(version => ({ groupVersion: `${group}/${version}`, version }))
      server.on(`GET /apis/${group}`, json({ ...groupList, versions, preferredVersion: versions[1] }))
      for (const version of ['v1alpha1', 'v2']) {
        server.on(
          `GET /apis/${group}/${version}`,
          json({ ...resourceList, groupVersion: `${group}/${version}` }),
        )
      }
      assert.deepEqual(await within(served), { ...flinkClusters, apiVersion: `${group}/v2` })
    })

    it('knows nothing of a group that the server does not have', async () => {
      assert.equal(await within(served), undefined)
      assert.deepEqual(asked(), [`GET /apis/${apiVersion}`, `GET /apis/${group}`])
    })

    it('asks again where a remembered version is no longer served, and reads from the one that is', async () => {
      kubectlCache()
      const alpha = `${group}/v1alpha1`
      const versions = [{ groupVersion: alpha, version: 'v1alpha1' }]
      server
        .on(`GET /apis/${group}`, json({ ...groupList, versions, preferredVersion: versions[0] }))
        .on(`GET /apis/${alpha}`, json({ ...resourceList, groupVersion: alpha }))
        .on(`GET ${ordersPath.replace('v1beta1', 'v1alpha1')}`, json({ ...cluster('1'), apiVersion: alpha }))
      const found = await within(async door => {
        await served(door)
        return door.cluster.get(orders)
      })
      assert.equal(found.apiVersion, alpha)
    })

    it("says that the kind is missing, in kubectl's words", async () => {
      assert.equal(
        await within(door => messageOf(() => door.cluster.get(orders))),
        'error: the server doesn\'t have a resource type "flinkclusters"',
      )
    })

    it('takes nothing from a cache that is not what it should be', async () => {
      server.on(`GET /apis/${apiVersion}`, json(resourceList))
      await within(served)
      const own = join(at.path, 'cache', 'flinksp')
      const [host = ''] = readdirSync(own)
      const file = join(own, host, 'served', group, kind)
      for (const bad of [
        '',
        '{',
        '[]',
        JSON.stringify({ ...flinkClusters, plural: '../secrets', at: Date.now() }),
      ]) {
        writeFileSync(file, bad)
        assert.deepEqual(await within(served), flinkClusters)
      }
      assert.equal(asked().length, 5)
    })
  })

  describe('listing', () => {
    const listed = (labelSelector?: string) =>
      within(async door => {
        const pages: string[][] = []
        for await (const page of door.cluster.list(flinkClusters, 'default', labelSelector)) {
          pages.push(page.items.map(item => item.metadata.name))
        }
        return pages
      })

    const page = (names: readonly string[], next?: string) =>
      json({
        kind: 'FlinkClusterList',
        metadata: { resourceVersion: '9', continue: next },
        items: names.map(name => cluster('1', { name })),
      })

    it('goes page by page', async () => {
      server.on(`GET ${collection}`, page(['a', 'b'], 'next'), page(['c']))
      assert.deepEqual(await listed('app=x'), [['a', 'b'], ['c']])
      assert.deepEqual(
        server.seen.map(seen => seen.query),
        [
          { limit: '500', labelSelector: 'app=x' },
          { limit: '500', continue: 'next', labelSelector: 'app=x' },
        ],
      )
    })

    it('starts over where a page has expired, and gives nothing twice', async () => {
      server.on(
        `GET ${collection}`,
        page(['a', 'b'], 'old'),
        status(410, 'Expired', 'too old'),
        page(['a', 'b', 'c']),
      )
      assert.deepEqual(await listed(), [['a', 'b'], ['c']])
    })

    it('gives up where pages always expire', async () => {
      server.on(`GET ${collection}`, (response, seen) =>
        (seen.query['continue'] ? status(410, 'Expired', 'too old') : page(['a'], 'next'))(response, seen),
      )
      await assert.rejects(listed(), { message: 'Error from server (Expired): too old' })
    })

    it('goes over all namespaces, of built-in kinds too', async () => {
      server.on(
        'GET /api/v1/configmaps',
        json({ items: [{ metadata: { name: 'm', namespace: 'n', uid: 'u' } }] }),
      )
      const found = await within(async door => {
        const kinds = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' }
        for await (const { items } of door.cluster.list(kinds, undefined)) return items
        return []
      })
      assert.deepEqual(
        found.map(each => [each.apiVersion, each.kind, each.metadata.name]),
        [['v1', 'ConfigMap', 'm']],
      )
    })
  })

  describe('writing', () => {
    const body = { metadata: { resourceVersion: '1' }, spec: { job: { savepointGeneration: 3 } } }
    const patch: Write = { verb: 'patch', ref: orders, type: 'strategic', body }
    const refused = status(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format')
    const types = () => server.seen.map(seen => seen.headers['content-type'])

    it('sends a strategic patch as a merge patch where the server refuses it, and remembers that', async () => {
      server.on(`PATCH ${ordersPath}`, (response, seen) => {
        const strategic = seen.headers['content-type'] === 'application/strategic-merge-patch+json'
        ;(strategic ? refused : json(cluster('2')))(response, seen)
      })
      const versions = []
      for (let run = 0; run < 2; run++) {
        versions.push((await within(door => door.cluster.write(patch))).object.metadata.resourceVersion)
      }
      assert.deepEqual(versions, ['2', '2'])
      assert.deepEqual(types(), [
        'application/strategic-merge-patch+json',
        'application/merge-patch+json',
        'application/merge-patch+json',
      ])
      assert.deepEqual(
        server.seen.map(seen => JSON.parse(seen.body)),
        [body, body, body],
      )
    })

    it('remembers the refusal for this server and kind only', async () => {
      server.on(`PATCH ${ordersPath}`, refused, json(cluster('2')))
      await within(door => door.cluster.write(patch))
      const other = await apiServer()
      at.kubeconfig({ server: other.url })
      other.on(`PATCH ${ordersPath}`, json(cluster('2')))
      await within(door => door.cluster.write(patch))
      await other.close()
      assert.equal(other.seen[0]?.headers['content-type'], 'application/strategic-merge-patch+json')
    })

    it("gives the server's clock with the answer", async () => {
      const date = 'Wed, 01 May 2024 10:00:00 GMT'
      server.on(`PATCH ${ordersPath}`, json(cluster('2'), 200, { date }))
      const { at: when } = await within(door => door.cluster.write({ ...patch, type: 'merge' }))
      assert.equal(when, Date.parse(date))
    })

    it('names its field manager, and asks for a dry run where it is one', async () => {
      const ops = [{ op: 'test', path: '/metadata/uid', value: 'u' }]
      const configMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'm' }
      const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'default' } }
      server
        .on(`PATCH ${ordersPath}/status`, json(cluster('2')))
        .on('POST /api/v1/namespaces/default/configmaps', json(made, 201))
        .on('PUT /api/v1/namespaces/default/configmaps/m', json(made))
      await within(async door => {
        await door.cluster.write({
          verb: 'patch',
          ref: orders,
          subresource: 'status',
          type: 'json',
          body: ops,
        })
        await door.cluster.write({ verb: 'create', ref: configMap, body: made }, { dryRun: true })
        await door.cluster.write({ verb: 'update', ref: configMap, body: made })
      })
      assert.deepEqual(
        server.seen.map(seen => seen.query),
        [
          { fieldManager: 'kubectl-flinksp' },
          { fieldManager: 'kubectl-flinksp', dryRun: 'All' },
          { fieldManager: 'kubectl-flinksp' },
        ],
      )
      assert.deepEqual(types(), ['application/json-patch+json', 'application/json', 'application/json'])
    })

    it('tells a conflict by its code', async () => {
      const message =
        'Operation cannot be fulfilled on flinkclusters.flinkoperator.k8s.io "orders": the object has been modified'
      server.on(`PATCH ${ordersPath}`, status(409, 'Conflict', message))
      await assert.rejects(
        within(door => door.cluster.write(patch)),
        {
          name: 'Failure',
          code: 'not-asked',
          message: `Error from server (Conflict): ${message}`,
          status: { code: 409, reason: 'Conflict', message },
        },
      )
    })

    it('is never sent twice by itself', async () => {
      server
        .on(`GET ${ordersPath}`, json(cluster('1')))
        .on(`PATCH ${ordersPath}`, response => response.socket?.destroy())
      const said = await within(async door => {
        await door.cluster.get(orders)
        return messageOf(() => door.cluster.write({ ...patch, type: 'merge' }))
      })
      assert.equal(said, 'Unable to connect to the server: EOF')
      assert.deepEqual(asked(), [`GET ${ordersPath}`, `PATCH ${ordersPath}`])
    })
  })

  describe('asking what one may', () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const status = { group, plural: 'flinkclusters', subresource: 'status', namespace: 'default' }
    const may = (options = {}) => within(door => door.cluster.may('patch', status), options)

    it('asks the server once a day, for each user', async () => {
      server.on(
        `POST ${path}`,
        json({ status: { allowed: true } }, 201),
        json({ status: { allowed: false } }, 201),
      )
      assert.deepEqual([await may(), await may(), await may({ as: 'eve' })], [true, true, false])
      assert.deepEqual(
        server.seen.map(seen => JSON.parse(seen.body).spec.resourceAttributes),
        [
          { namespace: 'default', verb: 'patch', group, resource: 'flinkclusters', subresource: 'status' },
          { namespace: 'default', verb: 'patch', group, resource: 'flinkclusters', subresource: 'status' },
        ],
      )
      await within(async door => {
        door.clock.pass(25 * 3600 * 1000)
        await door.cluster.may('patch', status)
      })
      assert.equal(server.seen.length, 3)
    })
  })

  describe('remembering', () => {
    it('keeps texts for this server below the cache directory, readable by their owner only', async () => {
      await within(door => door.cluster.remember('operator/../../x', 'spotify'))
      assert.equal(await within(door => door.cluster.recall('operator/../../x')), 'spotify')
      assert.deepEqual(readdirSync(join(at.path, 'cache')), ['flinksp'])
      assert.equal(existsSync(join(at.path, 'x')), false)
    })

    it('does without a cache that cannot be written', async () => {
      at.file('file', '')
      const cacheDir = join(at.path, 'file', 'below')
      const recalled = await within(
        async door => {
          await door.cluster.remember('key', 'value')
          return door.cluster.recall('key')
        },
        { cacheDir },
      )
      assert.equal(recalled, undefined)
      assert.equal(readFileSync(join(at.path, 'file'), 'utf8'), '')
    })
  })

  it('reads any path as JSON', async () => {
    server.on('GET /openapi/v3', json({ paths: {} }))
    assert.deepEqual(await within(door => door.cluster.read('/openapi/v3')), { paths: {} })
    server.on('GET /openapi/v3', noPage)
    assert.equal(
      await within(door => messageOf(() => door.cluster.read('/openapi/v3'))),
      'Error from server (NotFound): the server could not find the requested resource',
    )
  })
})
