export type Fields = Readonly<Record<string, unknown>>

/** What is broken, by the fields' names. */
export type Rule = readonly [holds: boolean, text: string]

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function broken(rules: readonly Rule[]): string[] {
  return rules.filter(([holds]) => !holds).map(([, text]) => text)
}

/** krew reads strictly: a field that it does not know is a mistake in the name of another. */
export function strangers(fields: Fields, known: readonly string[], at: string): string[] {
  return Object.keys(fields)
    .filter(name => !known.includes(name))
    .map(name => `${at === '' ? name : `${at}.${name}`}: krew knows no such field`)
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
