/** 64 bits of any value of JSON, to see whether it is still the same. No defence against forgery: who could write another file with the same mark could write the plan, too. */
export function fingerprintOf(value: unknown): string {
  const text = JSON.stringify(value)
  let one = 0xdeadbeef
  let two = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    one = Math.imul(one ^ code, 2654435761)
    two = Math.imul(two ^ code, 1597334677)
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909)
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
  return [two, one].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
