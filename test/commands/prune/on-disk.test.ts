import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { placesFromHere } from '../../../src/storage/from-here.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { fakeRest, fakeWorld } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { recordOf } from '../history/samples.ts'
import { entryOf, native, silent, timeOf } from './samples.ts'

const nameOf = (number: number) => `savepoint-ef5f05-${String(number).repeat(12)}`

describe('prune of savepoints on a disk', () => {
  let here: string
  const written = (path: string, number: number) => {
    mkdirSync(path, { recursive: true })
    for (const [name, bytes] of [
      ['state', new Uint8Array(100)],
      ['_metadata', native()],
    ] as const) {
      writeFileSync(join(path, name), bytes)
      utimesSync(join(path, name), Date.parse(timeOf(number)) / 1_000, Date.parse(timeOf(number)) / 1_000)
    }
  }
  beforeEach(() => {
    here = mkdtempSync(join(tmpdir(), 'flinksp-prune-'))
  })
  afterEach(() => rmSync(here, { recursive: true, force: true }))

  async function pruned(line: string) {
    const directory = join(here, 'orders')
    const location = (number: number) => `file:${directory}/${nameOf(number)}`
    const record = recordOf([1, 2, 3].map(number => entryOf(number, { location: location(number) })))
    const job = spotifyCluster({
      job: { savepointsDir: `file://${directory}` },
      jobStatus: { savepointLocation: location(3), savepointTime: timeOf(3) },
    })
    const cluster = fakeCluster({ objects: [job, record] })
    const places = placesFromHere({ directory: '/' })
    return await program(fakeWorld({ cluster, rest: fakeRest(silent), places }), line)
  }

  it('takes away the directory of what it deletes', async () => {
    for (const number of [1, 2, 3]) written(join(here, 'orders', nameOf(number)), number)
    const { exit, stderr } = await pruned('prune orders --keep 1 --yes')
    assert.equal(exit, 0, stderr)
    assert.deepEqual(readdirSync(join(here, 'orders')), [nameOf(3)])
  })

  it('follows no symbolic link: neither to a savepoint elsewhere, nor out of the directory of one', async () => {
    const precious = join(here, 'elsewhere', nameOf(1))
    written(precious, 1)
    for (const number of [2, 3]) written(join(here, 'orders', nameOf(number)), number)
    symlinkSync(precious, join(here, 'orders', nameOf(1)))
    rmSync(join(here, 'orders', nameOf(2), 'state'))
    symlinkSync(join(precious, 'state'), join(here, 'orders', nameOf(2), 'state'))
    const { exit } = await pruned('prune orders --keep 1 --include-unrecorded --yes')
    assert.equal(exit, 0)
    assert.deepEqual(readdirSync(precious).sort(), ['_metadata', 'state'])
    assert.ok(existsSync(join(here, 'orders', nameOf(1), 'state')))
    // The link itself is not what Flink wrote, and stays.
    assert.deepEqual(readdirSync(join(here, 'orders', nameOf(2))), ['state'])
  })
})
