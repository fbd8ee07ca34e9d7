export interface Dice {
  /** A whole number from 0 to below `below`. */
  roll(below: number): number
  /** True once in `times`. */
  once(times: number): boolean
  pick<T>(from: readonly [T, ...T[]]): T
}

/** Chance that comes out the same for the same seed (mulberry32). */
export function dice(seed: number): Dice {
  let a = seed
  const roll = (below: number) => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
  return {
    roll,
    once: times => roll(times) === 0,
    pick: from => from[roll(from.length)] ?? from[0],
  }
}
