import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type Dice, dice } from './dice.ts'

/**
 * Where chance comes from in tests. The same in every `npm test`; `npm run properties` draws another seed, prints it, and tries
 * more: -- --seed N --times M.
 */
export const seed = Number(process.env['FLINKSP_PROPERTY_SEED'] ?? 1)
export const times = Number(process.env['FLINKSP_PROPERTY_TIMES'] ?? 1)

/** Tries so many values, and says the smallest for which it does not hold, and the seed. */
export async function holds<T>(
  values: fc.Arbitrary<T>,
  runs: number,
  property: (value: T) => void | Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(values, async value => property(value)),
    { seed, numRuns: runs * times },
  )
}

/** Plays a property with so many throws of dice, and has to come to each of these ends; the seed of what does not hold is in the error. */
export function forSeeds(count: number, property: (chance: Dice) => string, ...ends: string[]): void {
  const seen = new Set<string>()
  for (let number = 0; number < count * times; number++) {
    const thrown = (seed - 1) * 1_000_003 + number
    try {
      seen.add(property(dice(thrown)))
    } catch (error) {
      throw new Error(`seed ${thrown}`, { cause: error })
    }
  }
  assert.deepEqual([...seen].sort(), ends.sort())
}
