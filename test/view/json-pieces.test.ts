import assert from 'node:assert/strict'
import { json, jsonPieces } from '../../src/view/json.ts'

describe('JSON in pieces', () => {
  const item = (at: number) => ({ path: `a\n"${at}`, deep: { list: [at, []] }, toJSON: undefined })

  it('is the same text as the whole, however many there are', () => {
    for (const number of [0, 1, 999, 1_000, 1_001, 2_000, 2_500]) {
      const files = Array.from({ length: number }, (_, at) => item(at))
      for (const document of [
        { kind: 'x', text: '"files": []\n    "files": []', nested: { files: [] }, files },
        { files, last: [1] },
        { files },
      ])
        assert.equal(
          [...jsonPieces(document, 'files')].join(''),
          json(document),
          `${number} of ${Object.keys(document)}`,
        )
    }
  })

  it('is made of pieces that are small where there are many items', () => {
    const files = Array.from({ length: 10_500 }, (_, at) => item(at))
    const pieces = [...jsonPieces({ files }, 'files')]
    assert.equal(pieces.length, 13)
    assert(pieces.every(({ length }) => length < 300_000))
  })

  it('escapes what could steer a terminal in every piece', () => {
    const files = Array.from({ length: 1_500 }, () => '\u202e')
    assert(!/\u202e/.test([...jsonPieces({ files }, 'files')].join('')))
  })
})
