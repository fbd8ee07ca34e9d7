import assert from 'node:assert/strict'
import { merged } from '../../../src/commands/job/merged.ts'

async function* each<T>(...values: readonly (T | Promise<T>)[]): AsyncGenerator<T> {
  for (const value of values) yield await value
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = []
  for await (const value of source) values.push(value)
  return values
}

describe('what several watches bring', () => {
  it('comes as each brings it, in its own order, until all have ended', async () => {
    const late = Promise.withResolvers<string>()
    const seen: string[] = []
    for await (const value of merged([each('a', late.promise, 'c'), each('1', '2', '3')])) {
      seen.push(value)
      if (value === '3') late.resolve('b')
    }
    assert.deepEqual(seen.toSorted(), ['1', '2', '3', 'a', 'b', 'c'])
    assert.deepEqual(
      ['a', 'b', 'c'].map(value => seen.indexOf(value)).toSorted((x, y) => x - y),
      ['a', 'b', 'c'].map(value => seen.indexOf(value)),
    )
    assert.ok(seen.indexOf('3') < seen.indexOf('b'))
  })

  it('ends with the reason of the first that fails', async () => {
    const broken = (async function* () {
      yield 'a'
      throw new Error('lost')
    })()
    const silent = each<string>(new Promise<string>(() => undefined))
    await assert.rejects(all(merged([silent, broken])), /lost/)
  })

  it('is nothing of nothing', async () => {
    assert.deepEqual(await all(merged([])), [])
  })
})
