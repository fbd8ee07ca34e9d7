import assert from 'node:assert/strict'
import type { Places } from '../../../src/domain/places.ts'
import * as w from '../../savepoint/writer.ts'
import { type FakeFile, fakePlaces } from '../../support/fake-places.ts'
import { recordOf } from '../history/samples.ts'
import {
  disposing,
  entryOf,
  filesOf,
  four,
  fourFiles,
  native,
  orders,
  prune,
  type Setting,
  silent,
  sp,
  timeOf,
} from './samples.ts'

const uuid = (digit: number) => `00000000-0000-4000-8000-${String(digit).repeat(12)}`
const [one, two, shared] = [uuid(1), uuid(2), uuid(3)] as const
const file = (bytes: number, day = 1): FakeFile => ({
  bytes: new Uint8Array(bytes),
  modifiedAt: Date.parse(timeOf(day)),
})

/** The oldest of the four has two files of its own, and one that the newest needs, too. */
function files(): Record<string, FakeFile> {
  const inFiles = w.incremental(
    11,
    w.inline(Buffer.alloc(9)),
    [],
    [w.relative(one, 50), w.relative(two, 60), w.relative(shared, 70)],
  )
  const metadata = w.metadataOf({
    version: 4,
    checkpointId: 7,
    properties: w.properties('SavepointType', 'Savepoint', 'NATIVE'),
    operators: [
      { id: '5900d2cb0a81c830ac5f9c198a565783', parallelism: 1, subtasks: [{ managedKeyed: inFiles }] },
    ],
  })
  const { [`${sp(1)}/state`]: _, ...others } = fourFiles
  return {
    ...others,
    ...filesOf(4, native(w.absolute(`${sp(1)}/${shared}`, 70))),
    [`${sp(1)}/_metadata`]: { bytes: metadata, modifiedAt: Date.parse(timeOf(1)) },
    [`${sp(1)}/${one}`]: file(50),
    [`${sp(1)}/${two}`]: file(60),
    [`${sp(1)}/${shared}`]: file(70),
  }
}

const only = (names: readonly string[]) => names.filter(name => name.startsWith(sp(1))).sort()
const run = (line: string, setting: Setting) => prune(line, { answer: silent, ...setting })

describe('prune that was broken off (kill -9)', () => {
  for (const deletions of [1, 2])
    it(`after ${deletions} of the files of a savepoint is finished by the next one`, async () => {
      const places = fakePlaces(files())
      let tried = 0
      const remove: Places['remove'] = async location => {
        if (++tried > deletions) throw new Error('killed')
        await places.remove(location)
      }
      const killed = await run('orders --keep 3 --yes', { places: { ...places, remove } })
      assert.deepEqual([killed.exit, places.removed.length], [70, deletions])
      const left = only([...places.files.keys()])

      const plan = await run('orders --keep 3', { places })
      assert.equal(plan.exit, 0, plan.stderr)
      assert.match(
        plan.stdout,
        /^ {2}- +8d +\d+ +\d +1 +storage +gs:\/\/bucket\/orders\/savepoint-ef5f05-111111111111$/m,
      )
      assert.match(
        plan.stdout,
        /^ {2}- 1 is what a deletion that was broken off has left: without _metadata, nothing can be started from it$/m,
      )
      assert.deepEqual(only([...places.files.keys()]), left)

      const finished = await run('orders --keep 3 --yes -o json', { places })
      assert.equal(finished.exit, 0, finished.stderr)
      const [item] = JSON.parse(finished.stdout).items
      assert.deepEqual(
        [item.location, item.state, item.via, item.freedBytes],
        [sp(1), 'Deleted', 'storage', deletions === 1 ? 110 : 60],
      )
      assert.deepEqual(only([...places.files.keys()]), [`${sp(1)}/${shared}`])
      assert.match((await run('orders --keep 3', { places })).stdout, /: no savepoint would be deleted\n/)
    })

  it('is finished by Flink no more, nor by an operator: they read in _metadata what there is to delete', async () => {
    const { [`${sp(1)}/_metadata`]: _, ...left } = files()
    const places = fakePlaces(left)
    const { asked, exit } = await prune('orders --keep 3 --yes', { places, answer: disposing(places) })
    assert.deepEqual([exit, asked.includes('dispose')], [0, false])
    assert.deepEqual(only([...places.files.keys()]), [`${sp(1)}/${shared}`])
  })
})

describe('files without a _metadata stay', () => {
  const without = (more: Record<string, FakeFile> = {}) => {
    const { [`${sp(1)}/_metadata`]: _, ...left } = files()
    return { ...left, ...more }
  }
  const reasonsOf = async (setting: Setting) => {
    const { exit, stdout, stderr, left } = await run('orders --keep 1 --include-unrecorded -o json', setting)
    assert.equal(exit, 0, stderr)
    const { keep, delete: going } = JSON.parse(stdout) as {
      keep: { location: string; reasons: string[] }[]
      delete: { location: string }[]
    }
    assert.ok(left.includes(`${sp(1)}/${one}`))
    assert.ok(going.every(({ location }) => location !== sp(1)))
    return keep.find(({ location }) => location === sp(1))?.reasons
  }

  it('while they may still be being written', async () => {
    const young = { bytes: new Uint8Array(60), modifiedAt: Date.parse('2026-03-01T11:50:00Z') }
    assert.deepEqual(await reasonsOf({ places: fakePlaces(without({ [`${sp(1)}/${two}`]: young })) }), [
      'it has no _metadata, and may still be being written',
    ])
  })

  it('where nobody saw the savepoint complete', async () => {
    const record = recordOf([2, 3, 4].map(number => entryOf(number)))
    assert.equal(await reasonsOf({ places: fakePlaces(without()), objects: [orders(), record] }), undefined)
  })

  it('where the record alone knows of it, and names what is elsewhere or no directory of a savepoint', async () => {
    const elsewhere = 'gs://others/orders/savepoint-ef5f05-777777777777'
    const odd = 'gs://bucket/orders/backup'
    const places = fakePlaces({ ...fourFiles, [`${elsewhere}/${one}`]: file(5), [`${odd}/${one}`]: file(5) })
    const record = recordOf([
      ...[1, 2, 3, 4].map(number => entryOf(number)),
      entryOf(1, { location: elsewhere }),
      entryOf(1, { location: odd }),
    ])
    const { left } = await run('orders --keep 4 --include-unrecorded --yes', {
      places,
      objects: [orders(), record],
    })
    assert.ok(left.includes(`${elsewhere}/${one}`) && left.includes(`${odd}/${one}`))
  })

  it('beside what Flink did not write, which stays, too', async () => {
    const note = `${sp(1)}/README`
    const places = fakePlaces(without({ [note]: file(3) }))
    const { exit, left } = await run('orders --keep 3 --yes', { places, objects: [orders(), four] })
    assert.deepEqual([exit, only(left)], [0, [`${sp(1)}/${shared}`, note].sort()])
  })
})
