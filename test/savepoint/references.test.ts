import assert from 'node:assert/strict'
import { References } from '../../src/savepoint/references.ts'

const told = (references: References) =>
  references.all.map(({ path, relative, bytes, references }) => [path, relative, bytes, references])

describe('The files that handles name', () => {
  it('are kept once each, with the largest size that was said', () => {
    const references = new References()
    references.add(1, { path: 'a/b', relative: true }, undefined)
    references.add(1, { path: 'a/b', relative: true }, 20)
    references.add(1, { path: 'a/b', relative: true }, 10)
    references.add(2, { path: 'name', relative: true }, 5)
    assert.deepEqual(told(references), [
      ['a/b', true, 20, 3],
      ['name', true, 5, 1],
    ])
  })

  it('are not taken for each other where their hashes meet', () => {
    const references = new References()
    for (const path of ['s3://b/x', 's3://b/y', 's3://b/y', 's3://b/x'])
      references.add(7, { path, relative: false }, 1)
    references.add(7, { path: 's3://b/x', relative: true }, 1)
    assert.deepEqual(told(references), [
      ['s3://b/x', false, 1, 2],
      ['s3://b/y', false, 1, 2],
      ['s3://b/x', true, 1, 1],
    ])
  })

  it('have the paths that they were given, whatever those are', () => {
    const paths = ['/', '', 'ä/日本', 'a/\ud800', '\ud800/b', 'dir/', '//x']
    const references = new References()
    for (const [hash, path] of paths.entries()) references.add(hash, { path, relative: false }, undefined)
    assert.deepEqual(
      references.all.map(({ path }) => path),
      paths,
    )
  })
})
