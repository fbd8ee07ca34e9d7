import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'mocha'
import { eventually } from './conditions.ts'
import { counting } from './counting.ts'
import { installFlink } from './flink/install.ts'
import { type ScratchFlink, startScratchFlink } from './flink/scratch.ts'

describe('the Flink under the scenarios', () => {
  let flink: ScratchFlink

  before(async () => {
    flink = await startScratchFlink(await installFlink(console.log))
  })
  after(() => flink.stop())
  afterEach(() => flink.cancel())

  it('keeps what the counting job has counted in a savepoint', async () => {
    const job = counting(flink.jobDirectory)
    const first = await flink.submit()
    await eventually('the job has counted', async () => ((await job.count()) > 20 ? true : undefined))
    const taken = await flink.savepoint(first)
    assert.deepEqual(await readdir(new URL(taken.location ?? '')), ['_metadata'])
    await flink.cancel()
    const then = await job.count()

    await flink.submit(taken.location)
    await eventually('the job counts on', async () => ((await job.count()) > then ? true : undefined))
    const [begun, resumed = ''] = await job.starts()
    assert.equal(begun, 'fresh')
    assert.match(resumed, /^restored \d+$/)
    const restored = Number(resumed.split(' ')[1])
    assert.ok(restored >= 20 && restored <= then, `${resumed}, but ${then} were counted`)
  })

  it('says why a savepoint failed whose snapshot the job refuses', async () => {
    const job = await flink.submit()
    await writeFile(join(flink.jobDirectory, 'snapshots'), 'fail')
    const taken = await flink.savepoint(job)
    assert.equal(taken.location, undefined)
    assert.match(taken.cause ?? '', /Caused by: .*snapshots are switched off/)
  })
})
