import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { json } from './support/api-server.ts'
import { bench } from './support/bench.ts'
import { apiVersion, cluster, groupList, kind, orders, ordersPath, resourceList } from './support/clusters.ts'
import { messageOf, type Opened } from './support/door.ts'

const group = 'flinkoperator.k8s.io'
const flinkClusters = { apiVersion, kind, plural: 'flinkclusters' }

describe('discovery', () => {
  const b = bench()
  const { within, asked } = b

  const served = (door: Opened) => door.cluster.served(group, kind)
  const kubectlCache = (age = 0) => {
    const host = b.server.url.slice('http://'.length).replace(':', '_')
    const put = (name: string, content: object) => {
      const path = join(b.at.path, 'cache', 'discovery', host, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, JSON.stringify(content))
      const when = Date.now() / 1000 - age
      utimesSync(path, when, when)
    }
    put('servergroups.json', { kind: 'APIGroupList', groups: [groupList] })
    put(`${apiVersion}/serverresources.json`, resourceList)
  }

  it('takes one request, and is remembered for the next runs', async () => {
    b.server.on(`GET /apis/${apiVersion}`, json(resourceList))
    assert.deepEqual(await within(served), flinkClusters)
    assert.deepEqual(await within(served), flinkClusters)
    assert.deepEqual(asked(), [`GET /apis/${apiVersion}`])
    await within(door => {
      door.clock.pass(7 * 3600 * 1000)
      return served(door)
    })
    assert.equal(asked().length, 2)
  })

  it('takes none where kubectl has asked within six hours', async () => {
    kubectlCache()
    assert.deepEqual(await within(served), flinkClusters)
    assert.deepEqual(asked(), [])
  })

  it('does not believe what kubectl has asked before that', async () => {
    kubectlCache(7 * 3600)
    b.server.on(`GET /apis/${apiVersion}`, json(resourceList))
    assert.deepEqual(await within(served), flinkClusters)
    assert.deepEqual(asked(), [`GET /apis/${apiVersion}`])
  })

  it('finds a version that it did not expect, the preferred one first', async () => {
    const versions = ['v1alpha1', 'v2'].map(version => ({ groupVersion: `${group}/${version}`, version }))
    b.server.on(`GET /apis/${group}`, json({ ...groupList, versions, preferredVersion: versions[1] }))
    for (const version of ['v1alpha1', 'v2']) {
      b.server.on(
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

  it('remembers for ten minutes that there is none, for those who ask again where they find nothing', async () => {
    const remembered = (door: Opened) => door.cluster.served(group, kind, 'remembered')
    const both = [`GET /apis/${apiVersion}`, `GET /apis/${group}`]
    assert.equal(await within(remembered), undefined)
    assert.equal(await within(remembered), undefined)
    assert.deepEqual(asked(), both)
    b.server.on(`GET /apis/${apiVersion}`, json(resourceList))
    await within(async door => {
      assert.equal(await remembered(door), undefined)
      door.clock.pass(11 * 60 * 1000)
      assert.deepEqual(await remembered(door), flinkClusters)
    })
    assert.deepEqual(asked(), [...both, ...both.slice(0, 1)])
  })

  it('finds a kind that has come since, where it is asked for anew', async () => {
    await within(served)
    b.server.on(`GET /apis/${apiVersion}`, json(resourceList))
    assert.deepEqual(await within(served), flinkClusters)
    assert.deepEqual(await within(door => door.cluster.served(group, kind, 'remembered')), flinkClusters)
  })

  it('asks again where a remembered version is no longer served, and reads from the one that is', async () => {
    kubectlCache()
    const alpha = `${group}/v1alpha1`
    const versions = [{ groupVersion: alpha, version: 'v1alpha1' }]
    b.server
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
    b.server.on(`GET /apis/${apiVersion}`, json(resourceList))
    await within(served)
    const own = join(b.at.path, 'cache', 'flinksp')
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
