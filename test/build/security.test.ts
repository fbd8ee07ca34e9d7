import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'

const page = readFileSync('docs/security.md', 'utf8')
const named = [...page.matchAll(/^- `(test\/[\w./-]+)`: (.+)$/gm)].map(([, file = '', title = '']) => ({
  file,
  title,
}))

/** A title of a test stands in quotes of some kind, alone or (of a title that is put together) in a longer text. */
function isThere({ file, title }: (typeof named)[number]): boolean {
  if (!existsSync(file)) return false
  const source = readFileSync(file, 'utf8').replaceAll("\\'", "'")
  return ["'", '"', '`', ' '].some(quote =>
    ["'", '"', '`'].some(end => source.includes(`${quote}${title}${end}`)),
  )
}

describe('The page of what is feared', () => {
  it('names only tests that are there', () => {
    assert.ok(named.length > 60, String(named.length))
    assert.deepEqual(
      named.filter(test => !isThere(test)),
      [],
    )
  })

  it('names a test for each fear', () => {
    const fears = page.split(/^## /m).slice(1, -1)
    assert.deepEqual(
      fears.filter(text => !/^- `test\//m.test(text)).map(text => text.split('\n')[0]),
      [],
    )
  })
})
