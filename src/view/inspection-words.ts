/** `1 operator`, `2 operators`. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

/** `…base.LongSerializer$LongSerializerSnapshot` as `Long`. */
export function className(snapshot: string): string {
  return snapshot.replace(/^.*[.$]/, '').replace(/(?<=.)(Serializer)?Snapshot$/, '')
}
