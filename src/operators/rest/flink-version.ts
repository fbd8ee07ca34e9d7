/** Does this Flink know `triggerId` and `formatType`? From 1.15 on; an unreadable version is taken for an older one, which refuses unknown keys. */
export function hasTriggerIds(version: string): boolean {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})/.exec(version) ?? []
  if (major === undefined || minor === undefined) return false
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 15)
}

/** The id after `id`: a new trigger needs one that Flink has not seen, and a pure protocol cannot draw lots. */
export function followingId(id: string): string {
  return BigInt.asUintN(128, BigInt(`0x${id}`) + 1n)
    .toString(16)
    .padStart(32, '0')
}
