import assert from 'node:assert/strict'
import { failure } from '../../../src/domain/failure.ts'
import type { Places } from '../../../src/domain/places.ts'
import { metadataOf } from '../../savepoint/writer.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { type FakeFile, type FakePlaces, fakePlaces } from '../../support/fake-places.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { earlier, recordOf, sp, taken, world } from './samples.ts'

const at = (time: string, checkpointId = 7): FakeFile => ({
  bytes: metadataOf({ version: 4, checkpointId, operators: [] }),
  modifiedAt: Date.parse(time),
})

const there = {
  [`${sp('550496d6e5a5')}/_metadata`]: at('2026-03-01T11:00:10Z', 8),
  // Of this job, by its name; and of nobody knows whom.
  [`${sp('aaaaaaaaaaaa')}/_metadata`]: at('2026-02-20T00:00:00Z', 3),
  'gs://bucket/orders/by-day/savepoint-123456-bbbbbbbbbbbb/_metadata': at('2026-02-10T00:00:00Z'),
  // Never completed, long ago and just now.
  [`${sp('cccccccccccc')}/part`]: {
    bytes: new Uint8Array(3),
    modifiedAt: Date.parse('2026-02-01T00:00:00Z'),
  },
  [`${sp('dddddddddddd')}/part`]: {
    bytes: new Uint8Array(3),
    modifiedAt: Date.parse('2026-03-01T11:59:00Z'),
  },
  [`${sp('eeeeeeeeeeee')}/_metadata`]: {
    bytes: new Uint8Array(40),
    modifiedAt: Date.parse('2026-01-01T00:00:00Z'),
  },
  'gs://bucket/orders/notes/README': { bytes: new Uint8Array(3), modifiedAt: 0 },
}

async function scanned(
  line: string,
  places: Places = fakePlaces(there),
  objects = [spotifyCluster(taken), recordOf([earlier])],
) {
  const cluster = fakeCluster({ objects })
  const fake = { ...world(cluster), places, placesOf: async () => places }
  return { ...(await program(fake, line)), requests: cluster.requests }
}

describe('history --scan', () => {
  it('adds what lies in the directory of the job and nobody recorded, and says of what was recorded that it is gone', async () => {
    const { exit, stdout, stderr } = await scanned('history orders --scan -o wide --sources status,record')
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: `\
NAME   STATE        TRIGGER   AGE   DURATION   LOCATION                                                  GENERATION   FORMAT   SIZE   CHECKPOINT   SOURCE
-      InProgress   -         60s   -          gs://bucket/orders/savepoint-ef5f05-dddddddddddd          -            -        -      -            scan
*-     Completed    manual    59m   10s        gs://bucket/orders/savepoint-ef5f05-550496d6e5a5          5            -        -      8            status,scan
-      Missing      manual    23h   10s        gs://bucket/orders/savepoint-ef5f05-3e115b017916          4            -        -      -            record
-      Completed    -         9d    -          gs://bucket/orders/savepoint-ef5f05-aaaaaaaaaaaa          -            -        -      3            scan
-      Completed    -         19d   -          gs://bucket/orders/by-day/savepoint-123456-bbbbbbbbbbbb   -            -        -      7            scan
-      Failed       -         28d   -          gs://bucket/orders/savepoint-ef5f05-cccccccccccc          -            -        -      -            scan
-      Failed       -         59d   -          gs://bucket/orders/savepoint-ef5f05-eeeeeeeeeeee          -            -        -      -            scan
`,
        stderr: 'looked through 1 directory: 16 questions\n',
      },
    )
  })

  it('gives a savepoint to the job after whose Flink job it is named, and says of another only that it lies there', async () => {
    const { stdout } = await scanned('history orders --scan -o json')
    const items: { location: string; job: { uid?: string }; gone?: string }[] = JSON.parse(stdout).items
    assert.deepEqual(
      items.map(({ location, job, gone }) => [
        location.split('/').at(-1),
        job.uid ?? 'unknown',
        gone ?? 'there',
      ]),
      [
        ['savepoint-ef5f05-dddddddddddd', 'uid-of-orders', 'there'],
        ['savepoint-ef5f05-550496d6e5a5', 'uid-of-orders', 'there'],
        ['savepoint-ef5f05-3e115b017916', 'uid-of-orders', 'missing'],
        ['savepoint-ef5f05-aaaaaaaaaaaa', 'uid-of-orders', 'there'],
        ['savepoint-123456-bbbbbbbbbbbb', 'unknown', 'there'],
        ['savepoint-ef5f05-cccccccccccc', 'uid-of-orders', 'there'],
        ['savepoint-ef5f05-eeeeeeeeeeee', 'uid-of-orders', 'there'],
      ],
    )
  })

  it('prints the locations of those that can be used', async () => {
    assert.deepEqual((await scanned('history orders --scan -o name')).stdout.split('\n'), [
      sp('550496d6e5a5'),
      sp('aaaaaaaaaaaa'),
      'gs://bucket/orders/by-day/savepoint-123456-bbbbbbbbbbbb',
      '',
    ])
  })

  it('leaves out what a neighbour that shares the directory wrote', async () => {
    const neighbour = spotifyCluster({
      name: 'payments',
      job: { savepointsDir: 'gs://bucket/orders/' },
      jobStatus: { id: `123456${'0'.repeat(26)}` },
    })
    const { stdout, stderr } = await scanned('history orders --scan -o name', fakePlaces(there), [
      spotifyCluster(taken),
      neighbour,
    ])
    assert.deepEqual(stdout, `${sp('550496d6e5a5')}\n${sp('aaaaaaaaaaaa')}\n`)
    assert.match(
      stderr,
      /^gs:\/\/bucket\/orders is shared by flinkcluster\/orders, flinkcluster\/payments: /m,
    )
  })

  it('looks where the key stood that Flink replaces in the names of data files', async () => {
    const places = fakePlaces({
      's3://b/sp/savepoint-ef5f05-aaaaaaaaaaaa/_metadata': at('2026-02-20T00:00:00Z'),
    })
    const cluster = spotifyCluster({ job: { savepointsDir: 's3://b/_entropy_/sp' } })
    const { stdout } = await scanned('history orders --scan -o name', places, [cluster])
    assert.equal(stdout, 's3://b/sp/savepoint-ef5f05-aaaaaaaaaaaa\n')
  })

  it('lists what else is known where the directory cannot be read', async () => {
    const places: FakePlaces = fakePlaces()
    const closed: Places = {
      ...places,
      // biome-ignore lint/correctness/useYield: it fails before there is anything to give
      async *list() {
        throw failure('not-asked', 'cannot list gs://bucket/orders: permission denied')
      },
      status: async () => {
        throw failure('not-asked', 'cannot list gs://bucket/orders: permission denied')
      },
    }
    const { exit, stdout, stderr } = await scanned('history orders --scan -o name', closed)
    assert.deepEqual(
      { exit, stdout, stderr: stderr.split('\n')[0] },
      {
        exit: 0,
        stdout: `${sp('550496d6e5a5')}\n${sp('3e115b017916')}\n`,
        stderr:
          'Warning: what lies in the directories of flinkcluster/orders is not all in this list: cannot list gs://bucket/orders: permission denied',
      },
    )
  })

  it('asks no directory without --scan', async () => {
    const places = fakePlaces(there)
    const untouchable = new Proxy(places, {
      get() {
        throw new Error('nobody asked for it')
      },
    })
    assert.equal((await scanned('history orders', untouchable)).exit, 0)
  })

  it('scans the directory of each of many jobs', async () => {
    const other = spotifyCluster({ name: 'payments', jobStatus: { id: `abcdef${'0'.repeat(26)}` } })
    const places = fakePlaces({
      ...there,
      'gs://bucket/payments/savepoint-abcdef-aaaaaaaaaaaa/_metadata': at('2026-02-20T00:00:00Z'),
    })
    const { stdout, stderr } = await scanned('history --scan -o json', places, [spotifyCluster(taken), other])
    const items: { location: string; job: { name: string } }[] = JSON.parse(stdout).items
    assert.deepEqual(
      items.filter(({ job }) => job.name === 'payments').map(({ location }) => location),
      ['gs://bucket/payments/savepoint-abcdef-aaaaaaaaaaaa'],
    )
    assert.equal(stderr, 'looked through 2 directories: 18 questions\n')
  })
})
