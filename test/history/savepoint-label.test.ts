import assert from 'node:assert/strict'
import { Failure } from '../../src/domain/failure.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { nameTaken, savepointLabel } from '../../src/history/savepoint-label.ts'
import { job, savepointA } from './views.ts'

const now = Date.parse('2026-03-01T12:00:10Z')

function refusalOf(given: Parameters<typeof savepointLabel>[0]): readonly [string, string] | undefined {
  try {
    savepointLabel(given)
    return undefined
  } catch (error) {
    assert.ok(error instanceof Failure)
    return [error.code, error.message]
  }
}

describe('the name and the note of a savepoint', () => {
  it('are kept as they were given', () => {
    for (const name of ['a', '7', 'before-v2', 'x'.repeat(63), 'latest-good', 'general', 'generation-2'])
      assert.deepEqual(savepointLabel({ name, note: 'Vor dem Umbau: 東京 ✓' }), {
        name,
        note: 'Vor dem Umbau: 東京 ✓',
      })
    assert.deepEqual(savepointLabel({}), {})
  })

  const rule =
    "must be at most 63 lower-case letters, digits or '-', and begin and end with a letter or digit (before-v2)"
  for (const name of [
    '',
    'Before',
    '-a',
    'a-',
    'a.b',
    'a b',
    'a/b',
    'gs://x',
    'ä',
    'x'.repeat(64),
    '../x',
    'a\n',
  ])
    it(`refuse ${JSON.stringify(name.slice(0, 10))}, which is no name`, () => {
      assert.deepEqual(refusalOf({ name }), ['usage', `error: --name: ${JSON.stringify(name)} ${rule}`])
    })

  for (const name of ['latest', 'gen', 'gen12', 'gen-12'])
    it(`refuse ${name}, which means another savepoint`, () => {
      assert.deepEqual(refusalOf({ name }), [
        'usage',
        `error: --name: ${name} means another savepoint already; choose another name`,
      ])
    })

  for (const note of ['', '  ', 'one\ntwo', '\u001b[2J', 'a\u202eb', 'x'.repeat(1_025)])
    it(`refuse ${JSON.stringify(note.slice(0, 10))}, which is no note`, () => {
      assert.deepEqual(refusalOf({ note }), [
        'usage',
        'error: --note must be one line of at most 1024 printable characters',
      ])
    })
})

describe('a name that is given twice', () => {
  const named: Savepoint = { ...savepointA, name: 'before-v2' }
  const taken = (known: Savepoint) => nameTaken([known], 'before-v2', job, now)?.message

  it('is refused, with the savepoint that has it', () => {
    assert.equal(
      taken(named),
      `error: a savepoint of flinkcluster/orders is called before-v2 already: ${named.location} (120m old); choose another --name`,
    )
  })

  it('is refused while the savepoint of that name is still being taken', () => {
    const { location: _, completedAt: __, ...asked } = named
    assert.equal(
      taken({ ...asked, state: 'InProgress', requestedAt: '2026-03-01T12:00:00Z' }),
      'error: a savepoint of flinkcluster/orders is called before-v2 already: one that is not complete yet (10s old); choose another --name',
    )
  })

  it('is free where its savepoint failed, was withdrawn, or belongs to an object of another uid', () => {
    assert.deepEqual(
      [
        taken({ ...named, state: 'Failed' }),
        taken({ ...named, state: 'Withdrawn' }),
        taken({ ...named, job: { ...job, uid: 'uid-before' } }),
        taken({ ...named, name: 'after-v2' }),
      ],
      [undefined, undefined, undefined, undefined],
    )
  })
})
