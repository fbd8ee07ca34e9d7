import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asFlinkTells, inspectIn } from '../../scripts/fixtures/compare.ts'
import { refusal } from './reads.ts'

// Made by `npm run fixtures`, which says in savepoints.json how, and in expected.json what Flink's own reader told of each.

const fixtures = join(import.meta.dirname, 'fixtures')

interface Made {
  readonly flink: string
  readonly savepoints: Readonly<Record<string, { directory: string; sha256: string }>>
}

interface Expected {
  readonly asFlinkReads: { readonly properties: object | null }
  readonly inspection: object
}

function jsonOf<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(fixtures, ...path), 'utf8'))
}

for (const release of readdirSync(fixtures).sort()) {
  describe(`A savepoint of Flink ${release}`, () => {
    const { savepoints } = jsonOf<Made>(release, 'savepoints.json')
    const expected = jsonOf<Record<string, Expected>>(release, 'expected.json')
    for (const [name, { directory, sha256 }] of Object.entries(savepoints)) {
      const folder = join(fixtures, release, name)

      it(`is read as Flink reads it, and whole: ${name}`, async () => {
        const { asFlinkReads, inspection } = expected[name] as Expected
        const got = (await inspectIn(folder, directory)).inspection
        assert.deepEqual(asFlinkTells(got, asFlinkReads.properties !== null), asFlinkReads)
        assert.deepEqual(got, inspection)
      })

      it(`is the one that was made: ${name}`, () => {
        const bytes = readFileSync(join(folder, '_metadata'))
        assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256)
      })
    }
  })
}

describe('The savepoints of real Flink', () => {
  it('are refused wherever they are cut off', async () => {
    for (const release of ['1.15.4', '1.18.1', '2.3.0'])
      for (const name of ['heap-native', 'stop-drain', 'rocksdb-incremental']) {
        const bytes = readFileSync(join(fixtures, release, name, '_metadata'))
        for (let length = 8; length < bytes.length; length++)
          assert.match(
            await refusal(bytes.subarray(0, length)),
            /^error: cannot read it: it is damaged at byte \d+: /,
            `${release} ${name} cut off at ${length} of ${bytes.length}`,
          )
      }
  })

  it('are of every version of the format since 3, and have every kind of handle that Flink still writes', () => {
    const all = readdirSync(fixtures).flatMap(release =>
      Object.values(jsonOf<Record<string, { inspection: object }>>(release, 'expected.json')),
    )
    const inspections = all.map(({ inspection }) => inspection) as {
      readonly formatVersion: number
      readonly handleTypes: Readonly<Record<string, number>>
    }[]
    const versions = new Set(inspections.map(({ formatVersion }) => formatVersion))
    const kinds = new Set(inspections.flatMap(({ handleTypes }) => Object.keys(handleTypes)))
    assert.deepEqual([...versions].sort(), [3, 4, 5, 6])
    assert.deepEqual([...kinds].sort(), [
      ...['c3', 'c4', 'k0', 'k11', 'k12', 'k13', 'k14', 'k7', 'k8', 'k9'],
      ...['o17', 'o4', 's0', 's1', 's15', 's16', 's2', 's6'],
    ])
  })
})
