import type { Ended } from './program.ts'

/** Puts placeholders where a run differs from the next: one screen can be compared as a whole. */
export interface Placeholders {
  text(printed: string): string
  screen(ended: Ended): Ended
}

const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b[0-9a-f]{32}\b/g, 'ID'],
  [/(?<=-flinksp-)[0-9a-f]{10}\b/g, 'NONCE'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/127\.0\.0\.1:\d+/g, 'ADDRESS'],
  [/\b\d+[smh](\d+[sm])?(?![\w.])/g, 'AGE'],
  // Columns are as wide as what stands in them.
  [/(?<=\S) {2,}/g, '  '],
]

/** `known`: what the scenario has a name for, longest first. Savepoints are numbered in the order in which they show up. */
export function placeholders(known: readonly (readonly [string, string])[]): Placeholders {
  const savepoints = new Map<string, string>()
  const numbered = (savepoint: string) => {
    const name = savepoints.get(savepoint) ?? `SAVEPOINT-${savepoints.size + 1}`
    savepoints.set(savepoint, name)
    return name
  }
  const text = (printed: string) => {
    const named = known.reduce((whole, [value, name]) => whole.replaceAll(value, name), printed)
    const counted = named.replace(/savepoint-[0-9a-f]{6}-[0-9a-f]{12}/g, numbered)
    return patterns.reduce((whole, [pattern, name]) => whole.replace(pattern, name), counted)
  }
  return {
    text,
    screen: ({ exit, stdout, stderr }) => ({ exit, stdout: text(stdout), stderr: text(stderr) }),
  }
}
