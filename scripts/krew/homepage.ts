import { readFileSync } from 'node:fs'

/** Where the project and its releases are: package.json says it once. */
export function homepage(): string {
  const { homepage } = JSON.parse(readFileSync('package.json', 'utf8')) as { homepage?: string }
  if (!homepage?.startsWith('https://')) throw new Error('package.json has no homepage')
  return homepage
}
