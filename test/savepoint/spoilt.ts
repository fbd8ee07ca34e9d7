import type { Dice } from '../support/dice.ts'

const numbers = [0, 1, -1, 127, 2 ** 31 - 1, -(2 ** 31), 65_536] as const

/** The same with a few other bytes and numbers in it, cut off, or with a piece lost or said twice. */
export function spoilt(original: Buffer, { roll, pick, once }: Dice): Buffer {
  const bytes = Buffer.from(original)
  for (let flips = roll(4); flips >= 0; flips--) {
    const at = roll(bytes.length - 4)
    if (once(3)) bytes.writeInt32BE(pick(numbers), at)
    else bytes[at] = roll(256)
  }
  if (once(3)) return bytes.subarray(0, roll(bytes.length))
  if (once(4))
    return Buffer.concat([bytes.subarray(0, roll(bytes.length)), bytes.subarray(roll(bytes.length))])
  return bytes
}
