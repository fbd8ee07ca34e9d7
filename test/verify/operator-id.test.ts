import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { operatorIdOf } from '../../src/verify/operator-id.ts'

/** Seen in savepoints of Flink 2, which hold uid and id of each operator. */
const seen: Readonly<Record<string, string>> = {
  uid: '0e1febe90327d1cea326114660ec1de8',
  'source-id': 'bd9c186e89cc37a76d776844dfa8ccba',
  'mapper-id': 'c9cecfed5cae9d489451c50e442666e3',
  'uid-1': 'c49f9afd6c708fcc3cdcba1bd00469ba',
  CheckpointingSource1: '69f32d314b97c6f7f9ed7873983167f2',
  '23_calc': '3084b3aff02310a7eaa7f8f8b5b5ef30',
}

describe('The id of an operator', () => {
  for (const [uid, id] of Object.entries(seen))
    it(`is the hash of its uid: ${uid}`, () => assert.equal(operatorIdOf(uid), id))

  it('is that of Guava for every length up to two blocks, and beyond ASCII', () => {
    const ids = ['', 'a'.repeat(15), 'a'.repeat(16), 'a'.repeat(17), 'a'.repeat(32), 'Zähler-计数'].map(
      operatorIdOf,
    )
    assert.equal(new Set(ids).size, ids.length)
    // MurmurHash3_x64_128 of no bytes with seed 0 is 0.
    assert.equal(ids[0], '0'.repeat(32))
  })

  const fixtures = '../shared/fixtures/savepoints/expected.json'
  it('is the one that each operator with a uid has in the savepoints of Flink’s own tests', () => {
    if (!existsSync(fixtures)) return console.log('      skipped: ../shared is not here')
    const all: Record<string, { operators: { uid: string | null; id: string }[] }> = JSON.parse(
      readFileSync(fixtures, 'utf8'),
    )
    const operators = Object.values(all).flatMap(each => each.operators.filter(({ uid }) => uid))
    assert(operators.length > 0)
    for (const { uid, id } of operators) assert.equal(operatorIdOf(uid ?? ''), id)
  })
})
