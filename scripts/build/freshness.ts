import { globSync, statSync } from 'node:fs'

const inputs = ['src/**/*.ts', 'scripts/build.ts', 'scripts/build/*', 'package.json', 'package-lock.json']

/** Is `output` there, and newer than everything it is made from? */
export function isFresh(output: string): boolean {
  const built = statSync(output, { throwIfNoEntry: false })?.mtimeMs
  return built !== undefined && globSync(inputs).every(input => statSync(input).mtimeMs < built)
}
